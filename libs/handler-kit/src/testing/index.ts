export { readStereoWav, type StereoAudio } from './stereo-audio.ts';
