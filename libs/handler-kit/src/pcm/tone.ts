import { Clip } from '../wav/clip.ts';
import { LOWEST_RATE_HZ } from './checked-format.ts';
import { toInt16 } from './int16.ts';

export interface ToneOptions {
  /** One frequency, or several that sound at once, each as loud: `[697, 1209]` is a telephone's key 1. */
  readonly hz: number | readonly number[];
  readonly ms: number;
  /** The effective level of the whole. Default -16: well heard, and not louder than speech. */
  readonly levelDbfs?: number;
  /** Of the clip that holds it; calls of other rates hear the same. Default 24000, of which all calls' rates are a part. */
  readonly sampleRateHz?: number;
}

/** A tone swells and fades for so long, as one that begins at once clicks. */
const RAMP_MS = 5;

const LONGEST_MS = 60_000;

/**
 * A tone, which swells for 5 ms and fades for as long. A melody is made of several: `Clip.join(tone(…), silence(100), tone(…))`.
 *
 * @throws RangeError for a frequency that the sample rate cannot hold, a level above full scale, or more than a minute
 */
export function tone({ hz, ms, levelDbfs = -16, sampleRateHz = 24000 }: ToneOptions): Clip {
  const frequencies = typeof hz === 'number' ? [hz] : hz;
  checkLength(ms);
  checkFrequencies(frequencies, sampleRateHz);
  const amplitude = amplitudeOf(levelDbfs, frequencies.length);
  const length = Math.round((ms * sampleRateHz) / 1000);
  const ramp = Math.min((RAMP_MS * sampleRateHz) / 1000, length / 2);
  const samples = new Int16Array(length);
  for (let i = 0; i < length; i++) {
    let sum = 0;
    for (const frequency of frequencies) sum += Math.sin((2 * Math.PI * frequency * i) / sampleRateHz);
    const fromEnd = Math.min(i, length - 1 - i);
    const swell = fromEnd < ramp ? Math.sin((Math.PI / 2) * (fromEnd / ramp)) ** 2 : 1;
    samples[i] = toInt16(sum * amplitude * swell * 2 ** 15);
  }
  return Clip.ofSamples(samples, sampleRateHz);
}

/**
 * Nothing to be heard. Its rate is the lowest there is, so that it takes on that of whatever it is joined to.
 *
 * @throws RangeError for more than a minute
 */
export function silence(ms: number): Clip {
  checkLength(ms);
  return Clip.ofSamples(new Int16Array(Math.round((ms * LOWEST_RATE_HZ) / 1000)), LOWEST_RATE_HZ);
}

function checkLength(ms: number): void {
  if (ms >= 0 && ms <= LONGEST_MS) return;
  throw new RangeError(`${ms} ms are no length for a tone or silence: it may have 0 to ${LONGEST_MS}`);
}

function checkFrequencies(frequencies: readonly number[], sampleRateHz: number): void {
  if (frequencies.length === 0) throw new RangeError('a tone has one frequency or more, not none');
  for (const hz of frequencies) {
    if (hz > 0 && hz < sampleRateHz / 2) continue;
    throw new RangeError(
      `${hz} Hz are no tone at ${sampleRateHz} samples a second: more than 0, less than ${sampleRateHz / 2}`,
    );
  }
}

/** Of each of so many tones which together have the level. */
function amplitudeOf(levelDbfs: number, tones: number): number {
  const amplitude = 10 ** (levelDbfs / 20) * Math.sqrt(2 / tones);
  if (amplitude * tones <= 1) return amplitude;
  const mostDbfs = Math.floor(-200 * Math.log10(Math.sqrt(2 * tones))) / 10;
  throw new RangeError(
    `${tones} ${tones === 1 ? 'tone' : 'tones at once'} cannot have ${levelDbfs} dBFS: at most ${mostDbfs}, where the peaks reach full scale`,
  );
}
