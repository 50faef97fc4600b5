import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { memoryLogger } from '@kodama/shared/testing';
import { eventually } from '../testing/eventually.ts';
import { endedLeg, figuresOf, openedLeg } from '../testing/leg-records.ts';
import type { LegBatch, LegMetricsStore } from './leg-metrics-store.ts';
import type { LegRecord, LiveFigures } from './leg-record.ts';
import { MetricsFlusher } from './metrics-flusher.ts';

const INTERVAL_MS = 10;

/** A store that does as it is told, and keeps what it was given. */
class FakeStore implements LegMetricsStore {
  /** Everything that was asked of it. */
  readonly asked: LegBatch[] = [];
  /** What of it was written. */
  readonly written: LegBatch[] = [];
  away = false;
  /** What every write waits for. */
  gate: Promise<unknown> = Promise.resolve();

  async write(batch: LegBatch): Promise<void> {
    this.asked.push(batch);
    await this.gate;
    if (this.away) throw new Error('nobody there');
    this.written.push(batch);
  }

  get ended(): LegRecord[] {
    return this.written.flatMap(({ ended }) => ended);
  }

  get opened(): LegRecord[] {
    return this.written.flatMap(({ opened }) => opened);
  }
}

function setup(t: TestContext, live: (evenIfOld: boolean) => LiveFigures[] = () => []) {
  const store = new FakeStore();
  const { logger, lines } = memoryLogger();
  const flusher = new MetricsFlusher({ store, liveFigures: live, intervalMs: INTERVAL_MS, logger });
  t.after(async () => {
    store.away = false;
    store.gate = Promise.resolve();
    await flusher.stop();
  });
  const messages = () => lines.map(({ msg }) => msg);
  return { store, flusher, lines, messages };
}

/** Time that passes when it is told to: so many intervals, and all that they set going but for what waits for the store. */
function countedIntervals(t: TestContext): (count: number) => Promise<void> {
  t.mock.timers.enable({ apis: ['setInterval'] });
  return async (count) => {
    for (let i = 0; i < count; i++) {
      t.mock.timers.tick(INTERVAL_MS);
      await new Promise(setImmediate);
    }
  };
}

