import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@kodama/shared/telemetry';
import type { Tracer } from '@opentelemetry/api';
import { AckPolicy, type Consumer, DeliverPolicy, type JsMsg, type NatsConnection, nanos } from 'nats';
import { connectionOptions } from '../nats/connection-options.ts';
import { headersOf } from '../nats/headers-of.ts';
import { letGoOf } from '../nats/let-go.ts';
import { stayConnected, untilLost } from '../nats/stay-connected.ts';
import { API_TIMEOUT_MS, apiErrorCode, STREAM_NOT_FOUND, type StreamLimits } from '../nats/streams.ts';
import { consumerSpan } from './consumer-span.ts';
import { ensureDeadLetters, writeDeadLetter } from './dead-letters.ts';
import type { EventHandler } from './event-handler.ts';
import { type Delivery, EventWorker } from './event-worker.ts';
import { giveWay } from './give-way.ts';
import { Outage } from './outage.ts';

export interface DurableConsumerOptions {
  /** As a publisher takes them. */
  readonly urls: readonly string[];
  /** The stream of events, which somebody else makes; its dead letters are kept for as long, by as many servers. */
  readonly limits: StreamLimits;
  /** How often an event is tried before it becomes a dead letter. */
  readonly maxDeliveries: number;
  /** Says whether this process has something more urgent to do: events wait a little then. */
  readonly isBusy: () => boolean;
}

/** Time after which an event whose process was killed comes again, ms. Whoever takes longer says that it is at work. */
const ACK_WAIT_MS = 10_000;
/** Events that a process has at a time: enough to fill the way to the store, few enough to come again if it is killed. */
const BATCH = 32;
/** Events that may wait for their next try before no more are delivered: one that fails must not stand in others' way. */
const MAX_PENDING = 20_000;
/** Time that a fetch waits for events, ms; and between two signs of life of the server. */
const FETCH_MS = 30_000;
const HEARTBEAT_MS = 5000;
/** Time before the stream is looked for again that was not there, ms. */
const RETRY_MS = 500;

/**
 * Has a handler see every event of the stream, at least once, for as long as the process runs: NATS, the stream and what the
 * handler needs may be away at the start and at any time later. All processes with a handler of this name share the work, and
 * what one leaves undone another does.
 *
 * The connection is one of its own, so that no backlog stands in the way of what is published.
 */
export class DurableConsumer {
  readonly #options: DurableConsumerOptions;
  readonly #handler: EventHandler;
  readonly #logger: Logger;
  readonly #tracer: Tracer;
  readonly #outage: Outage;
  readonly #stopping = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: DurableConsumerOptions, handler: EventHandler, logger: Logger, tracer: Tracer) {
    this.#options = options;
    this.#handler = handler;
    this.#logger = logger;
    this.#tracer = tracer;
    this.#outage = new Outage(handler.name, logger);
    this.#running = stayConnected(connectionOptions(options.urls, `events-${handler.name}`), this.#stopping.signal, {
      use: (connection) => this.#use(connection),
      // The publisher, on the same servers, says so.
      unreachable: (err) => this.#logger.debug({ err, consumer: handler.name }, 'the consumer has no connection'),
    });
  }

  /** Takes no more events, and waits until those under way are done and acknowledged; what cannot be done now is given back. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
  }

  async #use(connection: NatsConnection): Promise<void> {
    const lost = new AbortController();
    void untilLost(connection).then(() => lost.abort());
    const signal = AbortSignal.any([this.#stopping.signal, lost.signal]);
    let reported = false;
    while (!signal.aborted) {
      try {
        const consumer = await this.#consumer(connection);
        await this.#consume(connection, consumer, signal, () => {
          reported = false;
        });
      } catch (err) {
        if (signal.aborted) break;
        if (!reported) this.#report(err);
        reported = true;
        await sleep(RETRY_MS, undefined, { signal }).catch(() => {});
      }
    }
    // A server that has fallen silent may take as long as it likes.
    if (lost.signal.aborted) connection.close().catch(() => {});
    else await letGoOf(connection);
  }

  #report(err: unknown): void {
    const fields = { consumer: this.#handler.name, stream: this.#options.limits.name };
    // At the very first start, and after somebody deleted it: the publisher makes it.
    if (apiErrorCode(err) === STREAM_NOT_FOUND) this.#logger.info(fields, 'waiting for the stream of events');
    else this.#logger.warn({ err, ...fields }, 'events cannot be consumed; trying until they can');
  }

  async #consumer(connection: NatsConnection): Promise<Consumer> {
    const { limits } = this.#options;
    const { name } = this.#handler;
    const manager = await connection.jetstreamManager({ checkAPI: false, timeout: API_TIMEOUT_MS });
    await ensureDeadLetters(manager, limits);
    const { num_pending: pending } = await manager.consumers.add(limits.name, {
      durable_name: name,
      ack_policy: AckPolicy.Explicit,
      // A consumer that is new has the events before it as well.
      deliver_policy: DeliverPolicy.All,
      ack_wait: nanos(ACK_WAIT_MS),
      // Counted here: the server would stop delivering, and nobody would hear of it.
      max_deliver: -1,
      max_ack_pending: MAX_PENDING,
    });
    this.#logger.info({ consumer: name, stream: limits.name, pending }, 'consuming events');
    return await connection.jetstream({ timeout: API_TIMEOUT_MS }).consumers.get(limits.name, name);
  }

  async #consume(
    connection: NatsConnection,
    consumer: Consumer,
    signal: AbortSignal,
    worked: () => void,
  ): Promise<void> {
    const { limits, maxDeliveries, isBusy } = this.#options;
    const handler = this.#handler;
    const client = connection.jetstream();
    const worker = new EventWorker({
      handler,
      maxDeliveries,
      outage: this.#outage,
      logger: this.#logger,
      writeDeadLetter: (letter) => writeDeadLetter(client, limits.name, letter),
      around: consumerSpan(this.#tracer, { stream: limits.name, consumer: handler.name }),
    });
    while (!signal.aborted) {
      await this.#outage.outlast(async () => handler.ready?.(), signal);
      this.#outage.over();
      await giveWay(isBusy, signal);
      await fetchAndWork(consumer, worker, signal);
      worked();
    }
  }
}

/** Events are worked on as they come, side by side; the next are fetched when all of these are done. */
async function fetchAndWork(consumer: Consumer, worker: EventWorker, signal: AbortSignal): Promise<void> {
  const messages = await consumer.fetch({ max_messages: BATCH, expires: FETCH_MS, idle_heartbeat: HEARTBEAT_MS });
  const stop = () => messages.stop();
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const underWay: Promise<void>[] = [];
  try {
    for await (const message of messages) underWay.push(worker.work(delivery(message, signal)));
  } finally {
    signal.removeEventListener('abort', stop);
    await Promise.all(underWay);
  }
}

function delivery(message: JsMsg, signal: AbortSignal): Delivery {
  return {
    sequence: message.seq,
    subject: message.subject,
    headers: headersOf(message),
    body: message.data,
    deliveries: message.info.deliveryCount,
    storedAtNs: message.info.timestampNanos,
    signal,
    ack: () => unlessClosed(() => message.ack()),
    nak: (delayMs) => unlessClosed(() => message.nak(delayMs)),
    term: (reason) => unlessClosed(() => message.term(reason)),
    working: () => unlessClosed(() => message.working()),
  };
}

/** On a connection that is gone nothing can be said. The event comes again, which its handler does not mind. */
function unlessClosed(say: () => void): void {
  try {
    say();
  } catch {}
}
