import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CALL_EVENT_KINDS, type CallEventKind } from '@kodama/shared/voice';
import { UsageError } from './usage-error.ts';

/** Largest number that a sequence or a limit may be: more than a stream will ever have, and exact in JavaScript. */
const MAX_NUMBER = 999_999_999_999_999;

/** Milliseconds. */
const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A day, or a time on it with its zone: without one it would be another time in the container than outside. */
const ISO_TIME = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/;

/** What every command takes, for parseArgs. */
export const OUTPUT_OPTIONS = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Node's parseArgs, whose errors become one line. */
export function splitArguments<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node goes on about escaping; its first sentence names the mistake.
    const [sentence] = (error as Error).message.split(/[.\n] ?/);
    throw new UsageError(`${sentence}; --help lists the options`);
  }
}

/** From 1. */
export function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (/^\d{1,15}$/.test(text) && number >= 1) return number;
  throw new UsageError(`${name} ${text}: not a whole number from 1 to ${MAX_NUMBER}`);
}

/** `10m`, which is so long ago, or a time in ISO 8601; a day begins at midnight UTC. */
export function time(option: string, text: string, now: Date): Date {
  const [, amount, unit = ''] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const ago = Number(amount) * (UNITS[unit] ?? Number.NaN);
  const [, day = ''] = ISO_TIME.exec(text) ?? [];
  const at = new Date(amount === undefined ? Date.parse(day && text) : now.getTime() - ago);
  // The 31st of February would be taken for the 3rd of March.
  const exists = amount !== undefined || isDay(day);
  if (exists && at.getTime() >= 0) return at;
  throw new UsageError(
    `${option} ${text}: neither a time ago, as 30s, 10m, 2h or 7d, nor one with its zone, as 2026-11-28T10:00:00Z`,
  );
}

function isDay(text: string): boolean {
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/** `answered,completed`, as often as is wished. */
export function kinds(texts: readonly string[]): CallEventKind[] {
  const asked = texts.flatMap((text) => text.split(',')).map((text) => text.trim());
  for (const kind of asked) {
    if (!CALL_EVENT_KINDS.some((known) => known === kind)) {
      throw new UsageError(`--kind ${kind}: there is no such kind; there are ${CALL_EVENT_KINDS.join(', ')}`);
    }
  }
  return CALL_EVENT_KINDS.filter((known) => asked.includes(known));
}
