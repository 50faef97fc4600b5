import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createHttpApp } from '@kodama/shared/http';
import { Lifecycle } from '@kodama/shared/lifecycle';
import { memoryLogger, recordSpans, serve } from '@kodama/shared/testing';
import { systemClock } from '@kodama/shared/time';
import type { TimelineEntry } from '@kodama/shared/timeline';
import { trace } from '@opentelemetry/api';
import { InMemoryLegMetricsStore } from '../metrics/in-memory-leg-metrics-store.ts';
import type { Call, CallPage, CallReader } from '../metrics/leg-metrics-store.ts';
import { StoreUnavailableError } from '../metrics/store-unavailable-error.ts';
import { eventually } from '../testing/eventually.ts';
import { openedLeg } from '../testing/leg-records.ts';
import { callsRoutes } from './calls-routes.ts';
import type { CallView } from './find-call.ts';
import type { TimelineReader } from './timeline-reader.ts';

const spans = recordSpans();

function newStore() {
  return new InMemoryLegMetricsStore({ clock: systemClock, leaseMs: 60_000, retentionMs: 60_000 });
}

async function storeOf(count: number) {
  const store = newStore();
  const start = Date.UTC(2026, 2, 4);
  const legs = Array.from({ length: count }, (_, i) => openedLeg({ startedAt: new Date(start + i).toISOString() }));
  await store.write({ opened: legs, ended: [] });
  return { store, legs };
}

const noTimelines: TimelineReader = { find: async () => undefined };

async function serveCalls(reader: CallReader, timelines = noTimelines) {
  const { logger, lines } = memoryLogger();
  const routes = [callsRoutes(reader, timelines, trace.getTracer('test'))];
  const server = await serve(createHttpApp({ logger, lifecycle: new Lifecycle(logger), checks: {}, routes }));
  return Object.assign(server, { lines });
}

/** One call's timeline, found by its conversation and by these legs, the first of which was answered. */
function timelinesOf(conversationUuid: string, legs: readonly [string, ...string[]]): TimelineReader {
  const entry: TimelineEntry = {
    id: 'an id',
    sequence: 7,
    kind: 'answered',
    leg: legs[0],
    at: '2026-03-04T10:11:12.000Z',
    receivedAt: '2026-03-04T10:11:13.000Z',
  };
  const stored = { conversationUuid, entries: [entry], truncated: false };
  return { find: async (id) => (id === conversationUuid || legs.includes(id) ? stored : undefined) };
}

const errorOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;
const pageOf = async (response: Response) => (await response.json()) as CallPage;

describe('GET /calls', () => {
  it('lists calls as JSON that nobody keeps', async () => {
    const { store, legs } = await storeOf(2);
    await using server = await serveCalls(store);
    const response = await fetch(`${server.url}/calls`);
    assert.equal(response.status, 200);
    assert.match(String(response.headers.get('content-type')), /^application\/json/);
    assert.equal(response.headers.get('cache-control'), 'no-store');
    const { calls, nextCursor } = await pageOf(response);
    assert.deepEqual(
      calls.map((call) => call.conversationUuid),
      [legs[1]?.conversationUuid, legs[0]?.conversationUuid],
    );
    assert.deepEqual(calls[0]?.legs, [legs[1]]);
    assert.equal(nextCursor, null);
  });

  it('gives fifty, or as many as asked for up to two hundred', async () => {
    const { store } = await storeOf(205);
    await using server = await serveCalls(store);
    for (const [query, count] of [
      ['', 50],
      ['?limit=1', 1],
      ['?limit=200', 200],
    ] as const) {
      const { calls, nextCursor } = await pageOf(await fetch(`${server.url}/calls${query}`));
      assert.equal(calls.length, count);
      assert.notEqual(nextCursor, null);
    }
  });

  it('leads from page to page to the end', async () => {
    const { store, legs } = await storeOf(23);
    await using server = await serveCalls(store);
    const seen: Call[] = [];
    let next: string | null = '';
    while (next !== null) {
      const page = await pageOf(await fetch(`${server.url}/calls?limit=5${next && `&cursor=${next}`}`));
      seen.push(...page.calls);
      next = page.nextCursor;
    }
    assert.deepEqual(
      seen.map((call) => call.startedAt),
      legs.map((leg) => leg.startedAt).reverse(),
    );
  });

  for (const limit of ['0', '201', '-1', '1.5', '1e2', 'all', '', '0x10', '1000', '5&limit=6', '%20']) {
    it(`refuses limit=${limit}`, async () => {
      await using server = await serveCalls(newStore());
      const response = await fetch(`${server.url}/calls?limit=${limit}`);
      assert.equal(response.status, 400);
      assert.equal(await errorOf(response), 'BAD_LIMIT');
    });
  }

  for (const cursor of ['', 'x', '%00', 'WzFd', 'a&cursor=b']) {
    it(`refuses cursor=${cursor}`, async () => {
      await using server = await serveCalls(newStore());
      const response = await fetch(`${server.url}/calls?cursor=${cursor}`);
      assert.equal(response.status, 400);
      assert.equal(await errorOf(response), 'BAD_CURSOR');
    });
  }
});

