export { CallOverError } from './handler/call-over-error.ts';
export {
  type CallEnd,
  type CallFacts,
  type Dtmf,
  type DtmfDigit,
  defineHandler,
  type Handler,
  type HandlerCall,
  type HandlerDefinition,
  type HandlerLogger,
  isHandler,
  type SettingsOf,
} from './handler/handler.ts';
export {
  type AudioOut,
  type AudioSource,
  type CallAudio,
  HIGH_WATER_MS,
  type PlayEnd,
  type PlayOptions,
} from './out/audio-out.ts';
export { levelDbfs } from './pcm/level.ts';
export { type PcmConverter, pcmConverter } from './pcm/pcm-converter.ts';
export { bytesOf, samplesOf } from './pcm/samples.ts';
export { AudioFormatError, type SampleEncoding, type SourceFormat } from './pcm/source-format.ts';
export { silence, tone } from './pcm/tone.ts';
export { recorded } from './recording/recorded.ts';
export { Clip } from './wav/clip.ts';
