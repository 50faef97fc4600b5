import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callEvents } from './calls.ts';
import { check } from './checker.ts';
import type { Delivery } from './ledger.ts';

const [first, second, third] = callEvents(1).map(({ body }) => body) as [string, string, string];
const NOTHING = { lost: [], twice: [], neverSent: [], outOfOrder: [] };

function deliveries(...acknowledged: boolean[]): Delivery[] {
  const conversation = 'CON-1';
  return acknowledged.map((isAcknowledged, index) => ({
    event: { conversation, leg: '', status: '', timestamp: '', body: [first, second, third][index] as string },
    outcomes: [isAcknowledged ? 204 : 503],
    acknowledged: isAcknowledged,
  }));
}

function stream(...bodies: (string | Uint8Array)[]) {
  return bodies.map((body, index) => ({ sequence: index + 1, body: Buffer.from(body) }));
}

describe('the checker of a kill run', () => {
  it('finds nothing where what was acknowledged is there once, in its order', () => {
    assert.deepEqual(check(deliveries(true, true, true), stream(first, second, third)), NOTHING);
  });

  it('takes an event that was not acknowledged for there or not', () => {
    assert.deepEqual(check(deliveries(true, false, true), stream(first, third)), NOTHING);
    assert.deepEqual(check(deliveries(true, false, true), stream(first, third, second)), NOTHING);
  });

  it('finds what was acknowledged and is not there', () => {
    assert.deepEqual(check(deliveries(true, true), stream(first)), { ...NOTHING, lost: [second] });
  });

  it('finds what is there twice, acknowledged or not', () => {
    assert.deepEqual(check(deliveries(true), stream(first, first)), { ...NOTHING, twice: [first] });
    assert.deepEqual(check(deliveries(false), stream(first, first)), { ...NOTHING, twice: [first] });
  });

  it('finds what is there and was never sent', () => {
    assert.deepEqual(check(deliveries(true), stream(first, second)), { ...NOTHING, neverSent: [second] });
  });

  it('takes an event that differs by a byte for lost, and for another', () => {
    const spaced = `${first} `;
    assert.deepEqual(check(deliveries(true), stream(spaced)), { ...NOTHING, lost: [first], neverSent: [spaced] });
    const broken = Buffer.from(first);
    broken[5] = 0xff;
    const findings = check(deliveries(true), stream(broken));
    assert.deepEqual([findings.lost, findings.neverSent.length], [[first], 1]);
  });

  it('finds events of one call in another order than that of their acknowledgements', () => {
    assert.deepEqual(check(deliveries(true, true), stream(second, first)), { ...NOTHING, outOfOrder: [second] });
  });
});
