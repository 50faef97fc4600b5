import {
  AckPolicy,
  type ConsumerInfo,
  type ConsumerMessages,
  connect,
  DeliverPolicy,
  type JetStreamManager,
  type JsMsg,
  type MsgHdrs,
  type NatsConnection,
  NatsError,
  nanos,
  type StreamState,
} from 'nats';
import type { StreamMessage } from '../consuming/consumed-event.ts';
import { connectionOptions } from '../nats/connection-options.ts';
import { headersOf } from '../nats/headers-of.ts';
import { untilLost } from '../nats/stay-connected.ts';
import { apiErrorCode, STREAM_NOT_FOUND } from '../nats/streams.ts';
import { ConnectionLostError } from './command-error.ts';

/** Messages that are asked for at once; what is held in memory is no more. */
const BATCH = 200;
/** Time that a batch may take, ms: one that is waited for longer is asked for again. */
const BATCH_TIMEOUT_MS = 5000;
const API_TIMEOUT_MS = 5000;
/** Time after which the server forgets a consumer that nobody asks any more, ms: the process may be killed. */
const INACTIVE_MS = 30_000;

const CONSUMER_NOT_FOUND = 10014;
const MESSAGE_NOT_FOUND = 10037;

/** One message as the stream has it, whichever way it was read. */
export interface StoredMessage extends StreamMessage {
  readonly headers: MsgHdrs | undefined;
  /** When it was stored. */
  readonly time: Date;
}

export interface ReadOptions {
  /** Sequence of the first message that may be meant. */
  readonly from: number;
  readonly subjects: readonly string[];
  /** Without their bodies. */
  readonly headersOnly?: boolean;
  readonly signal?: AbortSignal;
}

/** One connection to NATS, to read what a stream has. What it needs on the server for that is gone when it is closed. */
export class StoredMessages implements AsyncDisposable {
  readonly stream: string;
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;
  /** Aborted when the connection is lost. */
  readonly #lost: AbortSignal;

  private constructor(stream: string, connection: NatsConnection, manager: JetStreamManager, lost: AbortSignal) {
    this.stream = stream;
    this.#connection = connection;
    this.#manager = manager;
    this.#lost = lost;
  }

  /** @throws NatsError when NATS is away or refuses */
  static async connect(urls: readonly string[], stream: string): Promise<StoredMessages> {
    const connection = await connect(connectionOptions(urls, 'events-cli'));
    const manager = await connection.jetstreamManager({ checkAPI: false, timeout: API_TIMEOUT_MS });
    const lost = new AbortController();
    void untilLost(connection).then(() => lost.abort());
    return new StoredMessages(stream, connection, manager, lost.signal);
  }

