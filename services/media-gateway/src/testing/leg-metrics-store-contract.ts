import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
// biome-ignore lint/correctness/noUndeclaredDependencies: tests alone load this suite, and tests have it from the root
import fc from 'fast-check';
import {
  type Call,
  type CallReader,
  decodeCursor,
  type LegMetricsStore,
  type PageCursor,
} from '../metrics/leg-metrics-store.ts';
import { callKeyOf, type LegRecord } from '../metrics/leg-record.ts';
import { endedLeg, figuresOf, openedLeg } from './leg-records.ts';

export interface StoreUnderTest {
  readonly store: LegMetricsStore & CallReader;
  /** Lets time pass as the store sees it. */
  readonly pass: (ms: number) => Promise<void>;
}

export interface StoreOptions {
  readonly leaseMs: number;
  readonly retentionMs: number;
}

/** Gives an empty store. */
export type StoreSetup = (t: TestContext, options: StoreOptions) => Promise<StoreUnderTest>;

const LONG = { leaseMs: 60_000, retentionMs: 60_000 };
/** Long enough for a slow machine to write and read within it. */
const SHORT_MS = 800;

const nothing = { opened: [], ended: [] };

/** What a store of legs' figures has to do, whatever it keeps them in. */
export function legMetricsStoreContract(name: string, setup: StoreSetup): void {
  describe(`${name}, as a store of legs' figures`, () => {
    it('shows a leg that has opened as a live call, by either id and in the list', async (t) => {
      const { store } = await setup(t, LONG);
      const leg = openedLeg({ traceId: 'ab'.repeat(16) });
      await store.write({ opened: [leg], ended: [] });
      const call: Call = {
        conversationUuid: leg.conversationUuid,
        traceId: leg.traceId,
        startedAt: leg.startedAt,
        state: 'live',
        legs: [leg],
      };
      assert.deepEqual(await store.find(idOf(leg.conversationUuid)), call);
      assert.deepEqual(await store.find(idOf(leg.legUuid)), call);
      assert.deepEqual(await store.list({ limit: 10 }), { calls: [call], nextCursor: null });
    });

    it('knows no call that there was not', async (t) => {
      const { store } = await setup(t, LONG);
      assert.deepEqual(await store.list({ limit: 10 }), { calls: [], nextCursor: null });
      await store.write({ opened: [openedLeg()], ended: [] });
      for (const id of [randomUUID(), '', '*', '__proto__', 'calls', 'CON-']) {
        assert.equal(await store.find(id), undefined, id);
      }
    });

    it('shows the newest figures of a live leg', async (t) => {
      const { store } = await setup(t, LONG);
      const leg = openedLeg();
      const other = openedLeg();
      await store.write({ opened: [leg, other], ended: [] });
      await store.write({ ...nothing, live: [figuresOf(leg, 50), figuresOf(other, 51)] });
      await store.write({ ...nothing, live: [figuresOf(leg, 100)] });
      assert.deepEqual(await legsOf(store, leg), [{ ...leg, ...figuresOf(leg, 100) }]);
      assert.deepEqual(await legsOf(store, other), [{ ...other, ...figuresOf(other, 51) }]);
    });

    it('shows the figures of its end, whatever was written of it before', async (t) => {
      const { store } = await setup(t, LONG);
      const leg = openedLeg();
      await store.write({ opened: [leg], ended: [] });
      await store.write({ ...nothing, live: [figuresOf(leg, 500)] });
      await store.write({ opened: [], ended: [endedLeg(leg)] });
      assert.deepEqual(await legsOf(store, leg), [endedLeg(leg)]);
      assert.equal((await store.find(idOf(leg.legUuid)))?.state, 'ended');
    });

    it('takes an end of which no beginning could be written', async (t) => {
      const { store } = await setup(t, LONG);
      const leg = endedLeg(openedLeg());
      await store.write({ opened: [], live: [], ended: [leg] });
      assert.deepEqual(await legsOf(store, leg), [leg]);
      assert.deepEqual((await store.find(idOf(leg.legUuid)))?.legs, [leg]);
      assert.equal((await store.list({ limit: 1 })).calls.length, 1);
    });

    it('takes everything in one write', async (t) => {
      const { store } = await setup(t, LONG);
      const [a, b, c] = [openedLeg(), openedLeg(), openedLeg()];
      await store.write({ opened: [a], ended: [] });
      await store.write({ opened: [b], live: [figuresOf(a)], ended: [endedLeg(c)] });
      assert.deepEqual(await legsOf(store, a), [{ ...a, ...figuresOf(a) }]);
      assert.deepEqual(await legsOf(store, b), [b]);
      assert.deepEqual(await legsOf(store, c), [endedLeg(c)]);
    });

    it('is not changed by a write that comes twice', async (t) => {
      const { store } = await setup(t, LONG);
      const leg = openedLeg();
      const batches = [
        { opened: [leg], ended: [] },
        { ...nothing, live: [figuresOf(leg)] },
        { opened: [], live: [], ended: [endedLeg(leg)] },
      ];
      for (const batch of batches) {
        await store.write(batch);
        const once = await store.list({ limit: 10 });
        await store.write(batch);
        assert.deepEqual(await store.list({ limit: 10 }), once);
        assert.equal(once.calls.length, 1);
      }
    });

    it('is not disturbed by figures of a leg that it does not know, or that is over', async (t) => {
      const { store } = await setup(t, LONG);
      const leg = openedLeg();
      await store.write({ opened: [], ended: [endedLeg(leg)] });
      await store.write({ ...nothing, live: [figuresOf(leg, 9999), figuresOf(openedLeg())] });
      assert.deepEqual(await legsOf(store, leg), [endedLeg(leg)]);
      assert.equal((await store.list({ limit: 10 })).calls.length, 1);
    });

    it('puts a second socket of a call to the first, and calls it live until both are over', async (t) => {
      const { store } = await setup(t, LONG);
      const first = openedLeg({ startedAt: ago(600) });
      const second = openedLeg({ ...idsOf(first), startedAt: ago(300) });
      const between = openedLeg({ startedAt: ago(480) });
      await store.write({ opened: [first, between], ended: [] });
      await store.write({ opened: [second], ended: [endedLeg(first)] });
      const call = await store.find(idOf(first.legUuid));
      assert.equal(call?.state, 'live');
      assert.equal(call.startedAt, first.startedAt);
      assert.deepEqual(call.legs, [endedLeg(first), second]);
      await store.write({ opened: [], ended: [endedLeg(second)] });
      assert.equal((await store.find(idOf(first.conversationUuid)))?.state, 'ended');
      // A call's place is where it began, not where it was last heard of.
      const { calls } = await store.list({ limit: 10 });
      assert.deepEqual(
        calls.map((each) => each.legs.length),
        [1, 2],
      );
    });

    it('takes an id for that of a conversation first, whatever somebody else calls his leg', async (t) => {
      const { store } = await setup(t, LONG);
      const call = openedLeg();
      const impostor = openedLeg({ legUuid: call.conversationUuid });
      for (const leg of [call, impostor]) await store.write({ opened: [leg], ended: [] });
      assert.deepEqual((await store.find(idOf(call.conversationUuid)))?.legs, [call]);
      assert.deepEqual((await store.find(idOf(impostor.conversationUuid)))?.legs, [impostor]);
    });

    it('finds by a leg id that two conversations have the one that was opened last, also after both are over', async (t) => {
      const { store } = await setup(t, LONG);
      const first = openedLeg({ startedAt: ago(600) });
      const second = openedLeg({ legUuid: first.legUuid, startedAt: ago(300) });
      await store.write({ opened: [first], ended: [] });
      await store.write({ opened: [second], ended: [] });
      assert.deepEqual((await store.find(idOf(first.legUuid)))?.legs, [second]);
      await store.write({ opened: [], ended: [endedLeg(second)] });
      await store.write({ opened: [], ended: [endedLeg(first)] });
      assert.deepEqual((await store.find(idOf(first.legUuid)))?.legs, [endedLeg(second)]);
    });

    it('shows the hundred newest sockets of a call, where a peer has opened more with its id', async (t) => {
      const { store } = await setup(t, LONG);
      const first = openedLeg({ startedAt: ago(600) });
      const more = Array.from({ length: 104 }, (_, index) =>
        openedLeg({ ...idsOf(first), startedAt: ago(500 - index) }),
      );
      await store.write({ opened: [first], ended: [] });
      await store.write({ opened: more, ended: [] });
      await store.write({ opened: [], ended: [endedLeg(first)] });
      assert.deepEqual(await legsOf(store, first), more.slice(4));
      assert.deepEqual((await store.list({ limit: 1 })).calls[0]?.legs, more.slice(4));
    });

    it('puts a call where its first socket began, also where that could be written only after the second', async (t) => {
      const { store } = await setup(t, LONG);
      const first = openedLeg({ startedAt: ago(600) });
      const second = openedLeg({ ...idsOf(first), startedAt: ago(300) });
      const between = openedLeg({ startedAt: ago(480) });
      await store.write({ opened: [second, between], ended: [] });
      await store.write({ opened: [], ended: [endedLeg(first)] });
      const { calls } = await store.list({ limit: 10 });
      assert.deepEqual(
        calls.map((call) => call.startedAt),
        [between.startedAt, first.startedAt],
      );
    });

    it('finds a leg that came without a conversation by its own id', async (t) => {
      const { store } = await setup(t, LONG);
      const leg = openedLeg({ conversationUuid: null });
      await store.write({ opened: [leg], ended: [] });
      assert.deepEqual((await store.find(idOf(leg.legUuid)))?.legs, [leg]);
    });

    it('lists a leg that came without any id', async (t) => {
      const { store } = await setup(t, LONG);
      const legs = [1, 2].map(() => openedLeg({ conversationUuid: null, legUuid: null }));
      await store.write({ opened: legs, ended: [] });
      const { calls } = await store.list({ limit: 10 });
      assert.equal(calls.length, 2, 'they are no call together');
      assert.deepEqual(new Set(calls.map((call) => call.legs[0]?.socketId)), new Set(legs.map((leg) => leg.socketId)));
      assert.equal(calls[0]?.conversationUuid, null);
    });

    it('takes ids of any printable characters', async (t) => {
      const { store } = await setup(t, LONG);
      const ids = [
        'CON-a:b',
        '*',
        '{}',
        '[x]',
        '?',
        '../calls',
        '%2F',
        '"',
        '\\',
        ':legs',
        '~!@#$^&()=+',
        'x'.repeat(128),
      ];
      const legs = ids.map((id) => openedLeg({ conversationUuid: id, legUuid: `leg ${id}` }));
      await store.write({ opened: legs, ended: [] });
      for (const leg of legs) {
        assert.deepEqual((await store.find(idOf(leg.conversationUuid)))?.legs, [leg]);
        assert.deepEqual((await store.find(idOf(leg.legUuid)))?.legs, [leg]);
      }
      assert.equal((await store.list({ limit: 50 })).calls.length, ids.length);
    });

    describe('as to leases', () => {
      it('takes a live leg for lost when its lease has run out, and for live again when it is renewed', async (t) => {
        const { store, pass } = await setup(t, { ...LONG, leaseMs: SHORT_MS });
        const leg = openedLeg();
        await store.write({ opened: [leg], ended: [] });
        await store.write({ ...nothing, live: [figuresOf(leg)] });
        assert.equal((await store.find(idOf(leg.legUuid)))?.state, 'live');

        await pass(SHORT_MS + 50);
        const lost = await store.find(idOf(leg.legUuid));
        assert.equal(lost?.state, 'lost');
        assert.deepEqual(lost.legs, [{ ...leg, ...figuresOf(leg), state: 'lost' }], 'with its last figures');
        assert.equal((await store.list({ limit: 1 })).calls[0]?.state, 'lost');

        await store.write({ ...nothing, live: [] });
        assert.equal((await store.find(idOf(leg.legUuid)))?.state, 'live', 'though it had nothing new');
      });

      it('renews the lease with a leg that opens, and not with one that ends', async (t) => {
        const { store, pass } = await setup(t, { ...LONG, leaseMs: SHORT_MS });
        const leg = openedLeg();
        await store.write({ opened: [leg], ended: [] });
        await pass(SHORT_MS + 50);
        await store.write({ opened: [], ended: [endedLeg(openedLeg())] });
        assert.equal((await store.find(idOf(leg.legUuid)))?.state, 'lost');
        await store.write({ opened: [openedLeg()], ended: [] });
        assert.equal((await store.find(idOf(leg.legUuid)))?.state, 'live');
      });

      it('leaves an ended leg ended', async (t) => {
        const { store, pass } = await setup(t, { ...LONG, leaseMs: SHORT_MS });
        const leg = endedLeg(openedLeg());
        await store.write({ opened: [], live: [], ended: [leg] });
        await pass(SHORT_MS + 50);
        assert.deepEqual(await legsOf(store, leg), [leg]);
      });
    });

    describe('as to retention', () => {
      it('keeps an ended call for that time, and then nothing of it', async (t) => {
        const { store, pass } = await setup(t, { ...LONG, retentionMs: SHORT_MS });
        const leg = openedLeg();
        await store.write({ opened: [leg], ended: [] });
        await store.write({ opened: [], ended: [endedLeg(leg)] });
        assert.deepEqual(await legsOf(store, leg), [endedLeg(leg)]);
        await pass(SHORT_MS + 50);
        assert.equal(await store.find(idOf(leg.conversationUuid)), undefined);
        assert.equal(await store.find(idOf(leg.legUuid)), undefined);
        assert.deepEqual(await store.list({ limit: 10 }), { calls: [], nextCursor: null });
      });

      it('keeps a live leg longer than that, also where another socket of its call has ended', async (t) => {
        const { store, pass } = await setup(t, { ...LONG, retentionMs: SHORT_MS });
        const first = openedLeg();
        const second = openedLeg(idsOf(first));
        await store.write({ opened: [first, second], ended: [] });
        await store.write({ opened: [], ended: [endedLeg(first)] });
        await pass(SHORT_MS + 50);
        await store.write({ ...nothing, live: [figuresOf(second)] });
        const live = { ...second, ...figuresOf(second) };
        assert.deepEqual(await legsOf(store, second), [live]);
        assert.deepEqual((await store.find(idOf(second.legUuid)))?.legs, [live]);
      });
    });

    describe('in pages', () => {
      it('is complete, without repetition and newest first, whatever the page’s size', async (t) => {
        const starts = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 40 });
        await fc.assert(
          fc.asyncProperty(starts, fc.integer({ min: 1, max: 15 }), async (startsMs, limit) => {
            const { store } = await setup(t, LONG);
            const legs = startsMs.map((ms) => openedLeg({ startedAt: new Date(Date.now() - ms).toISOString() }));
            await store.write({ opened: legs, ended: [] });
            const pages = await readPages(store, limit);
            assert.ok(
              pages.slice(0, -1).every((page) => page.length === limit),
              'all pages but the last are full',
            );
            assert.deepEqual(keysOf(pages.flat()), keysInOrder(legs));
          }),
          { numRuns: 20 },
        );
      });

      it('is complete where hundreds of calls began in the same millisecond', async (t) => {
        const { store } = await setup(t, LONG);
        const startedAt = new Date().toISOString();
        const legs = Array.from({ length: 330 }, () => openedLeg({ startedAt }));
        await store.write({ opened: legs, ended: [] });
        const pages = await readPages(store, 70);
        assert.deepEqual(
          pages.map((page) => page.length),
          [70, 70, 70, 70, 50],
        );
        assert.deepEqual(keysOf(pages.flat()), keysInOrder(legs));
      });

      it('has no page behind one that was just filled', async (t) => {
        const { store } = await setup(t, LONG);
        await store.write({ opened: [openedLeg(), openedLeg()], ended: [] });
        assert.equal((await store.list({ limit: 2 })).nextCursor, null);
        assert.notEqual((await store.list({ limit: 1 })).nextCursor, null);
      });

      it('is not shifted by calls that begin while somebody reads', async (t) => {
        const { store } = await setup(t, LONG);
        const at = (ms: number) => openedLeg({ startedAt: new Date(Date.now() - 60_000 + ms).toISOString() });
        const legs = [at(1), at(2), at(3), at(4)];
        await store.write({ opened: legs, ended: [] });
        const { calls, nextCursor } = await store.list({ limit: 2 });
        await store.write({ opened: [at(5)], ended: [] });
        const rest = await store.list({ limit: 10, cursor: decodeCursor(idOf(nextCursor)) as PageCursor });
        assert.deepEqual(keysOf([...calls, ...rest.calls]), keysInOrder(legs));
      });
    });
  });
}

