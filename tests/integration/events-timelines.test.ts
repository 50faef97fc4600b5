import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { DurableConsumer } from '@kodama/events/durable-consumer';
import type { EventHandler } from '@kodama/events/event-handler';
import { wholeCall } from '@kodama/events/testing';
import type { CallView } from '@kodama/media-gateway/find-call';
import { callMessageId } from '@kodama/shared/messaging';
import { memoryLogger } from '@kodama/shared/testing';
import { type StoredTimeline, timelineOf } from '@kodama/shared/timeline';
import { toCallEvent } from '@kodama/shared/voice';
import { trace } from '@opentelemetry/api';
import { headers } from 'nats';
import { type EventsStack, messagesOf, postEvent, startEventsStack } from '../support/events-stack.ts';
import type { Service } from '../support/services.ts';
import { until } from '../support/wait.ts';

const tracer = trace.getTracer('test');
/** The stream as the services make it by default. */
const limits = {
  name: 'CALLS',
  maxAgeMs: 168 * 3_600_000,
  maxBytes: 1024 ** 3,
  duplicateWindowMs: 600_000,
  replicas: 1,
};
const LETTERS = 'CALLS_DEAD_LETTERS';

/** A timeline that has each of a whole call's events once. */
function assertWhole(stored: StoredTimeline | undefined): void {
  const timeline = timelineOf(stored?.entries ?? []);
  assert.deepEqual(
    timeline.events.map(({ kind }) => kind),
    ['started', 'ringing', 'answered', 'started', 'answered', 'completed', 'completed'],
  );
  assert.deepEqual([timeline.state, timeline.outcome, stored?.truncated], ['ended', 'completed', false]);
}

/** Sends each event until it is kept, as a patient Vonage would. */
async function postAll(events: Pick<Service, 'url'>, bodies: readonly object[]): Promise<void> {
  for (const body of bodies) {
    await until(async () => (await postEvent(events, body)) === 204, {
      what: 'an event to be kept',
      deadlineMs: 30_000,
      everyMs: 100,
    });
  }
}

/** Waits until the consumer has nothing before it, and nothing under way. */
async function settled(stack: EventsStack): Promise<void> {
  await stack.inJetStream((manager) =>
    until(
      async () => {
        const { num_pending, num_ack_pending } = await manager.consumers.info('CALLS', 'timelines');
        return num_pending === 0 && num_ack_pending === 0;
      },
      { what: 'all events to be handled', deadlineMs: 60_000 },
    ),
  );
}

const letters = (stack: EventsStack) => stack.inJetStream((manager) => messagesOf(manager, LETTERS));

describe('the timeline of a call', () => {
  it('is shown beside its metrics, by conversation and by each leg, however often and in whatever order events come', async () => {
    await using stack = await startEventsStack();
    const events = await stack.startEvents();
    const gateway = await stack.startGateway();
    const { conversation, caller, socket, events: bodies } = wholeCall();
    await postAll(events, [...bodies.toReversed(), ...bodies]);
    assertWhole(await stack.timelineOf(conversation, 7));
    const worries = events.logs.filter(({ msg = '' }) => msg.startsWith('events cannot be consumed'));
    assert.deepEqual(worries, [], 'a first start is no reason to worry');
    for (const id of [conversation, caller, socket]) {
      const response = await fetch(`${gateway.url}/calls/${id}`);
      assert.equal(response.status, 200);
      const call = (await response.json()) as CallView;
      assert.deepEqual([call.conversationUuid, call.state, call.legs], [conversation, 'ended', []]);
      assert.deepEqual([call.timeline?.state, call.timeline?.events.length], ['ended', 7]);
      assert.doesNotMatch(JSON.stringify(call), /1555/, 'nobody’s number');
    }
    await settled(stack);
    assert.deepEqual(await letters(stack), []);
    assert.equal(await events.stop(), 0);
  });

  it('is whole where the service is killed in the middle, and again: nothing is lost, nothing is there twice', async () => {
    await using stack = await startEventsStack();
    const calls = Array.from({ length: 60 }, () => wholeCall());
    const target = { url: '' };
    let events = await stack.startEvents();
    target.url = events.url;
    const restarts = (async () => {
      for (const done of [10, 30]) {
        const isSoFar = async () => (await stack.timeline(calls[done]?.conversation ?? '')) !== undefined;
        await until(isSoFar, { what: `call ${done}`, deadlineMs: 60_000, everyMs: 5 });
        await events.stop('SIGKILL');
        events = await stack.startEvents();
        target.url = events.url;
      }
    })();
    const pending = [...calls];
    const sender = async () => {
      for (let call = pending.shift(); call; call = pending.shift()) await postAll(target, call.events);
    };
    await Promise.all([restarts, ...Array.from({ length: 4 }, sender)]);
    for (const { conversation } of calls) assertWhole(await stack.timelineOf(conversation, 7, 60_000));
    await settled(stack);
    assert.deepEqual(await letters(stack), []);
  });

  it('comes of every event before it, where the consumer is new', async () => {
    await using stack = await startEventsStack();
    const { conversation, events: bodies } = wholeCall();
    const events = await stack.startEvents();
    await postAll(events, bodies);
    await settled(stack);
    await stack.redisClient.flushall();
    await stack.inJetStream((manager) => manager.consumers.delete('CALLS', 'timelines'));
    assertWhole(await stack.timelineOf(conversation, 7));
  });
});

