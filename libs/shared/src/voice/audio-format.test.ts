import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { audioFormat, contentTypeOf, formatOfFrameSize, parseContentType, SAMPLE_RATES_HZ } from './audio-format.ts';

describe('audio format', () => {
  it('has frames of 320, 640 and 960 bytes at 8, 16 and 24 kHz', () => {
    assert.deepEqual(
      SAMPLE_RATES_HZ.map((rate) => audioFormat(rate).bytesPerFrame),
      [320, 640, 960],
    );
  });

  it('is read back from the content type that it is written as', () => {
    for (const rate of SAMPLE_RATES_HZ) {
      assert.equal(contentTypeOf(audioFormat(rate)), `audio/l16;rate=${rate}`);
      assert.equal(parseContentType(contentTypeOf(audioFormat(rate)))?.sampleRateHz, rate);
    }
  });

  it('is read whatever the case and the spaces', () => {
    assert.equal(parseContentType(' Audio/L16 ; RATE = 8000 ')?.sampleRateHz, 8000);
  });

  it('is not read from another type, another rate or anything more', () => {
    for (const value of [
      '',
      'audio/l16',
      'audio/l16;rate=',
      'audio/l16;rate=44100',
      'audio/l16;rate=016000',
      'audio/l16;rate=16000.0',
      'audio/l16;rate=16000;channels=2',
      'audio/l24;rate=16000',
      'audio/wav;rate=16000',
    ]) {
      assert.equal(parseContentType(value), undefined, value);
    }
  });

  it('is one of the three, or none, for any text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.integer().map((rate) => `audio/l16;rate=${rate}`),
        ),
        (value) => {
          const format = parseContentType(value);
          assert.ok(format === undefined || SAMPLE_RATES_HZ.includes(format.sampleRateHz));
        },
      ),
    );
  });

  it('is known from the size of a frame', () => {
    assert.equal(formatOfFrameSize(320)?.sampleRateHz, 8000);
    assert.equal(formatOfFrameSize(960)?.sampleRateHz, 24000);
    for (const bytes of [0, 160, 319, 321, 1920, Number.NaN]) assert.equal(formatOfFrameSize(bytes), undefined);
  });
});
