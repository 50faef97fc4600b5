import { blankWav } from '../media/wav.ts';
import type { HeardTrack } from './heard-track.ts';

/** What is copied out of a track at a time. */
const PART_MS = 10_000;

/** A 16-bit WAV file of the whole track: the caller on the left, what he heard on the right, gaps as silence. */
export function writeStereoWav(track: HeardTrack): Uint8Array {
  const length = (track.durationMs * track.sampleRateHz) / 1000;
  const { file, samples } = blankWav(2, track.sampleRateHz, length);
  let at = 0;
  for (let fromMs = 0; fromMs < track.durationMs; fromMs += PART_MS) {
    const said = track.said(fromMs, fromMs + PART_MS);
    const heard = track.heard(fromMs, fromMs + PART_MS);
    for (let i = 0; i < said.length; i++) {
      samples[at++] = said[i] as number;
      samples[at++] = heard[i] as number;
    }
  }
  return file;
}
