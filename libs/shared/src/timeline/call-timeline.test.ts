import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CALL_EVENT_KINDS, type CallEventKind } from '../voice/call-event.ts';
import { type CallTimeline, timelineOf } from './call-timeline.ts';
import type { TimelineEntry } from './timeline-entry.ts';

const START_MS = Date.UTC(2026, 2, 4, 10, 11, 12);

/** `what` as in `caller answered`, or `answered` for an event of no leg; `second` is when it happened. */
function entry(sequence: number, what: string, second: number, more: Partial<TimelineEntry> = {}): TimelineEntry {
  const [kind, leg = null] = what.split(' ').reverse();
  const at = new Date(START_MS + second * 1000).toISOString();
  return { id: `${what}:${at}`, sequence, kind: kind as CallEventKind, leg, at, receivedAt: at, ...more };
}

const at = (second: number) => new Date(START_MS + second * 1000).toISOString();

const echoCall = [
  entry(1, 'caller started', 0, { direction: 'inbound' }),
  entry(2, 'caller ringing', 0.1, { direction: 'inbound' }),
  entry(3, 'caller answered', 0.2, { direction: 'inbound' }),
  entry(4, 'socket started', 3, { direction: 'outbound' }),
  entry(5, 'socket answered', 3.1, { direction: 'outbound' }),
  entry(6, 'socket completed', 9, { durationSeconds: 6, disconnectedBy: 'user' }),
  entry(7, 'caller completed', 9.5, { durationSeconds: 10, disconnectedBy: 'user' }),
];

/** How far it is: what comes later in a call comes later here. */
const ranks = {
  of: ({ state }: CallTimeline) => ['started', 'ringing', 'answered', 'ended'].indexOf(state),
  ofLeg: (timeline: CallTimeline, leg: string) => {
    const status = timeline.legs.find((one) => one.leg === leg)?.status;
    if (status === undefined || status === null) return 0;
    const rank = ['started', 'ringing', 'answered'].indexOf(status);
    return rank === -1 ? 4 : rank + 1;
  },
};

describe('the timeline of a call', () => {
  it('says what the events of a whole call say', () => {
    const timeline = timelineOf(echoCall);
    assert.deepEqual(
      { ...timeline, legs: undefined, events: undefined },
      {
        state: 'ended',
        startedAt: at(0),
        answeredAt: at(0.2),
        endedAt: at(9.5),
        outcome: 'completed',
        legs: undefined,
        events: undefined,
      },
    );
    assert.deepEqual(timeline.legs, [
      {
        leg: 'caller',
        status: 'completed',
        direction: 'inbound',
        startedAt: at(0),
        ringingAt: at(0.1),
        answeredAt: at(0.2),
        endedAt: at(9.5),
        durationSeconds: 10,
        detail: null,
        sipCode: null,
        disconnectedBy: 'user',
        transferredTo: null,
      },
      {
        leg: 'socket',
        status: 'completed',
        direction: 'outbound',
        startedAt: at(3),
        ringingAt: null,
        answeredAt: at(3.1),
        endedAt: at(9),
        durationSeconds: 6,
        detail: null,
        sipCode: null,
        disconnectedBy: 'user',
        transferredTo: null,
      },
    ]);
    assert.deepEqual(timeline.events[2], {
      kind: 'answered',
      leg: 'caller',
      at: at(0.2),
      receivedAt: at(0.2),
      sequence: 3,
    });
    assert.equal(timeline.events.length, 7);
  });

  it('goes on step by step', () => {
    const states = echoCall.map((_, index) => timelineOf(echoCall.slice(0, index + 1)).state);
    assert.deepEqual(states, ['started', 'ringing', 'answered', 'answered', 'answered', 'answered', 'ended']);
    assert.equal(timelineOf(echoCall.slice(0, 6)).endedAt, null);
    assert.equal(timelineOf(echoCall.slice(0, 6)).outcome, null);
  });

  it('is not taken back by what comes late', () => {
    const late = [entry(1, 'leg completed', 5), entry(2, 'leg ringing', 1), entry(3, 'leg started', 0)];
    const { state, legs, events } = timelineOf(late);
    assert.deepEqual([state, legs[0]?.status, legs[0]?.ringingAt], ['ended', 'completed', at(1)]);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['started', 'ringing', 'completed'],
    );
  });

  it('does without what never comes', () => {
    const { state, outcome, answeredAt, legs } = timelineOf([entry(1, 'leg completed', 5)]);
    assert.deepEqual([state, outcome, answeredAt, legs[0]?.startedAt], ['ended', 'completed', null, null]);
    assert.equal(timelineOf([entry(1, 'error', 5)]).state, 'started');
    assert.equal(timelineOf([entry(1, 'leg input', 5)]).legs[0]?.status, null);
  });

  it('has an event once that was stored twice, at its first place', () => {
    const first = entry(4, 'leg answered', 1);
    const { events } = timelineOf([{ ...first, sequence: 9 }, first, { ...first, sequence: 5 }]);
    assert.deepEqual(
      events.map(({ sequence }) => sequence),
      [4],
    );
  });

  it('tells why a call was not answered', () => {
    const { state, outcome, answeredAt, legs } = timelineOf([
      entry(1, 'leg started', 0),
      entry(2, 'leg ringing', 1),
      entry(3, 'leg rejected', 2, { detail: 'declined', sipCode: 603 }),
    ]);
    assert.deepEqual([state, outcome, answeredAt], ['ended', 'rejected', null]);
    assert.deepEqual([legs[0]?.detail, legs[0]?.sipCode], ['declined', 603]);
  });

  it('keeps the first of several ends', () => {
    const { legs, endedAt } = timelineOf([entry(2, 'leg completed', 6), entry(1, 'leg disconnected', 5)]);
    assert.deepEqual([legs[0]?.status, endedAt], ['disconnected', at(5)]);
  });

  it('is over for a leg that went on to another conversation, unless it came back', () => {
    const away = entry(4, 'caller transfer', 4, { transferredTo: 'CON-2' });
    const gone = timelineOf([...echoCall.slice(0, 3), away]);
    assert.deepEqual([gone.state, gone.outcome, gone.endedAt], ['ended', 'transferred', at(4)]);
    assert.equal(gone.legs[0]?.transferredTo, 'CON-2');
    const back = entry(5, 'caller transfer', 5, { transferredFrom: 'CON-2' });
    const here = timelineOf([...echoCall.slice(0, 3), away, back]);
    assert.deepEqual([here.state, here.legs[0]?.transferredTo], ['answered', null]);
  });

  it('is empty without events', () => {
    const nothing = { startedAt: null, answeredAt: null, endedAt: null, outcome: null, legs: [], events: [] };
    assert.deepEqual(timelineOf([]), { state: 'started', ...nothing });
  });
});

