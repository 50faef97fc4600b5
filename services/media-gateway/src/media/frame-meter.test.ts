import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FrameMeter } from './frame-meter.ts';

const GAP_THRESHOLD_MS = 60;

/** A meter that frames of 640 bytes arrived at, at these times in ms. */
function meterOf(...arrivalsMs: number[]): FrameMeter {
  const meter = new FrameMeter(GAP_THRESHOLD_MS);
  for (const arrivalMs of arrivalsMs) meter.arrived(640, arrivalMs);
  return meter;
}

describe('FrameMeter', () => {
  it('counts frames and bytes', () => {
    const meter = meterOf(1000, 1020, 1040);
    meter.handled(0.011);
    meter.handled(0.012);
    assert.deepEqual([meter.framesIn, meter.bytesIn], [3, 1920]);
  });

  it('has nothing to say before the first frame', () => {
    const meter = meterOf();
    assert.equal(meter.messages, 0);
    assert.ok(Number.isNaN(meter.lastArrivalMs));
    assert.deepEqual([meter.gapCount, meter.longestGapMs, meter.interarrivalJitterMs], [0, 0, 0]);
  });

  it('makes neither a gap nor jitter of the first frame, however late it is', () => {
    const meter = meterOf(90_000);
    assert.deepEqual([meter.gapCount, meter.longestGapMs, meter.interarrivalJitterMs], [0, 0, 0]);
    assert.equal(meter.lastArrivalMs, 90_000);
  });

  it('counts messages of wrong size as messages, not as frames', () => {
    const meter = meterOf(0, 20);
    meter.framesWrongSize += 1;
    assert.deepEqual([meter.messages, meter.framesIn, meter.bytesIn], [3, 2, 1280]);
  });

  describe('jitter, RFC 3550, 6.4.1', () => {
    const cases: readonly [string, readonly number[], number][] = [
      ['is 0 for frames that come every 20 ms', [0, 20, 40, 60], 0],
      ['moves by a sixteenth of the first deviation: |30 - 20| / 16', [0, 30], 0.625],
      ['takes a frame that is early as it takes one that is late: |10 - 20| / 16', [0, 10], 0.625],
      ['decays by a sixteenth with each frame on time: 0.625 * 15 / 16', [0, 30, 50], 0.5859375],
      ['takes up the next deviation: 0.5859375 + (15 - 0.5859375) / 16', [0, 30, 50, 55], 1.48681640625],
      ['takes two frames at once for 20 ms too early: 20 / 16', [100, 100], 1.25],
    ];
    for (const [title, arrivals, jitterMs] of cases) {
      it(title, () => assert.equal(meterOf(...arrivals).interarrivalJitterMs, jitterMs));
    }
  });

  describe('gaps', () => {
    it('has none at the threshold', () => {
      const meter = meterOf(0, 60);
      assert.deepEqual([meter.gapCount, meter.longestGapMs], [0, 0]);
    });

    it('has one just above the threshold', () => {
      const meter = meterOf(0, 60.001);
      assert.deepEqual([meter.gapCount, meter.longestGapMs], [1, 60.001]);
    });

    it('counts every one and keeps the longest', () => {
      const meter = meterOf(0, 100, 120, 620, 640, 740);
      assert.deepEqual([meter.gapCount, meter.longestGapMs], [3, 500]);
    });
  });

  it('keeps its figures together whatever the times between frames', () => {
    const spacings = fc.array(fc.double({ min: 0, max: 100_000, noNaN: true }), { maxLength: 200 });
    fc.assert(
      fc.property(spacings, fc.integer({ min: 20, max: 1000 }), (spacingsMs, thresholdMs) => {
        const meter = new FrameMeter(thresholdMs);
        let nowMs = 0;
        let worstMs = 0;
        meter.arrived(320, nowMs);
        for (const spacingMs of spacingsMs) {
          const spacedMs = nowMs + spacingMs - nowMs;
          nowMs += spacingMs;
          meter.arrived(320, nowMs);
          worstMs = Math.max(worstMs, Math.abs(spacedMs - 20));
        }
        assert.equal(meter.framesIn, spacingsMs.length + 1);
        assert.equal(meter.bytesIn, meter.framesIn * 320);
        assert.ok(meter.interarrivalJitterMs >= 0 && meter.interarrivalJitterMs <= worstMs + 1e-6);
        assert.ok(meter.gapCount <= spacingsMs.length);
        assert.equal(meter.longestGapMs > thresholdMs, meter.gapCount > 0);
      }),
    );
  });
});
