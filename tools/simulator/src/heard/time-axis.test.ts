import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { axisTicksMs, timeLabel } from './time-axis.ts';

describe('axisTicksMs', () => {
  for (const [durationMs, most, expected] of [
    [0, 5, [0]],
    [20, 5, [0]],
    [1000, 5, [0, 200, 400, 600, 800]],
    [1001, 5, [0, 500, 1000]],
    [10_000, 1, [0]],
    [65_000, 4, [0, 20_000, 40_000, 60_000]],
    [86_400_000, 3, [0, 28_800_000, 57_600_000]],
  ] as const) {
    it(`names ${expected.length} moments of ${durationMs} ms where there is room for ${most}`, () => {
      assert.deepEqual(axisTicksMs(durationMs, most), expected);
    });
  }
});

describe('timeLabel', () => {
  for (const [ms, label] of [
    [0, '0 s'],
    [500, '0.5 s'],
    [59_980, '59.98 s'],
    [60_000, '1:00'],
    [3_599_999, '59:59'],
    [3_600_000, '1:00:00'],
    [7_265_000, '2:01:05'],
  ] as const) {
    it(`writes ${ms} ms as ${label}`, () => assert.equal(timeLabel(ms), label));
  }
});
