import type { Deployment } from '../deployment.ts';
import { until } from '../wait.ts';
import type { StreamMessage } from './checker.ts';

/** The consumer of the stream that writes the timelines. */
const CONSUMER = 'timelines';
/** Calls that are asked for at a time. */
const AT_ONCE = 16;

/** What a call's timeline has to say, from nothing but the stream: the events by their time, and what came of each leg. */
export interface ExpectedCall {
  readonly conversation: string;
  readonly state: string;
  readonly events: readonly (readonly [sequence: number, kind: string, leg: string, at: string])[];
  readonly legs: Readonly<Record<string, Leg>>;
}

interface Leg {
  readonly status: string;
  readonly startedAt: string | null;
  readonly ringingAt: string | null;
  readonly answeredAt: string | null;
  readonly endedAt: string | null;
  readonly durationSeconds: number | null;
}

/** An event as {@link callEvents} makes it. */
interface Event {
  readonly conversation_uuid: string;
  readonly uuid: string;
  readonly status: string;
  readonly timestamp: string;
  readonly duration?: string;
}

/** The timeline of every call that the stream knows, written anew: nothing here comes from the code that is tested. */
export function expectedCalls(messages: readonly StreamMessage[]): ExpectedCall[] {
  const events = messages.map(({ sequence, body }) => ({
    sequence,
    ...(JSON.parse(Buffer.from(body).toString()) as Event),
  }));
  const ofCalls = Map.groupBy(events, (event) => event.conversation_uuid);
  return [...ofCalls].map(([conversation, own]) => {
    const sorted = own.toSorted((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp));
    const legs: Record<string, Leg> = {};
    for (const [leg, ofLeg] of Map.groupBy(sorted, (event) => event.uuid)) {
      const the = (status: string) => ofLeg.find((event) => event.status === status);
      const completed = the('completed');
      legs[leg] = {
        // No state of these calls is ever taken back, so the latest is the one that counts.
        status: ofLeg.at(-1)?.status ?? '',
        startedAt: the('started')?.timestamp ?? null,
        ringingAt: the('ringing')?.timestamp ?? null,
        answeredAt: the('answered')?.timestamp ?? null,
        endedAt: completed?.timestamp ?? null,
        durationSeconds: completed ? Number(completed.duration) : null,
      };
    }
    const all = Object.values(legs);
    // In the order in which a call comes by them.
    const furthest = ['answered', 'ringing'].find((status) =>
      sorted.some((event) => event.status === status || (status === 'answered' && event.status === 'completed')),
    );
    return {
      conversation,
      state: all.every(({ status }) => status === 'completed') ? 'ended' : (furthest ?? 'started'),
      events: sorted.map(({ sequence, status, uuid, timestamp }) => [sequence, status, uuid, timestamp] as const),
      legs,
    };
  });
}

interface Timeline {
  readonly state: string;
  readonly events: readonly { sequence: number; kind: string; leg: string; at: string }[];
  readonly legs: readonly ({ readonly leg: string } & Leg)[];
}

/** What the deployment shows of the same calls, in the same form. */
export async function shownCalls(deployment: Deployment, conversations: readonly string[]): Promise<ExpectedCall[]> {
  const shown: ExpectedCall[] = [];
  const left = conversations.entries();
  const line = async () => {
    for (const [index, conversation] of left) shown[index] = await shownCall(deployment, conversation);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, line));
  return shown;
}

async function shownCall(deployment: Deployment, conversation: string): Promise<ExpectedCall> {
  const response = await fetch(`${deployment.operatorUrl}/api/calls/${conversation}`);
  if (!response.ok) throw new Error(`${conversation}: ${response.status} ${await response.text()}`);
  const { timeline } = (await response.json()) as { timeline: Timeline };
  return {
    conversation,
    state: timeline.state,
    events: timeline.events.map(({ sequence, kind, leg, at }) => [sequence, kind, leg, at] as const),
    legs: Object.fromEntries(
      timeline.legs.map(({ leg, status, startedAt, ringingAt, answeredAt, endedAt, durationSeconds }) => [
        leg,
        { status, startedAt, ringingAt, answeredAt, endedAt, durationSeconds },
      ]),
    ),
  };
}

interface Jsz {
  readonly account_details?: readonly {
    readonly stream_detail?: readonly {
      readonly consumer_detail?: readonly { name: string; num_pending: number; num_ack_pending: number }[];
    }[];
  }[];
}

/** Waits until every message of the stream has been projected; NATS may be away meanwhile. */
export async function untilProjected(deployment: Deployment): Promise<void> {
  const jsz = 'http://127.0.0.1:8222/jsz?accounts=true&streams=true&consumers=true';
  await until(
    async () => {
      const { account_details } = JSON.parse(
        await deployment.compose('exec', '-T', 'nats', 'wget', '-q', '-O', '-', jsz),
      ) as Jsz;
      const consumers = account_details?.flatMap(({ stream_detail }) => stream_detail ?? []);
      const consumer = consumers
        ?.flatMap(({ consumer_detail }) => consumer_detail ?? [])
        .find(({ name }) => name === CONSUMER);
      return consumer !== undefined && consumer.num_pending === 0 && consumer.num_ack_pending === 0;
    },
    { what: `the consumer ${CONSUMER} to have nothing before it`, deadlineMs: 120_000, everyMs: 100 },
  );
}
