import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { callMessageId, callSubject, cloudEventHeaders } from '@kodama/shared/messaging';
import { type StoredTimeline, timelineOf } from '@kodama/shared/timeline';
import { toCallEvent } from '@kodama/shared/voice';
import type { ConsumedEvent } from '../consuming/consumed-event.ts';
import { TimelineProjector } from '../consuming/timeline-projector.ts';
import type { TimelineStore } from '../consuming/timeline-store.ts';

export interface TimelineStoreUnderTest {
  readonly store: TimelineStore;
  /** As whoever shows timelines reads them. */
  readonly find: (id: string) => Promise<StoredTimeline | undefined>;
}

/** An event as it comes out of the stream, at a place that is given. */
export function consumed(sequence: number, fields: Readonly<Record<string, unknown>>): ConsumedEvent {
  const event = toCallEvent(fields);
  const receivedAt = new Date();
  const body = Buffer.from(JSON.stringify(fields));
  return { sequence, subject: callSubject(event), id: callMessageId(event), event, body, receivedAt };
}

/** The same as the stream has it. */
export function streamed({ sequence, subject, event, body, receivedAt }: ConsumedEvent) {
  const headers = cloudEventHeaders(event, receivedAt);
  return { sequence, subject, headers: { get: (name: string) => headers[name] ?? '' }, body };
}

/** Ids of a call of its own, and its events: two legs, from the start to the end. */
export function wholeCall(base = Date.now() - 60_000) {
  const conversation = `CON-${randomUUID()}`;
  const [caller, socket] = [randomUUID().replaceAll('-', ''), randomUUID()];
  const states = [
    [caller, 'started'],
    [caller, 'ringing'],
    [caller, 'answered'],
    [socket, 'started'],
    [socket, 'answered'],
    [socket, 'completed'],
    [caller, 'completed'],
  ];
  const events = states.map(([uuid, status], index) => ({
    uuid,
    conversation_uuid: conversation,
    status,
    from: '15551230001',
    to: '15551230002',
    timestamp: new Date(base + index * 1000).toISOString(),
  }));
  return { conversation, caller: String(caller), socket: String(socket), events };
}

/** The states of so many calls more, put into one conversation. */
function wholeCalls(conversation: string, count: number) {
  return Array.from({ length: count }, () =>
    wholeCall().events.map((event) => ({ ...event, conversation_uuid: conversation })),
  ).flat();
}

