import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallAudio } from './audio-out.ts';
import { callAudioBytes } from './call-audio-bytes.ts';

describe('callAudioBytes', () => {
  it('gives back a Buffer as it is', () => {
    const buffer = Buffer.of(1, 2, 3);
    assert.equal(callAudioBytes(buffer), buffer);
  });

  it('takes samples as little-endian bytes', () => {
    assert.deepEqual(callAudioBytes(Int16Array.of(0x1234, -2)), Buffer.of(0x34, 0x12, 0xfe, 0xff));
  });

  it('is the same memory, and of a part only the part', () => {
    const memory = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);
    const bytes = callAudioBytes(memory.subarray(3, 6));
    assert.deepEqual(bytes, Buffer.of(3, 4, 5));
    const samples = callAudioBytes(new Int16Array(memory.buffer).subarray(1, 3));
    assert.deepEqual(samples, Buffer.of(2, 3, 4, 5));
    memory[4] = 9;
    assert.deepEqual([bytes[1], samples[2]], [9, 9]);
  });

  it('refuses what would be noise, and says what it is', () => {
    for (const [value, name] of [
      [new Float32Array(4), 'Float32Array'],
      [new Uint16Array(4), 'Uint16Array'],
      [new ArrayBuffer(4), 'ArrayBuffer'],
      [Object.create(null), 'undefined'],
      [[1, 2], 'Array'],
      ['audio', 'string'],
      [undefined, 'undefined'],
      [null, 'object'],
    ] as const) {
      assert.throws(() => callAudioBytes(value as unknown as CallAudio), {
        name: 'TypeError',
        message: new RegExp(name),
      });
    }
  });
});
