import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EchoCheck } from './echo-check.ts';

const frame = (number: number): Buffer => Buffer.from(Uint32Array.of(number).buffer);

/** A check whose time passes only when told to. */
function checkAt() {
  const time = { ms: 0 };
  return { time, check: new EchoCheck(() => time.ms) };
}

describe('the check of an echo', () => {
  it('counts a round trip from the moment when the frame was due', () => {
    const { time, check } = checkAt();
    for (const [index, backMs] of [15, 40, 47].entries()) {
      check.sent(frame(index), index * 20);
      time.ms = backMs;
      check.received(frame(index));
    }
    assert.deepEqual(check.figures().roundTripMs, { p50: 15, p99: 20, max: 20 });
  });

  it('reckons the jitter as RFC 3550 does', () => {
    const { time, check } = checkAt();
    const jitterAfter = (roundTripMs: number, index: number) => {
      check.sent(frame(index), index * 20);
      time.ms = index * 20 + roundTripMs;
      check.received(frame(index));
      return check.figures().interarrivalJitterMs;
    };
    // |26 - 10| / 16 = 1, then 1 + (|10 - 26| - 1) / 16.
    assert.deepEqual([10, 26, 10].map(jitterAfter), [0, 1, 1.938]);
  });

  it('has no figures where nothing came back', () => {
    const { check } = checkAt();
    check.sent(frame(0), 0);
    check.received(frame(9));
    assert.deepEqual(check.figures(), { roundTripMs: null, interarrivalJitterMs: null });
  });

  it('measures those that come back after others were lost', () => {
    const { time, check } = checkAt();
    for (let index = 0; index < 5; index++) check.sent(frame(index), index * 20);
    time.ms = 100;
    check.received(frame(3));
    check.received(frame(4));
    check.matcher.finish();
    assert.deepEqual(check.figures().roundTripMs, { p50: 20, p99: 40, max: 40 });
    assert.deepEqual([check.matcher.echoed, check.matcher.missing], [2, 3]);
  });

  it('tells of the frames from where it is told to, and still knows all of them', () => {
    const { time, check } = checkAt();
    check.sent(frame(0), 0);
    time.ms = 500;
    check.received(frame(0));
    check.sent(frame(1), 500);
    check.timeFromHere();
    check.sent(frame(2), 520);
    time.ms = 540;
    check.received(frame(1));
    check.received(frame(2));
    assert.deepEqual(check.figures(), { roundTripMs: { p50: 20, p99: 20, max: 20 }, interarrivalJitterMs: 0 });
    assert.equal(check.matcher.echoed, 3);
  });

  it('is settled when everything is back', async () => {
    const { check } = checkAt();
    await check.settled(60_000);
    check.sent(frame(0), 0);
    check.sent(frame(1), 20);
    let isSettled = false;
    const settled = check.settled(60_000).then(() => {
      isSettled = true;
    });
    check.received(frame(0));
    await Promise.resolve();
    assert.equal(isSettled, false);
    check.received(frame(1));
    await settled;
  });

  it('waits no longer than told for what does not come', async () => {
    const { check } = checkAt();
    check.sent(frame(0), 0);
    await check.settled(1);
    assert.equal(check.matcher.open, 1);
  });
});