describe('timelines, while Redis is away,', () => {
  it('wait: webhooks are taken as ever, the service is ready, and no event is given up', async () => {
    await using stack = await startEventsStack();
    const events = await stack.startEvents({ EVENTS_MAX_DELIVERIES: '2' });
    const before = wholeCall();
    await postAll(events, before.events);
    await stack.timelineOf(before.conversation, 7);

    await stack.redis.stop();
    // More events than one process has at a time.
    const during = Array.from({ length: 6 }, () => wholeCall());
    for (const body of during.flatMap((call) => call.events)) {
      const startMs = performance.now();
      assert.equal(await postEvent(events, body), 204);
      assert.ok(performance.now() - startMs < 500);
    }
    await events.logged('events wait: what they are handled with is away');
    assert.equal((await fetch(`${events.url}/readyz`)).status, 200);
    const deliveries = () =>
      stack.inJetStream(async (manager) => (await manager.consumers.info('CALLS', 'timelines')).delivered.consumer_seq);
    let last = 0;
    const asManyAsItTakes = async () => {
      const before = last;
      last = await deliveries();
      return last > 7 && last === before;
    };
    await until(asManyAsItTakes, { what: 'the process to have as many events as it takes', everyMs: 500 });
    const delivered = last;
    assert.ok(delivered < 7 + 42, 'some are left for another');
    // A second process begins in the outage: it fetches nothing that it could not handle.
    const second = await stack.startEvents({ EVENTS_MAX_DELIVERIES: '2' });
    await second.logged('events wait: what they are handled with is away');
    // Longer than the server waits for a sign of life: whoever is at work has to give some.
    const longUntil = performance.now() + 12_000;
    await until(() => performance.now() > longUntil, { what: 'the outage to be long', deadlineMs: 15_000 });
    assert.equal(await deliveries(), delivered, 'no event was delivered to anybody else, or again');

    await stack.redis.start();
    for (const { conversation } of during) assertWhole(await stack.timelineOf(conversation, 7));
    for (const service of [events, second]) await service.logged('events are handled again');
    await settled(stack);
    assert.equal(await deliveries(), 7 + 42, 'each event was delivered once');
    assert.deepEqual(await letters(stack), []);
    for (const { logs } of [events, second]) {
      for (const msg of ['events wait: what they are handled with is away', 'events are handled again']) {
        assert.equal(logs.filter((line) => line.msg === msg).length, 1, msg);
      }
      assert.deepEqual(
        logs.filter(({ level }) => level === 'error' || level === 'fatal'),
        [],
      );
    }
    assert.deepEqual([await events.stop(), await second.stop()], [0, 0]);
  });

  it('do not keep the service from stopping, and are made up for by the next one', async () => {
    await using stack = await startEventsStack();
    const events = await stack.startEvents();
    await stack.redis.stop();
    const { conversation, events: bodies } = wholeCall();
    await postAll(events, bodies);
    await events.logged('events wait: what they are handled with is away');
    assert.equal(await events.stop(), 0);
    await stack.redis.start();
    await stack.startEvents();
    assertWhole(await stack.timelineOf(conversation, 7, 30_000));
  });
});

describe('timelines, when NATS', () => {
  it('is killed and comes back, go on with what came before and after', async () => {
    await using stack = await startEventsStack();
    const events = await stack.startEvents();
    const calls = Array.from({ length: 10 }, () => wholeCall());
    let restarted: Promise<void> | undefined;
    for (const [index, call] of calls.entries()) {
      if (index === 3) restarted = stack.nats.kill().then(() => stack.nats.start());
      await postAll(events, call.events);
    }
    await restarted;
    for (const { conversation } of calls) assertWhole(await stack.timelineOf(conversation, 7, 40_000));
    await settled(stack);
    assert.deepEqual(await letters(stack), []);
    assert.equal(await events.stop(), 0);
  });

  it('loses the stream, go on with the one that is made in its place', async () => {
    await using stack = await startEventsStack();
    const events = await stack.startEvents();
    const { conversation, events: bodies } = wholeCall();
    await postAll(events, bodies.slice(0, 3));
    await stack.timelineOf(conversation, 3);
    await stack.inJetStream((manager) => manager.streams.delete('CALLS'));
    await postAll(events, bodies.slice(3));
    assertWhole(await stack.timelineOf(conversation, 7));
    assert.equal(await events.stop(), 0);
  });
});

