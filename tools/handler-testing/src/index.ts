export {
  AudioError,
  clicks,
  delayMs,
  firstSoundMs,
  HeardTrack,
  hasSpeech,
  isSilent,
  levelDbfs,
  speechShare,
  strongestTone,
  tone,
  waveformText,
} from '@kodama/simulator/heard';
export { type CallOptions, callHandler } from './call-handler.ts';
export type { LogLine } from './call-log.ts';
export type { Said, SaidAudio } from './caller-audio.ts';
export type { Tolerance } from './compare-sounds.ts';
export type { SentCommand } from './far-end.ts';
export { assertSounds, SoundsDiffer } from './golden.ts';
export { HandledCall, type HandledEnd } from './handled-call.ts';
export { LeftBehind } from './left-behind.ts';
export type { Stall } from './line.ts';
export type { CallScript, Press, SentText } from './script.ts';
export { type Sound, soundsIn } from './sounds.ts';
export { WireFault } from './wire-fault.ts';