/** Any events of a call with a few legs, often of one moment; each id once. */
const anyEntries = (kinds: readonly CallEventKind[]) =>
  fc.uniqueArray(
    fc
      .record({
        sequence: fc.nat(20),
        kind: fc.constantFrom(...kinds),
        leg: fc.constantFrom('caller', 'socket', 'agent', null),
        second: fc.nat(8),
        detail: fc.option(fc.constantFrom('declined', 'unavailable'), { nil: undefined }),
        move: fc.constantFrom({}, {}, { transferredTo: 'CON-2' }, { transferredFrom: 'CON-2' }),
        twin: fc.nat(1),
      })
      .map(({ sequence, kind, leg, second, detail, move, twin }) =>
        entry(sequence, leg === null ? kind : `${leg} ${kind}`, second, {
          id: `${leg}:${kind}:${second}:${twin}`,
          ...(detail !== undefined && { detail }),
          ...(kind === 'transfer' && move),
        }),
      ),
    { selector: ({ id }) => id, maxLength: 25 },
  );

describe('the timeline, whatever the events,', () => {
  it('is the same in any order and with any repetition', () => {
    const cases = anyEntries(CALL_EVENT_KINDS).chain((entries) =>
      fc.record({
        entries: fc.constant(entries),
        delivered: fc.array(fc.nat(Math.max(0, entries.length - 1)), { maxLength: 30 }).chain((again) =>
          fc.shuffledSubarray(
            [...entries, ...again.flatMap((index) => entries[index] ?? [])].map((one, place) => ({ one, place })),
            { minLength: entries.length + (entries.length === 0 ? 0 : again.length) },
          ),
        ),
      }),
    );
    fc.assert(
      fc.property(cases, ({ entries, delivered }) => {
        assert.deepEqual(timelineOf(delivered.map(({ one }) => one)), timelineOf(entries));
      }),
    );
  });

  it('is at no leg further than the whole where events are missing', () => {
    const cases = anyEntries(CALL_EVENT_KINDS).chain((entries) =>
      fc.record({ entries: fc.constant(entries), part: fc.subarray(entries) }),
    );
    fc.assert(
      fc.property(cases, ({ entries, part }) => {
        const [whole, some] = [timelineOf(entries), timelineOf(part)];
        for (const { leg } of some.legs) assert.ok(ranks.ofLeg(some, leg) <= ranks.ofLeg(whole, leg));
        assert.ok(some.events.length <= whole.events.length);
      }),
    );
  });

  // A leg that was never heard of may be the one that is still there; nor can be known that a leg came back.
  it('is no further than the whole as long as each leg is heard of', () => {
    const kinds = CALL_EVENT_KINDS.filter((kind) => kind !== 'transfer');
    const cases = anyEntries(kinds).chain((entries) =>
      fc.record({ entries: fc.constant(entries), part: fc.subarray(entries) }),
    );
    fc.assert(
      fc.property(cases, ({ entries, part }) => {
        const legsOf = (some: readonly TimelineEntry[]) => new Set(some.map(({ leg }) => leg));
        fc.pre(legsOf(entries).difference(legsOf(part)).size === 0);
        assert.ok(ranks.of(timelineOf(part)) <= ranks.of(timelineOf(entries)));
      }),
    );
  });
});
