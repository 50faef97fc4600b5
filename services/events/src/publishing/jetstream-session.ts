import { CALL_SUBJECTS } from '@kodama/shared/messaging';
import {
  DiscardPolicy,
  ErrorCode,
  type JetStreamManager,
  type NatsConnection,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from 'nats';
import { letGoOf } from '../nats/let-go.ts';
import { untilLost } from '../nats/stay-connected.ts';
import { API_TIMEOUT_MS, apiErrorCode, makeStream, STREAM_NOT_FOUND, type StreamLimits } from '../nats/streams.ts';
import { AcknowledgedSender } from './acknowledged-sender.ts';
import { type CallEventMessage, type PublishReceipt, StreamUnavailableError } from './call-event-publisher.ts';
import { messageHeaders } from './message-headers.ts';

/** One connection to NATS, from its start to its loss; it makes sure that the stream is there. */
export class JetStreamSession {
  readonly #connection: NatsConnection;
  readonly #sender: AcknowledgedSender;
  readonly #manager: JetStreamManager;
  readonly #limits: StreamLimits;
  #stream: Promise<void> | undefined;

  private constructor(connection: NatsConnection, manager: JetStreamManager, limits: StreamLimits) {
    this.#connection = connection;
    this.#sender = new AcknowledgedSender(connection, limits.name);
    this.#manager = manager;
    this.#limits = limits;
  }

  /** Asks nothing of the server yet. */
  static async on(connection: NatsConnection, limits: StreamLimits): Promise<JetStreamSession> {
    const manager = await connection.jetstreamManager({ checkAPI: false, timeout: API_TIMEOUT_MS });
    return new JetStreamSession(connection, manager, limits);
  }

  get lost(): boolean {
    return this.#connection.isClosed();
  }

  /** Resolves when the connection is closed, or when the server does not answer pings any more. */
  untilLost(): Promise<void> {
    return untilLost(this.#connection);
  }

  /** Makes the stream, or gives it our limits, unless that was done on this connection. After a failure the next call tries anew. */
  ensureStream(): Promise<void> {
    if (this.#stream !== undefined) return this.#stream;
    const stream = makeStream(this.#manager, streamConfig(this.#limits));
    this.#stream = stream;
    stream.catch(() => this.#forget(stream));
    return stream;
  }

  async publish(message: CallEventMessage, timeoutMs: number): Promise<PublishReceipt> {
    const untilMs = performance.now() + timeoutMs;
    const stream = this.ensureStream();
    await orUnavailable(stream);
    try {
      return await this.#send(message, untilMs);
    } catch (error) {
      if (!isNoResponders(error)) throw error;
      // Nobody listens on the subject, so the stream was deleted while we were connected: it is made again.
      this.#forget(stream);
      await orUnavailable(this.ensureStream());
      return await this.#send(message, untilMs);
    }
  }

  /** Rejects when the stream does not answer; one that has gone missing is made again. */
  async check(): Promise<void> {
    const stream = this.ensureStream();
    await stream;
    try {
      await this.#manager.streams.info(this.#limits.name);
    } catch (error) {
      if (apiErrorCode(error) !== STREAM_NOT_FOUND) throw error;
      this.#forget(stream);
      await this.ensureStream();
    }
  }

  /** Lets what is on its way out go out, and closes; false where that took too long. */
  async letGo(): Promise<boolean> {
    return await letGoOf(this.#connection);
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }

  /** @param untilMs by the monotonic clock; after that Vonage has had its refusal, and nothing is sent any more */
  async #send(message: CallEventMessage, untilMs: number): Promise<PublishReceipt> {
    if (performance.now() >= untilMs) throw NatsError.errorForCode(ErrorCode.Timeout);
    return await this.#sender.send(message.subject, message.body, messageHeaders(message, this.#limits.name), untilMs);
  }

  #forget(stream: Promise<void>): void {
    if (this.#stream === stream) this.#stream = undefined;
  }
}

function streamConfig(limits: StreamLimits) {
  return {
    name: limits.name,
    description: 'Call events, as Vonage sent them',
    subjects: [CALL_SUBJECTS],
    storage: StorageType.File,
    // Events stay for their time, whoever has read them: a consumer that comes later finds the calls before it.
    retention: RetentionPolicy.Limits,
    max_age: nanos(limits.maxAgeMs),
    max_bytes: limits.maxBytes,
    // A full stream refuses new events, and Vonage hears so. `old` would make room by silently dropping events that were
    // acknowledged, and promised to be kept for their time.
    discard: DiscardPolicy.New,
    duplicate_window: nanos(limits.duplicateWindowMs),
    num_replicas: limits.replicas,
  } satisfies Partial<StreamConfig>;
}

/** What JetStream says of the stream's own making is no word on an event: a server without room for it is no full stream. */
async function orUnavailable(stream: Promise<void>): Promise<void> {
  try {
    await stream;
  } catch (error) {
    throw apiErrorCode(error) === undefined ? error : new StreamUnavailableError(error);
  }
}

/** Says whether nobody listened: core NATS's answer, as opposed to an error that JetStream itself gives as 503. */
function isNoResponders(error: unknown): boolean {
  return error instanceof NatsError && error.code === ErrorCode.NoResponders && error.api_error === undefined;
}
