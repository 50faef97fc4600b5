import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FragmentWatch } from './fragment-watch.ts';

const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const PING = 9;

/** A frame as a server sends it, RFC 6455, 5.2. */
function frame(opcode: number, isFinal: boolean, bytes: number): Buffer {
  // Full of what a header could be mistaken for.
  const payload = Buffer.alloc(bytes, 0x82);
  const first = (isFinal ? 0x80 : 0) | opcode;
  if (bytes < 126) return Buffer.concat([Buffer.from([first, bytes]), payload]);
  const header = Buffer.alloc(bytes < 65_536 ? 4 : 10);
  header[0] = first;
  header[1] = bytes < 65_536 ? 126 : 127;
  if (bytes < 65_536) header.writeUInt16BE(bytes, 2);
  else header.writeBigUInt64BE(BigInt(bytes), 2);
  return Buffer.concat([header, payload]);
}

/** A message in so many pieces, a ping between each two of them where told so. */
function message({ opcode, sizes, pings }: { opcode: number; sizes: readonly number[]; pings: boolean }): Buffer {
  const pieces = sizes.map((bytes, index) =>
    frame(index === 0 ? opcode : CONTINUATION, index === sizes.length - 1, bytes),
  );
  return Buffer.concat(
    pieces.flatMap((piece, index) => (pings && index > 0 ? [frame(PING, true, 4), piece] : [piece])),
  );
}

const size = fc.oneof(fc.constantFrom(0, 1, 125, 126, 127, 640, 65_535, 65_536), fc.integer({ min: 0, max: 1500 }));
const aMessage = fc.record({
  opcode: fc.constantFrom(TEXT, BINARY),
  sizes: fc.array(size, { minLength: 1, maxLength: 4 }),
  pings: fc.boolean(),
});

/** Cuts at these places, each a part of the whole. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set([...places.map((place) => Math.floor(place * bytes.length)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}

describe('the watch for fragments', () => {
  it('knows of each message whether it came in pieces, however TCP cuts the stream', () => {
    const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(aMessage, { maxLength: 8 }), places, (messages, cuts) => {
        const watch = new FragmentWatch();
        for (const chunk of cut(Buffer.concat(messages.map(message)), cuts)) watch.onData(chunk);
        assert.deepEqual(
          messages.map(() => watch.next()),
          messages.map(({ sizes }) => sizes.length > 1),
        );
      }),
    );
  });

  it('knows it byte by byte as well', () => {
    const messages = [
      { opcode: TEXT, sizes: [5], pings: false },
      { opcode: BINARY, sizes: [320, 320], pings: true },
      { opcode: BINARY, sizes: [0], pings: false },
      { opcode: BINARY, sizes: [640], pings: false },
    ];
    const watch = new FragmentWatch();
    const bytes = Buffer.concat(messages.map(message));
    for (let at = 0; at < bytes.length; at++) watch.onData(bytes.subarray(at, at + 1));
    assert.deepEqual([watch.next(), watch.next(), watch.next(), watch.next()], [false, true, false, false]);
  });

  it('tells of a message when its last byte was looked at, and of none that has not begun', () => {
    const watch = new FragmentWatch();
    assert.equal(watch.next(), false);
    watch.onData(frame(BINARY, false, 320));
    watch.onData(frame(CONTINUATION, true, 320));
    watch.onData(frame(PING, true, 0));
    assert.deepEqual([watch.next(), watch.next()], [true, false]);
  });
});
