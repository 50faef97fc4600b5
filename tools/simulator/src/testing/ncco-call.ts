import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CallOptions } from '../call/call-options.ts';
import type { SimulatedCall } from '../call/simulated-call.ts';
import type { EventDelivery } from '../call/timeline.ts';
import { tone } from '../heard/analysis.ts';
import type { SimulatorOptions } from '../platform/options.ts';
import { Simulator } from '../simulator.ts';
import { type Application, type ApplicationOptions, startApplicationServer } from './application.ts';
import type { Fields } from './http-reply.ts';

/** A call that is answered, and the application that answered it. */
export interface NccoCall extends AsyncDisposable {
  readonly application: Application;
  readonly simulator: Simulator;
  readonly call: SimulatedCall;
}

export interface NccoCallOptions {
  readonly application?: ApplicationOptions;
  readonly simulator?: Partial<SimulatorOptions>;
  readonly call?: CallOptions;
}

const LIMIT_MS = 8000;

/** Places a call on an application whose answer is this NCCO. Talk takes no time unless told otherwise. */
export async function callWith(
  ncco: readonly unknown[] | ((application: Application) => readonly unknown[]),
  options: NccoCallOptions = {},
): Promise<NccoCall> {
  const application = await startApplicationServer({
    answer: (_, server) => (typeof ncco === 'function' ? ncco(server) : ncco),
    ...options.application,
  });
  const simulator = await Simulator.start({
    answerUrl: application.answerUrl,
    eventUrl: application.eventUrl,
    talkCharactersPerSecond: Number.POSITIVE_INFINITY,
    ...options.simulator,
  });
  const call = await simulator.call(options.call);
  return {
    application,
    simulator,
    call,
    async [Symbol.asyncDispose]() {
      await simulator[Symbol.asyncDispose]();
      await application[Symbol.asyncDispose]();
    },
  };
}

/** The application's endpoint, as it stands in a connect action. */
export const socketOf = ({ socketUri }: Application, more: Fields = {}): Fields => ({
  type: 'websocket',
  uri: socketUri,
  'content-type': 'audio/l16;rate=16000',
  ...more,
});

/** Looks again and again until it is so. @throws {AssertionError} where it is not within 8 s. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const endMs = performance.now() + LIMIT_MS;
  while (!isSo()) {
    assert.ok(performance.now() < endMs, `within ${LIMIT_MS} ms it did not come true that ${what}`);
    await sleep(10);
  }
}

/** The first line of the timeline that matches, present or to come. */
export async function line(call: SimulatedCall, pattern: RegExp): Promise<{ readonly atMs: number }> {
  const find = () => call.timeline.find(({ text }) => pattern.test(text));
  await until(`the timeline has ${pattern}`, () => find() !== undefined);
  return find() ?? assert.fail();
}

/** The first event of this name that is delivered, or was. */
export async function event(call: SimulatedCall, name: string): Promise<EventDelivery> {
  const find = () => call.events.find((delivery) => delivery.name === name);
  await until(`there is a ${name} event`, () => find() !== undefined);
  return find() ?? assert.fail();
}

/** Waits until the caller has heard a tone for the last 200 ms, and nothing else of weight. */
export const hearsTone = (call: SimulatedCall, hz: number): Promise<void> =>
  until(`the caller hears ${hz} Hz`, () => lastHeard(call, hz) > 0.8);

/** Waits until the caller has not heard the tone for the last 200 ms. */
export const hearsNoTone = (call: SimulatedCall, hz: number): Promise<void> =>
  until(`the caller hears no ${hz} Hz`, () => lastHeard(call, hz) < 0.1);

function lastHeard({ heard }: SimulatedCall, hz: number): number {
  if (heard.durationMs < 200) return 0;
  return shareOf(heard.heard(heard.durationMs - 200), heard.sampleRateHz, hz);
}

/** A tone's part of the power; 0 where nothing is to be heard. */
export function shareOf(samples: Int16Array, sampleRateHz: number, hz: number): number {
  const { levelDbfs, shareOfPower } = tone(samples, sampleRateHz, hz);
  return levelDbfs > -60 ? shareOfPower : 0;
}
