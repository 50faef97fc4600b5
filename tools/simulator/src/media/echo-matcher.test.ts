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

function counts({ echoed, missing, altered, unexpected }: EchoMatcher) {
  return { echoed, missing, altered, unexpected };
}

/** A matcher that was told of this many frames. */
function matcherOf(count: number): EchoMatcher {
  const matcher = new EchoMatcher();
  for (let index = 0; index < count; index++) matcher.sent(frame(index));
  return matcher;
}

test('counts every dropped and altered frame exactly, whatever the delay of the echo', () => {
  const fate = fc.constantFrom('echoed', 'missing', 'altered');
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 200 }), fc.integer({ min: 0, max: 30 }), (fates, delay) => {
      const matcher = new EchoMatcher();
      const echo = (index: number) => {
        if (fates[index] === 'echoed') assert.equal(matcher.receive(frame(index)), index);
        if (fates[index] === 'altered') assert.equal(matcher.receive(frame(index, 1)), -1);
      };
      for (let index = 0; index < fates.length + delay; index++) {
        if (index < fates.length) matcher.sent(frame(index));
        if (index >= delay) echo(index - delay);
      }
      matcher.finish();
      const expected = { echoed: 0, missing: 0, altered: 0, unexpected: 0 };
      for (const fate of fates) expected[fate]++;
      assert.deepEqual(counts(matcher), expected);
    }),
  );
});

test('every frame that was sent and every one that came is counted once, whatever an application makes of them', () => {
  const step = fc.oneof(
    fc.record({ does: fc.constant('send' as const), number: fc.nat(4) }),
    fc.record({ does: fc.constant('receive' as const), number: fc.nat(6) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
      const matcher = new EchoMatcher();
      const made = { send: 0, receive: 0 };
      for (const { does, number } of steps) {
        made[does]++;
        if (does === 'send') matcher.sent(frame(number));
        else matcher.receive(frame(number));
      }
      matcher.finish();
      const { echoed, missing, altered, unexpected, open } = matcher;
      assert.equal(echoed + missing + altered, made.send);
      assert.equal(echoed + altered + unexpected, made.receive);
      assert.equal(open, 0);
    }),
  );
});

test('a repeated frame is unexpected, and those after it are still echoes', () => {
  const matcher = new EchoMatcher();
  for (let index = 0; index < 10; index++) {
    matcher.sent(frame(index));
    matcher.receive(frame(index));
    if (index === 4) matcher.receive(frame(index));
  }
  matcher.finish();
  assert.deepEqual(counts(matcher), { echoed: 10, missing: 0, altered: 0, unexpected: 1 });
});

test('what came before a frame was sent does not stand in the place of that frame', () => {
  const matcher = new EchoMatcher();
  matcher.receive(frame(7));
  matcher.sent(frame(0));
  matcher.receive(frame(8));
  matcher.receive(frame(9));
  matcher.sent(frame(1));
  matcher.finish();
  assert.deepEqual(counts(matcher), { echoed: 0, missing: 1, altered: 1, unexpected: 2 });
});

test('audio that repeats is matched by its place in order', () => {
  const matcher = new EchoMatcher();
  for (let index = 0; index < 5; index++) matcher.sent(frame(index % 2));
  assert.deepEqual(
    [0, 1, 0, 1, 0].map((number) => matcher.receive(frame(number))),
    [0, 1, 2, 3, 4],
  );
  assert.equal(matcher.open, 0);
});

test('what is still open at the end is missing', () => {
  const matcher = matcherOf(5);
  matcher.receive(frame(0));
  assert.equal(matcher.open, 4);
  matcher.finish();
  assert.deepEqual(counts(matcher), { echoed: 1, missing: 4, altered: 0, unexpected: 0 });
});

test('an application that alters every frame of a long call is counted to the last one', () => {
  const matcher = new EchoMatcher();
  for (let index = 0; index < 3000; index++) {
    matcher.sent(frame(index));
    matcher.receive(frame(index, 1));
  }
  matcher.finish();
  assert.deepEqual(counts(matcher), { echoed: 0, missing: 0, altered: 3000, unexpected: 0 });
});

test('a frame that has not come back after 6000 more is missing, and its late echo is unexpected', () => {
  const matcher = matcherOf(6000);
  assert.equal(matcher.missing, 0);
  matcher.sent(frame(6000));
  assert.deepEqual([matcher.missing, matcher.open], [1, 6000]);
  assert.equal(matcher.receive(frame(1)), 1);
  matcher.receive(frame(0));
  for (let index = 2; index <= 6000; index++) assert.equal(matcher.receive(frame(index)), index);
  assert.deepEqual(counts(matcher), { echoed: 6000, missing: 1, altered: 0, unexpected: 1 });
});

test('frames that come back altered among many that do not are altered, however long nothing else comes', () => {
  const matcher = matcherOf(7000);
  assert.equal(matcher.missing, 1000);
  for (let index = 0; index < 500; index++) matcher.receive(frame(index, 1));
  for (let index = 0; index < 1000; index++) matcher.sent(frame(7000 + index));
  matcher.finish();
  assert.deepEqual(counts(matcher), { echoed: 0, missing: 7500, altered: 500, unexpected: 0 });
});

test('an hour of frames is matched, and of the old ones none is kept', () => {
  const matcher = new EchoMatcher();
  for (let index = 0; index < 180_000; index++) {
    matcher.sent(frame(index));
    if (index >= 50) assert.equal(matcher.receive(frame(index - 50)), index - 50);
  }
  assert.deepEqual([matcher.echoed, matcher.open], [179_950, 50]);
});
