import { rules } from './catalogue.ts';
import type { Rule } from './rule.ts';
import { switches } from './switches.ts';

const BEGIN = '<!-- rules:begin -->';
const END = '<!-- rules:end -->';

/** The first number of a rule's id -> what its rules are about. */
const SECTIONS: readonly (readonly [section: string, title: string])[] = [
  ['1', 'The answer webhook'],
  ['2', 'The NCCO'],
  ['3', 'The WebSocket'],
  ['4', 'Event webhooks'],
  ['5', 'Signatures'],
  ['7', 'Calls by REST'],
];

/** The catalogue as Markdown, a table a section. */
export const fidelityTable = (): string => SECTIONS.map(([section, title]) => sectionText(section, title)).join('\n\n');

/**
 * A page whose part between the two markers is the table.
 *
 * @throws {Error} where the page has no such markers.
 */
export function withFidelityTable(page: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page has no ${BEGIN} with ${END} after it`);
  return `${page.slice(0, begin)}${BEGIN}\n\n${fidelityTable()}\n\n${page.slice(end)}`;
}

function sectionText(section: string, title: string): string {
  const rows = rules.filter(({ id }) => id.startsWith(`${section}.`)).map(rowText);
  return [
    `### ${section}. ${title}`,
    '',
    '| Id | Rule | Certainty | Status | Switch |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

function rowText({ id, title, certainty, status }: Rule): string {
  const values = Object.entries(switches).find(([switchId]) => switchId === id)?.[1] ?? [];
  const cells = [id, title.replaceAll('|', '\\|'), certainty, status, values.map((value) => `\`${value}\``).join(', ')];
  return `| ${cells.join(' | ')} |`;
}
