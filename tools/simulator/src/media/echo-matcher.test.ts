import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EchoMatcher } from './echo-matcher.ts';

/** A frame like no other: its number, and a byte that tells altered ones apart. */
function frame(number: number, alteration = 0): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(number);
  bytes[7] = alteration;
  return bytes;
}

const frames = Array.from({ length: 3000 }, (_, number) => frame(number));

function counts({ echoed, missing, altered, unexpected }: EchoMatcher) {
  return { echoed, missing, altered, unexpected };
}

test('counts every dropped and altered frame exactly, whatever the delay of the echo', () => {
  const fate = fc.constantFrom('echoed', 'missing', 'altered');
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 200 }), fc.integer({ min: 0, max: 30 }), (fates, delay) => {
      const matcher = new EchoMatcher(frames);
      const echo = (index: number) => {
        if (fates[index] === 'echoed') assert.equal(matcher.receive(frame(index)), index);
        if (fates[index] === 'altered') assert.equal(matcher.receive(frame(index, 1)), -1);
      };
      for (let index = 0; index < fates.length + delay; index++) {
        if (index < fates.length) matcher.countSent();
        if (index >= delay) echo(index - delay);
      }
      matcher.finish();
      const expected = { echoed: 0, missing: 0, altered: 0, unexpected: 0 };
      for (const fate of fates) expected[fate]++;
      assert.deepEqual(counts(matcher), expected);
    }),
  );
});

test('a repeated frame is unexpected, and those after it are still echoes', () => {
  const matcher = new EchoMatcher(frames);
  for (let index = 0; index < 10; index++) {
    matcher.countSent();
    matcher.receive(frame(index));
    if (index === 4) matcher.receive(frame(index));
  }
  matcher.finish();
  assert.deepEqual(counts(matcher), { echoed: 10, missing: 0, altered: 0, unexpected: 1 });
});

test('a recording that repeats is matched by its place in order', () => {
  const matcher = new EchoMatcher(frames.slice(0, 2));
  for (let index = 0; index < 5; index++) matcher.countSent();
  assert.deepEqual(
    [0, 1, 0, 1, 0].map((number) => matcher.receive(frame(number))),
    [0, 1, 2, 3, 4],
  );
  assert.equal(matcher.open, 0);
});

test('what is still open at the end is missing', () => {
  const matcher = new EchoMatcher(frames);
  for (let index = 0; index < 5; index++) matcher.countSent();
  matcher.receive(frame(0));
  assert.equal(matcher.open, 4);
  matcher.finish();
  assert.deepEqual(counts(matcher), { echoed: 1, missing: 4, altered: 0, unexpected: 0 });
});

test('an application that alters every frame of a long call is counted to the last one', () => {
  const matcher = new EchoMatcher(frames);
  for (let index = 0; index < 3000; index++) {
    matcher.countSent();
    matcher.receive(frame(index, 1));
  }
  matcher.finish();
  assert.deepEqual(counts(matcher), { echoed: 0, missing: 0, altered: 3000, unexpected: 0 });
});