describe('MetricsFlusher', () => {
  it('writes a leg’s beginning and its end at once, without waiting for the interval', async (t) => {
    const { store, flusher } = setup(t);
    const opened = openedLeg();
    await flusher.record(opened);
    assert.deepEqual(store.written, [{ opened: [opened], ended: [] }]);
    const ended = endedLeg(opened);
    await flusher.record(ended);
    assert.deepEqual(store.written[1], { opened: [], ended: [ended] });
  });

  it('writes the figures of all live legs in one write an interval, and none of it twice', async (t) => {
    const legs = Array.from({ length: 300 }, () => figuresOf(openedLeg()));
    const { store, flusher } = setup(t, () => legs);
    const opened = openedLeg();
    await flusher.record(opened);
    flusher.start();
    await eventually('three intervals', () => store.written.length >= 4);
    for (const batch of store.written.slice(1)) assert.deepEqual(batch, { opened: [], live: legs, ended: [] });
  });

  it('renews the lease in every interval, also where no leg has anything new', async (t) => {
    const { store, flusher } = setup(t);
    flusher.start();
    await eventually('two intervals', () => store.written.length >= 2);
    assert.deepEqual(store.written[0], { opened: [], live: [], ended: [] });
  });

  it('keeps what could not be written, and writes it with the next figures once the store is back', async (t) => {
    const { store, flusher } = setup(t);
    store.away = true;
    const opened = openedLeg();
    const ended = endedLeg(openedLeg());
    await Promise.all([flusher.record(opened), flusher.record(ended)]);
    flusher.start();
    await eventually('some tries', () => store.asked.length >= 5);
    assert.deepEqual(store.written, []);
    store.away = false;
    await eventually('the write', () => store.written.length > 0);
    assert.deepEqual(store.written[0], { opened: [opened], live: [], ended: [ended] });
    await eventually('another write', () => store.written.length > 1);
    assert.deepEqual(store.written[1], { opened: [], live: [], ended: [] });
  });

  it('writes of a leg that began and ended meanwhile only the end', async (t) => {
    const { store, flusher } = setup(t);
    store.away = true;
    const opened = openedLeg();
    await flusher.record(opened);
    const ended = endedLeg(opened);
    await flusher.record(ended);
    store.away = false;
    flusher.start();
    await eventually('the write', () => store.ended.length > 0);
    assert.deepEqual([store.opened, store.ended], [[], [ended]]);
  });

  it('does not write a beginning over the end, where the beginning’s write fails after the leg has ended', async (t) => {
    const { store, flusher } = setup(t);
    const gate = Promise.withResolvers<void>();
    store.gate = gate.promise;
    const opened = openedLeg();
    const beginning = flusher.record(opened);
    store.gate = Promise.resolve();
    const ended = endedLeg(opened);
    await flusher.record(ended);
    gate.reject(new Error('too late'));
    await beginning;
    flusher.start();
    await eventually('some writes', () => store.written.length >= 4);
    assert.deepEqual([store.opened, store.ended], [[], [ended]]);
  });

  it('does not take an end for written when the beginning is', async (t) => {
    const { store, flusher } = setup(t);
    const gate = Promise.withResolvers<void>();
    store.gate = gate.promise;
    const opened = openedLeg();
    const beginning = flusher.record(opened);
    store.gate = Promise.reject(new Error('lost'));
    const ended = endedLeg(opened);
    await flusher.record(ended);
    store.gate = Promise.resolve();
    gate.resolve();
    await beginning;
    flusher.start();
    await eventually('the end', () => store.ended.length > 0);
    assert.deepEqual(store.ended, [ended]);
  });

  it('has one write under way at a time, and then writes the newest figures, not those of every interval', async (t) => {
    const intervals = countedIntervals(t);
    let seconds = 0;
    const leg = openedLeg();
    const { store, flusher } = setup(t, () => [figuresOf(leg, ++seconds)]);
    const gate = Promise.withResolvers<void>();
    store.gate = gate.promise;
    flusher.start();
    await intervals(6);
    assert.equal(store.asked.length, 1);
    store.gate = Promise.resolve();
    gate.resolve();
    await eventually('the first write', () => store.written.length === 1);
    await intervals(1);
    assert.deepEqual(
      store.written.map(({ live }) => live?.[0]?.framesIn),
      [1, 2],
    );
  });

  it('asks for the figures of all legs after a write that failed, also where a leg’s record was written since', async (t) => {
    const asked: boolean[] = [];
    const { store, flusher } = setup(t, (evenIfOld) => {
      asked.push(evenIfOld);
      return [];
    });
    store.away = true;
    flusher.start();
    await eventually('a failed write', () => asked.length >= 1);
    store.away = false;
    await flusher.record(openedLeg());
    await eventually('good writes', () => store.written.filter(({ live }) => live).length >= 2);
    const firstGood = store.asked
      .filter(({ live }) => live)
      .indexOf(store.written.find(({ live }) => live) as LegBatch);
    assert.deepEqual(asked.slice(0, firstGood + 2), [false, ...Array(firstGood).fill(true), false]);
  });

  it('says once that it cannot write, and once that it can again', async (t) => {
    const { store, flusher, messages } = setup(t);
    flusher.start();
    for (let outage = 0; outage < 2; outage++) {
      store.away = true;
      const before = store.asked.length;
      await eventually('failed writes', () => store.asked.length >= before + 5);
      store.away = false;
      const writtenBefore = store.written.length;
      await eventually('good writes', () => store.written.length >= writtenBefore + 5);
    }
    const outage = ['metrics cannot be written', 'metrics are written again'];
    assert.deepEqual(messages(), [...outage, ...outage]);
  });

  it('writes what a long outage has left in pieces, each record once', async (t) => {
    const { store, flusher } = setup(t);
    store.away = true;
    const legs = Array.from({ length: 1201 }, (_, i) => (i % 2 ? openedLeg() : endedLeg(openedLeg())));
    for (const leg of legs) await flusher.record(leg);
    store.away = false;
    flusher.start();
    await eventually('all of it', () => store.opened.length + store.ended.length === legs.length);
    for (const { opened, ended } of store.written) assert.ok(opened.length + ended.length <= 500);
    const written = new Set([...store.opened, ...store.ended]);
    assert.ok(legs.every((leg) => written.has(leg)));
  });

  it('keeps ten thousand records at most, and puts the oldest above that into the log', async (t) => {
    const { store, flusher, lines } = setup(t);
    store.away = true;
    const legs = Array.from({ length: 10_002 }, () => endedLeg(openedLeg()));
    for (const leg of legs) await flusher.record(leg);
    const given = lines.filter(({ record }) => record).map(({ record }) => (record as LegRecord).socketId);
    assert.deepEqual(given, [legs[0]?.socketId, legs[1]?.socketId]);
    store.away = false;
    await flusher.stop();
    assert.equal(store.ended.length, 10_000);
  });

  describe('when it stops', () => {
    it('writes once more what is live and all that waits', async (t) => {
      const leg = openedLeg();
      const { store, flusher } = setup(t, () => [figuresOf(leg)]);
      store.away = true;
      const legs = Array.from({ length: 1100 }, () => endedLeg(openedLeg()));
      for (const ended of legs) await flusher.record(ended);
      store.away = false;
      await flusher.stop();
      assert.deepEqual(new Set(store.ended), new Set(legs));
      assert.deepEqual(store.written[0]?.live, [figuresOf(leg)]);
    });

    it('tries again for a while where the store is away', async (t) => {
      const { store, flusher, lines } = setup(t);
      store.away = true;
      const ended = endedLeg(openedLeg());
      await flusher.record(ended);
      const stopped = flusher.stop();
      await eventually('a second try', () => store.asked.length >= 3);
      store.away = false;
      await stopped;
      assert.deepEqual(store.ended, [ended]);
      assert.equal(
        lines.some(({ record }) => record),
        false,
      );
    });

    for (const [how, fail] of [
      ['stays away', (store: FakeStore) => (store.away = true)],
      ['never answers', (store: FakeStore) => (store.gate = new Promise(() => {}))],
    ] as const) {
      it(`puts the records into the log where the store ${how}, within two seconds`, async (t) => {
        const { store, flusher, lines } = setup(t);
        fail(store);
        const ended = endedLeg(openedLeg());
        void flusher.record(ended);
        t.mock.timers.enable({ apis: ['setTimeout'] });
        const stopped = flusher.stop();
        t.mock.timers.tick(2000);
        await stopped;
        t.mock.timers.reset();
        const [line] = lines.filter(({ record }) => record);
        assert.deepEqual(line?.record, ended);
        assert.equal(line?.level, 'error');
      });
    }

    it('makes no write after that', async (t) => {
      const intervals = countedIntervals(t);
      const { store, flusher } = setup(t);
      flusher.start();
      await intervals(1);
      assert.equal(store.asked.length, 1);
      await flusher.stop();
      assert.equal(store.asked.length, 2);
      await intervals(5);
      assert.equal(store.asked.length, 2);
    });
  });
});
