import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bytesPerSample, SampleDecoder } from './sample-encoding.ts';
import { SAMPLE_ENCODINGS, type SampleEncoding } from './source-format.ts';

const decoded = (encoding: SampleEncoding, hex: string) => [
  ...new SampleDecoder(encoding, 1).decode(Buffer.from(hex.replaceAll(' ', ''), 'hex')),
];

const floats = (...values: number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) bytes.writeFloatLE(value, 4 * i);
  return bytes.toString('hex');
};

describe('SampleDecoder', () => {
  it('reads every encoding in steps of 16 bits, from full scale to full scale', () => {
    assert.deepEqual(decoded('s16le', '0080 ffff 0000 0100 ff7f'), [-32768, -1, 0, 1, 32767]);
    assert.deepEqual(decoded('s16be', '8000 ffff 0000 0001 7fff'), [-32768, -1, 0, 1, 32767]);
    assert.deepEqual(decoded('u8', '00 7f 80 81 ff'), [-32768, -256, 0, 256, 32512]);
    assert.deepEqual(decoded('s24le', '000080 ffffff 000000 800000 ffff7f'), [
      -32768,
      -1 / 256,
      0,
      0.5,
      32767 + 255 / 256,
    ]);
    assert.deepEqual(decoded('s32le', '00000080 0000ffff 00000000 00800000 0000ff7f'), [-32768, -1, 0, 0.5, 32767]);
    assert.deepEqual(decoded('mulaw', '00 80 ff'), [-32124, 32124, 0]);
    assert.deepEqual(decoded('alaw', 'aa 2a d5'), [32256, -32256, 8]);
  });

  it('holds floats at full scale, and takes for silence what is no number', () => {
    assert.deepEqual(decoded('f32le', floats(-1, 0, 0.5, 1)), [-32768, 0, 16384, 32768]);
    assert.deepEqual(
      decoded('f32le', floats(-1.01, 7, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)),
      [-32768, 32768, -32768, 32768],
    );
    assert.deepEqual(decoded('f32le', floats(Number.NaN)), [0]);
  });

  it('reads the same of whatever pieces the bytes are cut into, and keeps a part of a moment back', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SAMPLE_ENCODINGS),
        fc.integer({ min: 1, max: 8 }),
        fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 12 }),
        (encoding, channels, pieces) => {
          const decoder = new SampleDecoder(encoding, channels);
          const inPieces = pieces.flatMap((piece) => [...decoder.decode(piece)]);
          const bytes = Buffer.concat(pieces);
          assert.deepEqual(inPieces, [...new SampleDecoder(encoding, channels).decode(bytes)]);
          const momentBytes = bytesPerSample(encoding) * channels;
          assert.equal(inPieces.length, Math.floor(bytes.length / momentBytes) * channels);
          assert.equal(decoder.waitingBytes, bytes.length % momentBytes);
          assert.ok(inPieces.every((sample) => sample >= -32768 && sample <= 32768));
        },
      ),
    );
  });

  it('forgets a part of a moment at a reset', () => {
    const decoder = new SampleDecoder('s16be', 2);
    assert.equal(decoder.decode(Buffer.from('010203', 'hex')).length, 0);
    decoder.reset();
    assert.deepEqual([...decoder.decode(Buffer.from('00070008', 'hex'))], [7, 8]);
  });
});
