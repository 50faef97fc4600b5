import { findRule, rules } from './catalogue.ts';
import type { Certainty, RuleStatus } from './rule.ts';
import { type SwitchId, type SwitchValue, switches } from './switches.ts';

/** A switch and the value that it is to have. */
export type RuleSetting = { readonly [Id in SwitchId]: { readonly id: Id; readonly value: SwitchValue<Id> } }[SwitchId];

const LINE_CHARACTERS = 100;
/** Rules that are named in place of one that does not exist. */
const MOST_NEAR = 3;

const MEANING_OF_CERTAINTY: Readonly<Record<Certainty, string>> = {
  certain: "Vonage's reference says so, or two independent sources of Vonage's do",
  likely: 'one source, code that works, or a strong inference',
  conflict: 'the sources contradict each other, or newer text took the place of older text',
};

const MEANING_OF_STATUS: Readonly<Record<RuleStatus, string>> = {
  enforced: 'the simulator says so where an application breaks it or runs into it',
  modelled: 'the simulator itself behaves so',
  'not modelled': 'known and left out',
};

/**
 * All that is known of a rule, in lines for a terminal.
 *
 * @throws {RangeError} where there is no such rule: its message names some that are near.
 */
export function explainRule(id: string): string {
  const rule = findRule(id);
  if (!rule) throw new RangeError(noSuchRule(id));
  const lines = [
    `Rule ${rule.id}`,
    ...fold(rule.title),
    '',
    ...fold(rule.known),
    '',
    `Certainty: ${rule.certainty} (${MEANING_OF_CERTAINTY[rule.certainty]})`,
    `Status: ${rule.status} (${MEANING_OF_STATUS[rule.status]})`,
    'From:',
    ...rule.sources.map((source) => `  - ${source}`),
    ...(isSwitchId(rule.id) ? switchLines(rule.id) : []),
  ];
  return `${lines.join('\n')}\n`;
}

/**
 * Rules in a line each: number, certainty, status, what it says, and the values of its switch, the default first.
 *
 * @param chapter only the rules whose numbers begin so, as `3` or `3.4`.
 */
export function listRules(chapter = ''): string {
  const isIn = (id: string) => chapter === '' || id.startsWith(`${chapter}.`);
  const lines = rules
    .filter(({ id }) => isIn(id))
    .map(({ id, certainty, status, title }) => {
      const values = isSwitchId(id) ? ` [${switches[id].join('|')}]` : '';
      return `${id.padEnd(6)}  ${certainty.padEnd(8)}  ${status.padEnd(12)}  ${title}${values}`;
    });
  return `${lines.join('\n')}\n`;
}

/**
 * Reads a setting as it is written: `3.4.6=closed`.
 *
 * @throws {RangeError} where it has another form, there is no such rule, or it has no switch or none with this value.
 */
export function parseRuleSetting(text: string): RuleSetting {
  const [, id, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (id === undefined || value === undefined) {
    throw new RangeError(`${JSON.stringify(text)} is not of the form ID=VALUE, as in 3.4.6=closed`);
  }
  const rule = findRule(id);
  if (!rule) throw new RangeError(noSuchRule(id));
  if (!isSwitchId(id)) {
    const why = rule.certainty === 'certain' ? ', as it is certain' : '';
    throw new RangeError(`rule ${id} has no switch${why}; rules near it that have one: ${near(id, switchIds)}`);
  }
  const values: readonly string[] = switches[id];
  if (!values.includes(value)) {
    throw new RangeError(`rule ${id}: ${JSON.stringify(value)} is not one of ${values.join(', ')}`);
  }
  return { id, value } as RuleSetting;
}

const switchIds = Object.keys(switches);

const isSwitchId = (id: string): id is SwitchId => Object.hasOwn(switches, id);

function switchLines(id: SwitchId): string[] {
  const [usual, ...others] = switches[id];
  return ['Switch:', `  --rule ${id}=${usual} (the default)`, ...others.map((value) => `  --rule ${id}=${value}`)];
}

function noSuchRule(id: string): string {
  const ids = rules.map((rule) => rule.id);
  const instead = /\d/.test(id) ? `near it are ${near(id, ids)}` : `they are numbers from ${ids[0]} to ${ids.at(-1)}`;
  return `there is no rule ${JSON.stringify(id)}; ${instead}`;
}

/** The ids that have the most of this one's beginning, and of those the ones whose next number is closest. */
function near(id: string, among: readonly string[]): string {
  const wanted = (id.match(/\d+/g) ?? []).map(Number);
  return among
    .map((other) => ({ other, distance: distanceTo(wanted, other) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, MOST_NEAR)
    .map(({ other }) => other)
    .join(', ');
}

/** A difference in an earlier number outweighs any in a later one, as no number reaches 100. */
const distanceTo = (wanted: readonly number[], id: string): number =>
  id
    .split('.')
    .reduce((sum, part, index) => sum * 100 + Math.min(99, Math.abs(Number(part) - (wanted[index] ?? 1))), 0);

/** Breaks a text into lines between words. */
function fold(text: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > LINE_CHARACTERS) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
