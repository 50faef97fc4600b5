import { bytesOf } from '../pcm/samples.ts';
import type { CallAudio } from './audio-out.ts';

/**
 * The same memory as bytes. Samples are taken as the machine has them, which is little-endian wherever Node runs in practice.
 *
 * @throws TypeError for anything but bytes or 16-bit samples: its bytes would be noise
 */
export function callAudioBytes(audio: CallAudio): Buffer {
  if (Buffer.isBuffer(audio)) return audio;
  if (audio instanceof Int16Array) return bytesOf(audio);
  if (audio instanceof Uint8Array) return Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength);
  throw new TypeError(`audio is a Buffer, a Uint8Array or an Int16Array, not ${nameOf(audio)}`);
}

function nameOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? `an object (${value.constructor?.name})` : typeof value;
}
