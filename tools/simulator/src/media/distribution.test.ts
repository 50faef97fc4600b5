import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Measurements } from './distribution.ts';

test('percentiles are values that were measured, by nearest rank', () => {
  const measurements = new Measurements();
  for (let value = 100; value >= 1; value--) measurements.add(value);
  assert.deepEqual(measurements.distribution(), { p50: 50, p99: 99, max: 100 });
});

test('one measurement is all three figures', () => {
  const measurements = new Measurements();
  measurements.add(1.23456);
  assert.deepEqual(measurements.distribution(), { p50: 1.235, p99: 1.235, max: 1.235 });
});

test('nothing measured has no figures', () => {
  assert.equal(new Measurements().distribution(), null);
});

test('there is room for any number of measurements, and figures in between change none of them', () => {
  const measurements = new Measurements();
  for (let value = 1; value <= 10_000; value++) {
    measurements.add(10_001 - value);
    if (value === 1024) assert.deepEqual(measurements.distribution(), { p50: 9488, p99: 9990, max: 10_000 });
  }
  assert.deepEqual(measurements.distribution(), { p50: 5000, p99: 9900, max: 10_000 });
});
