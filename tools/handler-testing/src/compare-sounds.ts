import type { Sound } from './sounds.ts';

export interface Tolerance {
  /** How far the beginning and the end of a sound may be off, ms; default 40. */
  readonly toleranceMs?: number;
  /** How far its level may be off, dB; default 1. */
  readonly toleranceDb?: number;
  /** How far a tone's frequency may be off, percent; default 2. */
  readonly tolerancePercent?: number;
}

/** A sound that was expected, one that was heard, or the two that belong together; and what is off. */
export interface ComparedSound {
  readonly expected?: Sound;
  readonly heard?: Sound;
  readonly off: readonly string[];
}

/** Puts beside each other the sounds that overlap, or lie within the tolerance; in the order of time. */
export function compareSounds(
  expected: readonly Sound[],
  heard: readonly Sound[],
  { toleranceMs = 40, toleranceDb = 1, tolerancePercent = 2 }: Tolerance = {},
): ComparedSound[] {
  const compared: ComparedSound[] = [];
  let e = 0;
  let h = 0;
  for (let a = expected[e], b = heard[h]; a || b; a = expected[e], b = heard[h]) {
    if (a && (!b || a.toMs + toleranceMs < b.fromMs)) {
      compared.push({ expected: a, off: ['was not heard'] });
      e++;
    } else if (b && (!a || b.toMs + toleranceMs < a.fromMs)) {
      compared.push({ heard: b, off: ['was not expected'] });
      h++;
    } else if (a && b) {
      compared.push({ expected: a, heard: b, off: whatIsOff(a, b, { toleranceMs, toleranceDb, tolerancePercent }) });
      e++;
      h++;
    }
  }
  return compared;
}

function whatIsOff(expected: Sound, heard: Sound, tolerance: Required<Tolerance>): string[] {
  const off: string[] = [];
  const beginsLateMs = heard.fromMs - expected.fromMs;
  const endsLateMs = heard.toMs - expected.toMs;
  if (Math.abs(beginsLateMs) > tolerance.toleranceMs) off.push(`begins ${lateOrEarly(beginsLateMs)}`);
  if (Math.abs(endsLateMs) > tolerance.toleranceMs) off.push(`ends ${lateOrEarly(endsLateMs)}`);
  const louderDb = Math.round((heard.levelDbfs - expected.levelDbfs) * 10) / 10;
  if (Math.abs(louderDb) > tolerance.toleranceDb)
    off.push(`${Math.abs(louderDb)} dB ${louderDb > 0 ? 'louder' : 'softer'}`);
  if (!isSameTone(expected.hz, heard.hz, tolerance.tolerancePercent)) {
    off.push(
      `${heard.hz === undefined ? 'no tone' : `${heard.hz} Hz`}, not ${expected.hz === undefined ? 'no tone' : `${expected.hz} Hz`}`,
    );
  }
  const missingMs = (heard.gapMs ?? 0) - (expected.gapMs ?? 0);
  if (missingMs > 0) off.push(`${missingMs} ms missing in it`);
  return off;
}

const lateOrEarly = (ms: number): string => `${Math.abs(ms)} ms ${ms > 0 ? 'late' : 'early'}`;

function isSameTone(expected: number | undefined, heard: number | undefined, tolerancePercent: number): boolean {
  if (expected === undefined || heard === undefined) return expected === heard;
  return Math.abs(heard - expected) <= (expected * tolerancePercent) / 100;
}

/** Both lists side by side, a line a sound, with what is off behind it. */
export function comparisonText(compared: readonly ComparedSound[]): string {
  const rows = compared.map(({ expected, heard, off }) => [shown(expected), shown(heard), off.join(', ')]);
  const width = Math.max('expected'.length, ...rows.map(([expected = '']) => expected.length));
  const heardWidth = Math.max('heard'.length, ...rows.map(([, heard = '']) => heard.length));
  return [['expected', 'heard', ''], ...rows]
    .map(([expected = '', heard = '', off = '']) =>
      `  ${expected.padEnd(width)}  ${heard.padEnd(heardWidth)}  ${off}`.trimEnd(),
    )
    .join('\n');
}

function shown(sound: Sound | undefined): string {
  if (sound === undefined) return '-';
  const { fromMs, toMs, levelDbfs, hz, gapMs } = sound;
  const tone = hz === undefined ? '' : `, ${hz} Hz`;
  const gap = gapMs === undefined ? '' : `, ${gapMs} ms missing`;
  return `${fromMs} to ${toMs} ms, ${levelDbfs} dBFS${tone}${gap}`;
}
