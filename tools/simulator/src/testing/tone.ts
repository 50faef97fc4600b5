import type { SampleRateHz } from '../media/audio-format.ts';
import { Recording } from '../media/recording.ts';
import { toneSamples } from './tone-samples.ts';

/**
 * A sine tone as frames of 20 ms, signed 16-bit little-endian; silence fills up the last one.
 *
 * @param level of full scale, 0 to 1; 0.5 unless given. 0 makes frames of silence.
 */
export function toneFrames(hz: number, ms: number, sampleRateHz: SampleRateHz, level?: number): Buffer[] {
  const samplesPerFrame = sampleRateHz / 50;
  const samples = toneSamples(hz, ms, sampleRateHz, level);
  return Array.from({ length: Math.ceil(samples.length / samplesPerFrame) }, (_, k) => {
    const frame = Buffer.alloc(samplesPerFrame * 2);
    const part = samples.subarray(k * samplesPerFrame, (k + 1) * samplesPerFrame);
    for (const [i, sample] of part.entries()) frame.writeInt16LE(sample, i * 2);
    return frame;
  });
}

/** The same as what a caller says. */
export function toneRecording(hz: number, ms: number, sampleRateHz: SampleRateHz, level?: number): Recording {
  const samples = Float64Array.from(toneSamples(hz, ms, sampleRateHz, level), (sample) => sample / 2 ** 15);
  return new Recording({ samples, sampleRateHz });
}
