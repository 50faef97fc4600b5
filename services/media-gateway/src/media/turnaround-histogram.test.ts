import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { TurnaroundHistogram } from './turnaround-histogram.ts';

function histogramOf(timesUs: readonly number[]): TurnaroundHistogram {
  const histogram = new TurnaroundHistogram();
  for (const us of timesUs) histogram.record(us);
  return histogram;
}

/** Eight buckets an octave. */
const WORST_RATIO = 2 ** (1 / 8);

const times = fc.array(fc.double({ min: 1, max: 900_000, noNaN: true }), { minLength: 1, maxLength: 300 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('TurnaroundHistogram', () => {
  it('says 0 where nothing was recorded', () => {
    const histogram = histogramOf([]);
    assert.deepEqual([histogram.percentileUs(0.5), histogram.percentileUs(0.99), histogram.maxUs], [0, 0, 0]);
  });

  it('says exactly what was recorded where it is one time', () => {
    const histogram = histogramOf([37.5]);
    assert.deepEqual([histogram.percentileUs(0.5), histogram.percentileUs(0.99), histogram.maxUs], [37.5, 37.5, 37.5]);
  });

  it('does not let a percentile hide one slow frame from the maximum', () => {
    const histogram = histogramOf([...Array(199).fill(16), 5000]);
    assert.equal(histogram.percentileUs(0.5), 16);
    assert.equal(histogram.percentileUs(0.99), 16);
    assert.equal(histogram.maxUs, 5000);
  });

  it('takes times under a microsecond and times of minutes', () => {
    const histogram = histogramOf([0, 0.25, 90e6]);
    assert.equal(histogram.percentileUs(0.5), 1);
    assert.equal(histogram.maxUs, 90e6);
  });

  it('gives percentiles at most 9 % above the true one and never below it', () => {
    fc.assert(
      fc.property(times, share, (timesUs, part) => {
        const sorted = timesUs.toSorted((a, b) => a - b);
        const trueUs = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] as number;
        const givenUs = histogramOf(timesUs).percentileUs(part);
        // The logarithm of a bucket's very edge may fall to either side of it.
        assert.ok(givenUs >= trueUs * (1 - 1e-12) && givenUs <= trueUs * WORST_RATIO * (1 + 1e-12));
      }),
    );
  });

  it('gives no percentile above the maximum, and none below that of a smaller share', () => {
    fc.assert(
      fc.property(times, share, share, (timesUs, one, other) => {
        const histogram = histogramOf(timesUs);
        const smallerUs = histogram.percentileUs(Math.min(one, other));
        const largerUs = histogram.percentileUs(Math.max(one, other));
        assert.ok(smallerUs <= largerUs && largerUs <= histogram.maxUs);
        assert.equal(histogram.maxUs, Math.max(...timesUs));
      }),
    );
  });
});