describe('two replicas', () => {
  it('share the work, and what one leaves undone the other does', async () => {
    await using stack = await startEventsStack();
    const events = await stack.startEvents();
    await stack.startEvents();
    await settled(stack);
    assert.equal(await events.stop(), 0, 'the stream is there');

    const { logger } = memoryLogger();
    const seen = new Map<string, string[]>([
      ['one', []],
      ['other', []],
    ]);
    const hold = Promise.withResolvers<void>();
    const consumers = [...seen].map(([name, ids]) => {
      const handler: EventHandler = {
        name: 'watchers',
        async handle({ id }) {
          ids.push(id);
          if (name === 'one') await hold.promise;
        },
      };
      return new DurableConsumer(
        { urls: [stack.nats.url], limits, maxDeliveries: 5, isBusy: () => false },
        handler,
        logger,
        tracer,
      );
    });
    try {
      await until(
        () =>
          stack.inJetStream(async (manager) => (await manager.consumers.info('CALLS', 'watchers')).num_waiting === 2),
        { what: 'both to wait for events' },
      );
      const calls = Array.from({ length: 30 }, () => wholeCall());
      const inbox = await stack.startEvents();
      await Promise.all(calls.map((call) => postAll(inbox, call.events)));
      // The one is slow; the other does all that it does not have.
      const all = new Set(calls.flatMap(({ events: own }) => own.map((event) => callMessageId(toCallEvent(event)))));
      await until(() => new Set([...seen.values()].flat()).size === all.size, { what: 'every event to be seen' });
      hold.resolve();
      await stack.inJetStream((manager) =>
        until(async () => (await manager.consumers.info('CALLS', 'watchers')).num_ack_pending === 0, {
          what: 'all to be acknowledged',
        }),
      );
      assert.ok(seen.get('one')?.length, 'the one had some');
      assert.ok(seen.get('other')?.length, 'the other had some');
      assert.deepEqual([...seen.values()].flat().sort(), [...all].sort(), 'each was handled once');
    } finally {
      hold.resolve();
      await Promise.all(consumers.map((consumer) => consumer.stop()));
    }
  });
});

