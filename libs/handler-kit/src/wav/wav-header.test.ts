import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { wavHeader } from './wav-header.ts';

describe('wavHeader', () => {
  it('writes the 44 bytes of a stereo file of 16 kHz', () => {
    assert.equal(
      wavHeader({ sampleRateHz: 16000, channels: 2, dataBytes: 1280 }).toString('hex'),
      [
        '52494646 24050000 57415645', // RIFF, 36 + 1280, WAVE
        '666d7420 10000000 0100 0200 803e0000 00fa0000 0400 1000', // fmt: PCM, 2 channels, 16000, 64000 a second, 4, 16
        '64617461 00050000', // data, 1280
      ]
        .join('')
        .replaceAll(' ', ''),
    );
  });

  it('says as much as fits where the audio is too long', () => {
    const sizes = (dataBytes: number) => {
      const header = wavHeader({ sampleRateHz: 8000, channels: 2, dataBytes });
      return [header.readUInt32LE(4), header.readUInt32LE(40)];
    };
    const most = 2 ** 32 - 40; // in whole moments of four bytes, with 36 bytes in front
    assert.deepEqual(sizes(most), [most + 36, most]);
    assert.deepEqual(sizes(most + 4), [most + 36, most]);
    assert.deepEqual(sizes(2 ** 40), [most + 36, most]);
    assert.deepEqual(sizes(0), [36, 0]);
    assert.deepEqual(sizes(-1), [36, 0]);
  });
});
