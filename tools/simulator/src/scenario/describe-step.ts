import type { Step } from './step-schema.ts';
import { duration, frequency } from './units.ts';

/** A step in a few words, as the caller's doing. */
export function describeStep(step: Step): string {
  if ('say' in step) return `say ${step.say}`;
  if ('tone' in step) return `say a tone of ${frequency.show(step.tone)}`;
  if ('silence' in step) return `be silent for ${duration.show(step.silence)}`;
  if ('press' in step) return `press ${step.press}`;
  if ('sayWords' in step) return `say the words ${JSON.stringify(step.sayWords)}`;
  if ('cutNetwork' in step) return `cut the network for ${duration.show(step.cutNetwork)}`;
  if ('resetNetwork' in step) return 'reset the network';
  return 'hangUp' in step ? 'hang up' : 'expect';
}
