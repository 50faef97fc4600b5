import type { DtmfPress } from '../call/place-call.ts';
import type { StandIn, StandIns, StandInType } from '../legs/stand-in.ts';
import { SAMPLE_RATES_HZ, type SampleRateHz } from '../media/audio-format.ts';
import { parseRuleSetting } from '../rules/explain.ts';
import { RuleSettings } from '../rules/rule-settings.ts';
import { UsageError } from './usage-error.ts';

// What is read from the text of an option, or a UsageError that names it.

export function webUrl(option: string, text: string): URL {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new UsageError(`${option} ${text}: not an http:// or https:// address`);
}

export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= min && number <= max) return number;
  throw new UsageError(`${option} ${text}: not a whole number from ${min} to ${max}`);
}

/** Above 0. */
export function positiveNumber(option: string, text: string, max: number): number {
  const number = Number(text);
  if (number > 0 && number <= max) return number;
  throw new UsageError(`${option} ${text}: not a number above 0 and up to ${max}`);
}

/** Digits alone, or a word such as anonymous. */
export function caller(option: string, text: string): string {
  if (/^[^+\s]\S*$/.test(text)) return text;
  throw new UsageError(`${option} ${text}: not a number of digits without a plus sign, nor a word`);
}

export function sampleRate(text: string): SampleRateHz {
  const rate = SAMPLE_RATES_HZ.find((rate) => String(rate) === text);
  if (rate) return rate;
  throw new UsageError(`--rate ${text}: not one of ${SAMPLE_RATES_HZ.join(', ')}`);
}

export function dtmfPress(text: string): DtmfPress {
  const [, digit, at] = /^([0-9*#])@(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (digit && at) return { digit, atMs: Number(at) * 1000 };
  throw new UsageError(`--dtmf ${text}: not KEY@SECONDS with a key of 0-9, * and #, as 1@2.5`);
}

const STAND_IN_TYPES: readonly string[] = ['phone', 'app', 'sip', 'vbc'] satisfies StandInType[];
const STAND_IN_DEEDS: readonly string[] = [
  'answers',
  'machine',
  'busy',
  'rejects',
  'no-answer',
  'unavailable',
  'fails',
] satisfies StandIn['does'][];

/** `phone=busy`, as often as there are kinds of endpoints. */
export function standIns(texts: readonly string[]): StandIns {
  return Object.fromEntries(
    texts.map((text) => {
      const [, type = '', does = ''] = /^([a-z]+)=([a-z-]+)$/.exec(text) ?? [];
      if (STAND_IN_TYPES.includes(type) && STAND_IN_DEEDS.includes(does)) return [type, { does }];
      const kinds = STAND_IN_TYPES.join(', ');
      throw new UsageError(
        `--stand-in ${text}: not TYPE=DOES with a type of ${kinds} that is one of ${STAND_IN_DEEDS.join(', ')}`,
      );
    }),
  );
}

/** `3.4.6=closed`, as often as there are switches. */
export function ruleSettings(texts: readonly string[]): RuleSettings {
  return new RuleSettings(
    Object.fromEntries(
      texts.map((text) => {
        try {
          const { id, value } = parseRuleSetting(text);
          return [id, value];
        } catch (error) {
          throw new UsageError(`--rule ${text}: ${(error as Error).message}`);
        }
      }),
    ),
  );
}