describe('an event that cannot be handled', () => {
  it('is a dead letter after its last try, with its reason, and stands in no other event’s way', async () => {
    await using stack = await startEventsStack();
    const events = await stack.startEvents({ EVENTS_MAX_DELIVERIES: '3' });
    const { conversation, caller, events: bodies } = wholeCall();
    await postAll(events, bodies.slice(0, 3));
    const poison = 'no JSON: 15551230001';
    const sequence = await stack.inJetStream(async (_manager, connection) => {
      const own = headers();
      own.set('x-from', 'somebody else');
      const subject = `calls.${conversation}.${caller}.answered`;
      const expect = { lastSequence: 3 };
      return (await connection.jetstream().publish(subject, poison, { headers: own, msgID: 'poison', expect })).seq;
    });
    await postAll(events, bodies.slice(3));
    assertWhole(await stack.timelineOf(conversation, 7));

    const [letter, ...more] = await until(
      async () => {
        const all = await letters(stack);
        return all.length > 0 && all;
      },
      { what: 'a dead letter', deadlineMs: 20_000 },
    );
    await settled(stack);
    assert.deepEqual(more, []);
    assert.equal(letter?.subject, `dead-letters.timelines.${conversation}.${caller}.answered`);
    assert.equal(Buffer.from(letter?.data ?? '').toString(), poison);
    const { 'Kodama-Failed-At': [failedAt] = [], ...others } = Object.fromEntries([...(letter?.header ?? [])]);
    assert.ok(Math.abs(Date.parse(failedAt ?? '') - Date.now()) < 60_000);
    const deliveries = ['3'];
    assert.deepEqual(Object.fromEntries(Object.entries(others).filter(([name]) => !name.startsWith('Nats-Expected'))), {
      'x-from': ['somebody else'],
      'Kodama-Consumer': ['timelines'],
      'Kodama-Sequence': [String(sequence)],
      'Kodama-Subject': [`calls.${conversation}.${caller}.answered`],
      'Kodama-Deliveries': deliveries,
      'Kodama-Reason': ['the headers are not those of a call event'],
      'Nats-Msg-Id': others['Nats-Msg-Id'],
    });
    assert.match(String(others['Nats-Msg-Id']), new RegExp(`^timelines:${sequence}:\\d+$`));
    const tries = events.logs.filter(({ msg }) => msg === 'an event could not be handled; it comes again');
    assert.deepEqual(
      tries.map(({ deliveries: number, pauseMs }) => [number, pauseMs]),
      [
        [1, 500],
        [2, 1000],
      ],
    );
    assert.doesNotMatch(JSON.stringify(events.logs), /1555/);
  });

  it('is not given up while the stream of letters is full, and is a dead letter once there is room', async () => {
    await using stack = await startEventsStack();
    const env = { EVENTS_MAX_DELIVERIES: '1', EVENTS_MAX_BYTES: String(1024 ** 2) };
    const events = await stack.startEvents(env);
    await events.logged('consuming events');
    await stack.inJetStream(async (_manager, connection) => {
      const fill = () => connection.jetstream().publish('dead-letters.others.none.none.unknown', Buffer.alloc(4096));
      await until(
        () =>
          fill().then(
            () => false,
            () => true,
          ),
        { what: 'the stream to be full', everyMs: 0 },
      );
      await connection.jetstream().publish('calls.none.none.unknown', 'poison '.repeat(1000));
    });
    await events.logged('a dead letter could not be written; its event comes again');
    const { conversation, events: bodies } = wholeCall();
    await postAll(events, bodies);
    assertWhole(await stack.timelineOf(conversation, 7));

    await stack.inJetStream((manager) => manager.streams.purge(LETTERS));
    await events.logged('an event was given up: it is a dead letter now', 20_000);
    const [letter, ...more] = await letters(stack);
    assert.deepEqual(more, []);
    assert.equal(letter?.subject, 'dead-letters.timelines.none.none.unknown');
    await settled(stack);
  });

  it('is a dead letter where its headers are none, and keeps nothing behind it waiting', async () => {
    await using stack = await startEventsStack();
    const events = await stack.startEvents({ EVENTS_MAX_DELIVERIES: '2' });
    await events.logged('consuming events');
    // As no client would send it: a header's name with a space in it.
    const bad = 'NATS/1.0\r\nno name: x\r\n\r\n';
    const { hostname, port } = new URL(stack.nats.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(
      `CONNECT {"headers":true,"verbose":false}\r\nHPUB calls.none.none.answered ${bad.length} ${bad.length + 2}\r\n${bad}{}\r\n`,
    );
    await until(
      () => stack.inJetStream(async (manager) => (await manager.streams.info('CALLS')).state.messages === 1),
      { what: 'the message to be stored' },
    );
    socket.destroy();
    const { conversation, events: bodies } = wholeCall();
    await postAll(events, bodies);
    assertWhole(await stack.timelineOf(conversation, 7));
    const [letter] = await until(
      async () => {
        const all = await letters(stack);
        return all.length === 1 && all;
      },
      { what: 'the letter', deadlineMs: 20_000 },
    );
    assert.equal(letter?.header.get('Kodama-Subject'), 'calls.none.none.answered');
    await settled(stack);
  });

  it('is a dead letter where it ended its process each time, and where its call cannot be written', async () => {
    await using stack = await startEventsStack();
    const first = await stack.startEvents();
    await first.logged('consuming events');
    assert.equal(await first.stop(), 0);
    const [killer, unwritable] = [wholeCall(), wholeCall()];
    await stack.redisClient.set(`kodama:timeline:${unwritable.conversation}`, 'no hash');
    const events = await stack.startEvents({ EVENTS_MAX_DELIVERIES: '2', REDIS_URL: 'redis://127.0.0.1:1' });
    await postAll(events, [killer.events[0] ?? {}, unwritable.events[0] ?? {}]);
    assert.equal(await events.stop(), 0);
    // Its takers of before, of which none came to an end with it.
    await stack.inJetStream(async (_manager, connection) => {
      const consumer = await connection.jetstream().consumers.get('CALLS', 'timelines');
      const others: string[] = [];
      for (let taken = 0; taken < 4; ) {
        const message = await consumer.next({ expires: 5000 });
        if (message?.subject.includes(killer.conversation)) taken += 1;
        else others.push(message?.subject ?? '');
        message?.nak();
      }
      assert.ok(others.length < 10);
    });
    await stack.startEvents({ EVENTS_MAX_DELIVERIES: '2' });
    const reasons = await until(
      async () => {
        const all = await letters(stack);
        return all.length === 2 && all;
      },
      { what: 'both letters', deadlineMs: 20_000 },
    );
    await settled(stack);
    const reasonOf = (conversation: string) =>
      reasons.find(({ subject }) => subject.includes(conversation))?.header.get('Kodama-Reason');
    assert.equal(reasonOf(killer.conversation), 'delivered 5 times, and never handled to the end');
    assert.match(reasonOf(unwritable.conversation) ?? '', /^(Redis refuses the entry: WRONGTYPE|delivered \d)/);
    assert.equal(await stack.timeline(killer.conversation), undefined);
  });
});
