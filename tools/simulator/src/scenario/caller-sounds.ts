import { resolve } from 'node:path';
import { SAMPLE_RATES_HZ } from '../media/audio-format.ts';
import { loadAudio, type Recording } from '../media/recording.ts';
import type { Scenario } from './scenario.ts';
import type { Step, StepOf } from './step-schema.ts';

/** A step in which the caller is heard. */
type SpokenStep = StepOf<'say'> | StepOf<'tone'>;

/** The rate at which tones are made: the highest that a socket can have. */
const TONE_RATE_HZ = 24_000;

export const isSpoken = (step: Step): step is SpokenStep => 'say' in step || 'tone' in step;

/**
 * Loads what the caller says in a step.
 *
 * @throws {AudioError} where a file cannot be read, or is no WAV file.
 */
export function loadSound(step: SpokenStep, directory: string): Promise<Recording> {
  if ('tone' in step) return loadAudio(tone(step));
  return step.say === 'speech' ? loadAudio() : loadAudio(resolve(directory, step.say));
}

/**
 * Loads all that the caller says in a scenario, and converts it to every rate that the call may have: done in the midst of
 * the call, that would hold up its frames.
 *
 * @throws {AudioError}
 */
export async function loadSounds({ steps, directory }: Scenario): Promise<ReadonlyMap<Step, Recording>> {
  const sounds = new Map<Step, Recording>();
  for (const step of steps.filter(isSpoken)) {
    const sound = await loadSound(step, directory);
    for (const rate of SAMPLE_RATES_HZ) await sound.framesAt(rate);
    sounds.set(step, sound);
  }
  return sounds;
}

/** A sine that begins at zero. */
function tone({ tone: hz, for: ms, level: rmsDbfs }: StepOf<'tone'>) {
  const peak = 2 ** 15 * Math.SQRT2 * 10 ** (rmsDbfs / 20);
  const step = (2 * Math.PI * hz) / TONE_RATE_HZ;
  const length = Math.max(1, Math.round((ms / 1000) * TONE_RATE_HZ));
  const samples = Int16Array.from({ length }, (_, i) => Math.round(peak * Math.sin(i * step)));
  return { samples, sampleRateHz: TONE_RATE_HZ };
}