function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}

function idOf(id: string | null): string {
  assert.notEqual(id, null);
  return String(id);
}

function idsOf({ conversationUuid, legUuid }: LegRecord) {
  return { conversationUuid, legUuid };
}

async function legsOf(store: CallReader, leg: LegRecord) {
  return (await store.find(callKeyOf(leg)))?.legs;
}

async function readPages(store: CallReader, limit: number): Promise<Call[][]> {
  const pages: Call[][] = [];
  let cursor: PageCursor | undefined;
  for (;;) {
    const { calls, nextCursor } = await store.list({ limit, ...(cursor && { cursor }) });
    pages.push([...calls]);
    if (nextCursor === null) return pages;
    cursor = decodeCursor(nextCursor);
    assert.ok(cursor, 'a cursor that it wrote is one that it reads');
  }
}

function keysOf(calls: readonly Call[]): string[] {
  return calls.map((call) => callKeyOf(call.legs[0] as LegRecord));
}

/** Newest first; among those of one millisecond the greater key first. */
function keysInOrder(legs: readonly LegRecord[]): string[] {
  const places = legs.map((leg) => ({ start: leg.startedAt, key: callKeyOf(leg) }));
  places.sort((a, b) => {
    if (a.start !== b.start) return a.start < b.start ? 1 : -1;
    return a.key < b.key ? 1 : -1;
  });
  return places.map(({ key }) => key);
}