/** What every {@link TimelineStore} has to do. `setup` gives each test one; they may share what is behind it. */
export function timelineStoreContract(name: string, setup: (t: TestContext) => Promise<TimelineStoreUnderTest>): void {
  const project = async (store: TimelineStore, events: readonly ConsumedEvent[]) => {
    const projector = new TimelineProjector(store);
    for (const event of events) await projector.handle(event);
  };
  const entriesOf = (stored: StoredTimeline | undefined) =>
    stored?.entries.toSorted((a, b) => a.sequence - b.sequence).map(({ sequence, kind }) => [sequence, kind]);

  describe(name, () => {
    it('gives a call back by its conversation and by each of its legs', async (t) => {
      const { store, find } = await setup(t);
      const { conversation, caller, socket, events } = wholeCall();
      await project(
        store,
        events.map((event, index) => consumed(index + 1, event)),
      );
      const stored = await find(conversation);
      assert.equal(stored?.conversationUuid, conversation);
      assert.equal(timelineOf(stored?.entries ?? []).state, 'ended');
      assert.equal(stored?.entries.length, 7);
      for (const leg of [caller, socket]) assert.deepEqual(await find(leg), stored);
    });

    it('does not know what it was never told', async (t) => {
      const { find } = await setup(t);
      assert.equal(await find(`CON-${randomUUID()}`), undefined);
      assert.equal(await find(''), undefined);
    });

    it('is the same after any repetition in any order', async (t) => {
      const { store, find } = await setup(t);
      const { conversation, events } = wholeCall();
      const inOrder = events.map((event, index) => consumed(index + 1, event));
      await project(store, [...inOrder.toReversed(), ...inOrder, ...inOrder.slice(3)]);
      assert.deepEqual(
        entriesOf(await find(conversation)),
        inOrder.map(({ sequence, event }) => [sequence, event.kind]),
      );
    });

    it('has an event once that the stream has twice, at its first place, whichever comes first', async (t) => {
      const { store, find } = await setup(t);
      for (const places of [
        [3, 9],
        [9, 3],
      ]) {
        const { conversation, events } = wholeCall();
        await project(
          store,
          places.map((sequence) => consumed(sequence, events[0] ?? {})),
        );
        assert.deepEqual(entriesOf(await find(conversation)), [[3, 'started']]);
      }
    });

    it('has events of one place side by side: a stream that was made again begins with 1 again', async (t) => {
      const { store, find } = await setup(t);
      const { conversation, events } = wholeCall();
      await project(store, [consumed(1, events[0] ?? {}), consumed(1, events[1] ?? {})]);
      assert.equal((await find(conversation))?.entries.length, 2);
    });

    it('follows a leg to another conversation, and has the transfer in both', async (t) => {
      const { store, find } = await setup(t);
      const { conversation, caller, events } = wholeCall();
      const other = `CON-${randomUUID()}`;
      const transfer = {
        type: 'transfer',
        uuid: caller,
        conversation_uuid_from: conversation,
        conversation_uuid_to: other,
        timestamp: events[3]?.timestamp,
      };
      const all = [...events.slice(0, 3), transfer].map((event, index) => consumed(index + 1, event));
      await project(store, all.toReversed());
      const [left, joined] = [await find(conversation), await find(other)];
      assert.equal(timelineOf(left?.entries ?? []).outcome, 'transferred');
      assert.deepEqual(entriesOf(joined), [[4, 'transfer']]);
      assert.equal(joined?.entries[0]?.transferredFrom, conversation);
      assert.deepEqual(await find(caller), joined);
    });

    it('keeps what names a leg alone under that leg, and what names nothing not at all', async (t) => {
      const { store, find } = await setup(t);
      const uuid = randomUUID();
      await project(store, [consumed(1, { uuid, status: 'ringing' }), consumed(2, { reason: 'x' })]);
      const stored = await find(uuid);
      assert.deepEqual([stored?.conversationUuid, entriesOf(stored)], [null, [[1, 'ringing']]]);
    });

    it('takes ids of any kind, and keeps them apart', async (t) => {
      const { store, find } = await setup(t);
      const run = randomUUID();
      const ids = ['a.b', 'a b', '*', 'é', 'none', '~', ' leg', 'x'.repeat(500)].map((id) => `${id}${run}`);
      await project(
        store,
        ids.map((id, at) => consumed(at + 1, { conversation_uuid: id, uuid: 'u', reason: id })),
      );
      for (const [at, id] of ids.entries()) assert.deepEqual(entriesOf(await find(id)), [[at + 1, 'error']], id);
    });

    it('keeps a thousand events of a call, says that there were more, and never leaves its end out', async (t) => {
      const { store, find } = await setup(t);
      const { conversation, caller, events } = wholeCall();
      const input = (n: number) => ({ conversation_uuid: conversation, uuid: caller, dtmf: { digits: String(n) } });
      const inputs = Array.from({ length: 1100 }, (_, n) => consumed(n + 10, input(n)));
      const fits = inputs.slice(0, 899);
      await project(store, [consumed(1, events[0] ?? {}), ...fits]);
      assert.equal((await find(conversation))?.truncated, false);
      await project(store, [...inputs.slice(899), consumed(2000, events[6] ?? {}), ...fits]);
      const stored = await find(conversation);
      assert.deepEqual([stored?.truncated, stored?.entries.length], [true, 901]);
      assert.equal(timelineOf(stored?.entries ?? []).state, 'ended');
      const states = wholeCalls(conversation, 20).map((event, at) => consumed(at + 3000, event));
      await project(store, states);
      assert.equal((await find(conversation))?.entries.length, 1000);
    });
  });
}
