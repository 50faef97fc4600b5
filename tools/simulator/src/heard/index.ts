// What a caller hears, kept and measured: for tools that have a far end of their own.
export { FRAME_MS } from '../media/audio-format.ts';
export { PlayOutBuffer } from '../media/play-out-buffer.ts';
export { AudioError, loadAudio, type PcmSamples, Recording } from '../media/recording.ts';
export { decodeSound } from '../media/sound.ts';
export {
  clicks,
  type Delay,
  delayMs,
  FLOOR_DBFS,
  type FoundTone,
  firstSoundMs,
  hasSpeech,
  isSilent,
  levelDbfs,
  speechShare,
  strongestTone,
  type ToneMeasure,
  tone,
} from './analysis.ts';
export { type GapCounts, HeardTrack, type Mark } from './heard-track.ts';
export { writeStereoWav } from './stereo-wav.ts';
export { waveformText } from './waveform-text.ts';
