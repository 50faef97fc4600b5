/** What can be measured in 16-bit samples; all of it is pure. */
export { clicks } from './clicks.ts';
export { type Delay, delayMs } from './delay.ts';
export { FLOOR_DBFS, firstSoundMs, isSilent, levelDbfs } from './level.ts';
export { hasSpeech, speechShare } from './speech.ts';
export { type FoundTone, strongestTone, type ToneMeasure, tone } from './tones.ts';
