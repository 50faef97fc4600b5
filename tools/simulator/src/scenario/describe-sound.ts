import { hasSpeech, isSilent, levelDbfs, strongestTone } from '../heard/analysis.ts';
import type { HeardTrack } from '../heard/heard-track.ts';
import { frequency, level } from './units.ts';

/** Of a longer passage, only so much of its beginning is looked at. */
const MOST_MS = 30_000;
/** The part of the power that makes a sound a tone. */
const TONE_SHARE = 0.5;

/** Says what there is to hear in a part of the track. */
export function describeSound(track: HeardTrack, fromMs: number, toMs: number): string {
  const rate = track.sampleRateHz;
  const samples = track.heard(fromMs, Math.min(toMs, fromMs + MOST_MS));
  if (samples.length === 0) return 'no audio at all';
  const loud = `at ${level.show(levelDbfs(samples))}`;
  if (isSilent(samples)) return `silence ${loud}`;
  if (hasSpeech(samples, rate)) return `speech ${loud}`;
  const tone = strongestTone(samples, rate);
  return tone && tone.shareOfPower >= TONE_SHARE
    ? `a tone of ${frequency.show(Math.round(tone.hz))} ${loud}`
    : `sound ${loud}`;
}
