/** A quantity as people write it. */
export interface Unit {
  /** A regular expression of what may be written, without its ends. */
  readonly pattern: string;
  /** Continues the sentence "it is not …". */
  readonly allowed: string;
  /** One of them, for error messages. */
  readonly example: string;
  /** @returns undefined where the text is none, or out of range. */
  parse(text: string): number | undefined;
  show(value: number): string;
}

const NUMBER = String.raw`\d+(?:\.\d+)?`;
const MS_PER: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000 };
/** No call lasts longer than two hours. */
const LONGEST_MS = 7_200_000;
const LOWEST_HZ = 50;
/** The highest tone that a socket of 24 kHz carries; of slower ones, half their rate. */
const HIGHEST_HZ = 12_000;
const LOWEST_DBFS = -100;

/** Milliseconds, from 0 to two hours. */
export const duration: Unit = {
  pattern: `${NUMBER} ?(?:ms|s|min)`,
  allowed: 'a time with its unit, up to 120min, such as 2.5s, 300ms or 1min',
  example: '300ms',
  parse(text) {
    const [, number, unit] = /^([\d.]+) ?(\w+)$/.exec(text) ?? [];
    return inRange(Number(number) * (MS_PER[unit ?? ''] ?? Number.NaN), 0, LONGEST_MS);
  },
  show: (ms) => (ms < 1000 ? `${round(ms, 0)} ms` : `${round(ms / 1000, 2)} s`),
};

/** Hertz, from 50 to 12 000. */
export const frequency: Unit = {
  pattern: `${NUMBER} ?k?Hz`,
  allowed: 'a frequency from 50 Hz to 12 kHz, such as 440 Hz',
  example: '440 Hz',
  parse(text) {
    const [, number, unit] = /^([\d.]+) ?(k?Hz)$/.exec(text) ?? [];
    return inRange(Number(number) * (unit === 'kHz' ? 1000 : 1), LOWEST_HZ, HIGHEST_HZ);
  },
  show: (hz) => `${round(hz, 1)} Hz`,
};

/** Decibels relative to full scale, from -100 to 0. */
export const level: Unit = {
  pattern: `-?${NUMBER} ?dBFS`,
  allowed: 'a level from -100 dBFS to 0 dBFS, such as -20 dBFS',
  example: '-20 dBFS',
  parse(text) {
    const [, number] = /^(-?[\d.]+) ?dBFS$/.exec(text) ?? [];
    return inRange(Number(number), LOWEST_DBFS, 0);
  },
  show: (dbfs) => `${round(dbfs, 1)} dBFS`,
};

/** How often something is; a whole number. */
export const count: Unit = {
  pattern: String.raw`\d+`,
  allowed: 'a whole number from 0',
  example: '3',
  parse: (text) => (/^\d+$/.test(text) ? inRange(Number(text), 0, Number.MAX_SAFE_INTEGER) : undefined),
  show: String,
};

const inRange = (value: number, least: number, most: number): number | undefined =>
  value >= least && value <= most ? value : undefined;

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
