import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Measurements } from './distribution.ts';

test('percentiles are values that were measured, by nearest rank', () => {
  const measurements = new Measurements(200);
  for (let value = 100; value >= 1; value--) measurements.add(value);
  assert.deepEqual(measurements.distribution(), { p50: 50, p99: 99, max: 100 });
});

test('one measurement is all three figures', () => {
  const measurements = new Measurements(10);
  measurements.add(1.23456);
  assert.deepEqual(measurements.distribution(), { p50: 1.235, p99: 1.235, max: 1.235 });
});

test('nothing measured has no figures', () => {
  assert.equal(new Measurements(10).distribution(), null);
});
