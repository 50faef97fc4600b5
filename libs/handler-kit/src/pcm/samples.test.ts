import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesOf, samplesOf } from './samples.ts';

describe('samplesOf', () => {
  it('is a view of the bytes where they begin at an even address', () => {
    const memory = new Uint8Array([0xff, 0xff, 0x01, 0x00, 0x00, 0x80]);
    const samples = samplesOf(memory.subarray(2));
    assert.deepEqual([...samples], [1, -32768]);
    memory[2] = 7;
    assert.equal(samples[0], 7);
  });

  it('is a copy where they begin at an odd one', () => {
    const memory = new Uint8Array([0xff, 0x01, 0x00, 0x00, 0x80]);
    const samples = samplesOf(memory.subarray(1));
    assert.deepEqual([...samples], [1, -32768]);
    memory[1] = 7;
    assert.equal(samples[0], 1);
  });

  it('refuses an odd number of bytes, and takes none', () => {
    assert.throws(() => samplesOf(new Uint8Array(641)), { name: 'RangeError', message: /^641 bytes/ });
    assert.equal(samplesOf(new Uint8Array(0)).length, 0);
  });
});

describe('bytesOf', () => {
  it('is a view of the samples, little-endian, also of a part of them', () => {
    const samples = Int16Array.of(5, 1, -2);
    const bytes = bytesOf(samples.subarray(1));
    assert.equal(bytes.toString('hex'), '0100feff');
    samples[1] = 3;
    assert.equal(bytes[0], 3);
  });
});