describe('GET /calls/{id}', () => {
  it('gives the call of a conversation or of a leg', async () => {
    const { store, legs } = await storeOf(3);
    const [leg] = legs;
    await using server = await serveCalls(store);
    for (const id of [leg?.conversationUuid, leg?.legUuid]) {
      const response = await fetch(`${server.url}/calls/${id}`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.deepEqual(((await response.json()) as Call).legs, [leg]);
    }
  });

  it('has what its events say beside the figures, by whichever leg it is asked for', async () => {
    const { store, legs } = await storeOf(2);
    const conversation = legs[0]?.conversationUuid ?? '';
    const timelines = timelinesOf(conversation, ['socket-leg', legs[0]?.legUuid ?? '']);
    await using server = await serveCalls(store, timelines);
    for (const id of [conversation, legs[0]?.legUuid, 'socket-leg']) {
      const call = (await (await fetch(`${server.url}/calls/${id}`)).json()) as CallView;
      assert.deepEqual(call.legs, [legs[0]], id ?? '');
      assert.deepEqual([call.timeline?.state, call.timeline?.truncated], ['answered', false]);
      assert.deepEqual(call.timeline?.events, [
        {
          kind: 'answered',
          leg: 'socket-leg',
          at: '2026-03-04T10:11:12.000Z',
          receivedAt: '2026-03-04T10:11:13.000Z',
          sequence: 7,
        },
      ]);
    }
    const other = (await (await fetch(`${server.url}/calls/${legs[1]?.conversationUuid}`)).json()) as CallView;
    assert.equal(other.timeline, null);
  });

  it('finds a call that never opened a socket', async () => {
    const conversation = 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10';
    await using server = await serveCalls(newStore(), timelinesOf(conversation, ['leg']));
    for (const id of [conversation, 'leg']) {
      const call = (await (await fetch(`${server.url}/calls/${id}`)).json()) as CallView;
      const { timeline, ...rest } = call;
      assert.deepEqual(rest, {
        conversationUuid: conversation,
        traceId: '5b1b0f3e3b0f4f7e9a555f0a6f1e9d10',
        startedAt: '2026-03-04T10:11:12.000Z',
        state: 'live',
        legs: [],
      });
      assert.equal(timeline?.legs[0]?.status, 'answered');
    }
  });

  it('takes an id that has to be escaped', async () => {
    const store = newStore();
    const leg = openedLeg({ conversationUuid: 'a/b?c#d%', legUuid: '"' });
    await store.write({ opened: [leg], ended: [] });
    await using server = await serveCalls(store);
    for (const id of ['a/b?c#d%', '"']) {
      assert.equal((await fetch(`${server.url}/calls/${encodeURIComponent(id)}`)).status, 200);
    }
  });

  it('says 404 where there is none, and 400 where there can be none', async () => {
    await using server = await serveCalls(newStore());
    const missing = await fetch(`${server.url}/calls/CON-none`);
    assert.equal(missing.status, 404);
    assert.equal(await errorOf(missing), 'CALL_NOT_FOUND');
    assert.equal((await fetch(`${server.url}/calls/%E0%A4%A`)).status, 400);
  });
});

describe('both', () => {
  it('say 503 with a reason, and log the cause, while the store does not answer', async () => {
    const cause = new Error('connection is closed');
    const fail = async () => {
      throw new StoreUnavailableError(cause);
    };
    await using server = await serveCalls({ list: fail, find: fail });
    for (const path of ['/calls', '/calls/x']) {
      const response = await fetch(server.url + path);
      assert.equal(response.status, 503);
      assert.equal(response.headers.get('retry-after'), '1');
      assert.deepEqual(await response.json(), {
        error: { code: 'STORE_UNAVAILABLE', message: 'the store of calls does not answer' },
      });
    }
    assert.match(JSON.stringify(server.lines[0]), /connection is closed/);
  });

  it('leave no span of what is asked of the store: a page takes hundreds of commands', async () => {
    const read = async () => {
      await new Promise(setImmediate);
      trace.getTracer('store').startSpan('hgetall').end();
    };
    const reader: CallReader = {
      list: async () => {
        await read();
        return { calls: [], nextCursor: null };
      },
      find: async () => {
        await read();
        return undefined;
      },
    };
    await using server = await serveCalls(reader);
    spans.reset();
    for (const path of ['/calls', '/calls/x']) await (await fetch(server.url + path)).arrayBuffer();
    const names = () => spans.ended().map(({ name }) => name);
    await eventually('the spans of the requests', () => names().length >= 2);
    assert.deepEqual(names(), ['GET /calls', 'GET /calls/:id']);
    await read();
    assert.equal(names().at(-1), 'hgetall', 'elsewhere it would have left one');
  });

  it('take GET alone', async () => {
    await using server = await serveCalls(newStore());
    for (const path of ['/calls', '/calls/x']) {
      for (const method of ['POST', 'PUT', 'DELETE']) {
        const response = await fetch(server.url + path, { method });
        assert.equal(response.status, 405);
        assert.equal(response.headers.get('allow'), 'GET');
        await response.arrayBuffer();
      }
    }
  });
});
