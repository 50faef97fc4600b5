import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '@kodama/shared/time';
import { legMetricsStoreContract, type StoreOptions } from '../testing/leg-metrics-store-contract.ts';
import { endedLeg, openedLeg } from '../testing/leg-records.ts';
import { InMemoryLegMetricsStore } from './in-memory-leg-metrics-store.ts';

async function setup(_t: unknown, options: StoreOptions) {
  const clock = new ManualClock();
  clock.advance(1);
  const store = new InMemoryLegMetricsStore({ ...options, clock });
  return { store, pass: async (ms: number) => clock.advance(ms) };
}

legMetricsStoreContract('InMemoryLegMetricsStore', setup);

describe('InMemoryLegMetricsStore', () => {
  it('keeps ten thousand legs at most, and forgets the oldest first', async (t) => {
    const { store } = await setup(t, { leaseMs: 1000, retentionMs: 1000 });
    const legs = Array.from({ length: 10_001 }, () => endedLeg(openedLeg()));
    await store.write({ opened: [], ended: legs });
    assert.equal(await store.find(String(legs[0]?.conversationUuid)), undefined);
    assert.ok(await store.find(String(legs[1]?.conversationUuid)));
    assert.ok(await store.find(String(legs[10_000]?.conversationUuid)));
  });
});