  /** The same connection, another stream. */
  of(stream: string): StoredMessages {
    return new StoredMessages(stream, this.#connection, this.#manager, this.#lost);
  }

  /** undefined where there is no such stream. */
  async state(): Promise<(StreamState & { readonly created: string }) | undefined> {
    try {
      const { state, created } = await this.#manager.streams.info(this.stream);
      return { ...state, created };
    } catch (error) {
      if (apiErrorCode(error) === STREAM_NOT_FOUND) return undefined;
      throw error;
    }
  }

  /** undefined where it has no such message. */
  async get(sequence: number): Promise<StoredMessage | undefined> {
    try {
      const { seq, subject, header, data, time } = await this.#manager.streams.getMessage(this.stream, {
        seq: sequence,
      });
      return { sequence: seq, subject, headers: header, body: data, time };
    } catch (error) {
      if (apiErrorCode(error) === MESSAGE_NOT_FOUND) return undefined;
      throw error;
    }
  }

  async delete(sequence: number): Promise<void> {
    await this.#manager.streams.deleteMessage(this.stream, sequence, false);
  }

  /** Sequence of the first message that was stored then or later: one that may yet have to come. */
  async sequenceAt(time: Date): Promise<number> {
    const { delivered } = await this.#probe({
      deliver_policy: DeliverPolicy.StartTime,
      opt_start_time: time.toISOString(),
    });
    return delivered.stream_seq + 1;
  }

  /** How many messages there are from this one on. The server knows without reading them. */
  async count(from: number, subjects: readonly string[]): Promise<number> {
    return (await this.#probe(startAt(from, subjects))).num_pending;
  }

  /** Those that are there now, in their order. */
  async *read(options: ReadOptions & { readonly before: number }): AsyncGenerator<StoredMessage> {
    for await (const message of this.#messages(options, false)) {
      if (message.sequence >= options.before) return;
      yield message;
    }
  }

  /** Those that are there and those that come, for ever; throws when the connection is lost. */
  follow(options: ReadOptions): AsyncGenerator<StoredMessage> {
    return this.#messages(options, true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#connection.close();
  }

  async *#messages(options: ReadOptions, endless: boolean): AsyncGenerator<StoredMessage> {
    const { subjects, headersOnly = false, signal } = options;
    let { from } = options;
    while (!signal?.aborted) {
      await using stack = new AsyncDisposableStack();
      const info = await this.#add({ ...startAt(from, subjects), headers_only: headersOnly });
      stack.defer(() => this.#forget(info));
      let pending: number | undefined = info.num_pending;
      // Without one the server has forgotten the consumer, as whoever reads took a long break: the next goes on from there.
      while (pending !== undefined) {
        if (signal?.aborted || (pending === 0 && !endless)) return;
        const size: number = endless ? BATCH : Math.min(pending, BATCH);
        let came = 0;
        let failure: NatsError | undefined;
        try {
          for await (const message of this.#batch(info, size, signal)) {
            from = message.seq + 1;
            pending = message.info.pending;
            came += 1;
            yield stored(message);
          }
        } catch (error) {
          if (!(error instanceof NatsError)) throw error;
          failure = error;
        }
        if (came > 0 && !failure) continue;
        // What was counted may have been too old in the meantime.
        pending = await this.#pending(info);
        if (failure && pending !== undefined) throw failure;
      }
    }
  }

  async *#batch(info: ConsumerInfo, max_messages: number, signal: AbortSignal | undefined): AsyncGenerator<JsMsg> {
    const consumer = this.#connection.jetstream().consumers.getPullConsumerFor(info);
    const batch = await consumer.fetch({ max_messages, expires: BATCH_TIMEOUT_MS });
    const stop = this.#stopWith(batch, signal);
    try {
      yield* batch;
    } finally {
      stop();
    }
    if (this.#lost.aborted) throw new ConnectionLostError();
  }

  /** undefined where the consumer is not there any more. */
  async #pending({ name }: ConsumerInfo): Promise<number | undefined> {
    try {
      return (await this.#manager.consumers.info(this.stream, name)).num_pending;
    } catch (error) {
      if (apiErrorCode(error) === CONSUMER_NOT_FOUND) return undefined;
      throw error;
    }
  }

  /** Ends a batch early that would go on waiting; what is given back takes that back. */
  #stopWith(batch: ConsumerMessages, signal: AbortSignal | undefined): () => void {
    const stop = () => batch.stop();
    const signals = signal ? [signal, this.#lost] : [this.#lost];
    for (const each of signals) each.addEventListener('abort', stop);
    if (signals.some(({ aborted }) => aborted)) stop();
    return () => {
      for (const each of signals) each.removeEventListener('abort', stop);
    };
  }

  async #probe(config: object): Promise<ConsumerInfo> {
    const info = await this.#add(config);
    await this.#forget(info);
    return info;
  }

  /** One that acknowledges nothing and is known to this process alone. */
  #add(config: object): Promise<ConsumerInfo> {
    return this.#manager.consumers.add(this.stream, {
      ack_policy: AckPolicy.None,
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: nanos(INACTIVE_MS),
      ...config,
    });
  }

  async #forget({ name }: ConsumerInfo): Promise<void> {
    if (this.#lost.aborted) return;
    try {
      await this.#manager.consumers.delete(this.stream, name);
    } catch (error) {
      // Gone with a connection that was lost, or with its stream: the server forgets it by itself.
      if (
        !this.#lost.aborted &&
        apiErrorCode(error) !== CONSUMER_NOT_FOUND &&
        apiErrorCode(error) !== STREAM_NOT_FOUND
      ) {
        throw error;
      }
    }
  }
}

function startAt(from: number, subjects: readonly string[]) {
  return {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: Math.max(from, 1),
    filter_subjects: [...subjects],
  };
}

function stored(message: JsMsg): StoredMessage {
  const { seq, subject, data, info } = message;
  return { sequence: seq, subject, headers: headersOf(message), body: data, time: new Date(info.timestampNanos / 1e6) };
}
