import type { Logger } from '@kodama/shared/telemetry';
import { DeadlineError, withDeadline } from '@kodama/shared/time';
import { ErrorCode, type NatsConnection, NatsError } from 'nats';
import { connectionOptions } from '../nats/connection-options.ts';
import { stayConnected } from '../nats/stay-connected.ts';
import { apiErrorCode, type StreamLimits } from '../nats/streams.ts';
import {
  type CallEventMessage,
  type CallEventPublisher,
  NotConnectedError,
  PublishError,
  type PublishReceipt,
  PublishTimeoutError,
  StreamFullError,
  StreamUnavailableError,
} from './call-event-publisher.ts';
import { JetStreamSession } from './jetstream-session.ts';

export interface JetStreamPublisherOptions {
  /**
   * `nats://host:port` or `tls://host:port`, with user and password, or a token, before the host where they are needed. Of a
   * cluster all its servers, which have scheme and user in common; whichever answers is good.
   */
  readonly urls: readonly string[];
  readonly publishTimeoutMs: number;
  readonly limits: StreamLimits;
}

/** JetStream's codes for no more room: in the stream, in the server's store, in the account. */
const FULL_CODES: ReadonlySet<number | undefined> = new Set([10077, 10047, 10023, 10002, 10028]);

/**
 * Publishes to JetStream, and stays connected to it for as long as the process runs: NATS may be away at the start and at
 * any time later.
 */
export class JetStreamPublisher implements CallEventPublisher {
  readonly stream: string;
  readonly #options: JetStreamPublisherOptions;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<Promise<PublishReceipt>>();
  #session: JetStreamSession | undefined;
  #turn: Promise<void> | undefined;

  constructor(options: JetStreamPublisherOptions, logger: Logger) {
    this.stream = options.limits.name;
    this.#options = options;
    this.#logger = logger;
    void stayConnected(connectionOptions(options.urls), this.#stopping.signal, {
      use: (connection) => this.#use(connection),
      unreachable: (err) => this.#logger.warn({ err }, 'NATS cannot be reached; trying until it can'),
    });
  }

  async publish(message: CallEventMessage): Promise<PublishReceipt> {
    const session = this.#connected();
    const { publishTimeoutMs } = this.#options;
    const publishing = this.#together().then(() => session.publish(message, publishTimeoutMs));
    const work = withDeadline(publishing, publishTimeoutMs);
    this.#underWay.add(work);
    try {
      return await work;
    } catch (error) {
      throw this.#publishError(error, session);
    } finally {
      this.#underWay.delete(work);
    }
  }

  /** Events that wait for their acknowledgement. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** For `/readyz`: rejects when NATS is away or the stream does not answer. */
  async check(): Promise<void> {
    await this.#connected().check();
  }

  /** Takes nothing more, waits for what is under way to be acknowledged or refused, and lets go of the connection. */
  async close(): Promise<void> {
    this.#stopping.abort();
    // Draining would not do: it ends the subscription first that acknowledgements come by.
    await Promise.allSettled(this.#underWay);
    const session = this.#session;
    if (!session || session.lost) return;
    if (!(await session.letGo())) this.#logger.warn('the connection to NATS was closed without draining');
  }

  /** Resolves for all who ask in one turn of the event loop, in their order: what they send goes out in one write. */
  #together(): Promise<void> {
    this.#turn ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#turn = undefined;
        resolve();
      });
    });
    return this.#turn;
  }

  #connected(): JetStreamSession {
    if (!this.#session || this.#session.lost || this.#stopping.signal.aborted) throw new NotConnectedError();
    return this.#session;
  }

  async #use(connection: NatsConnection): Promise<void> {
    const session = await JetStreamSession.on(connection, this.#options.limits);
    if (this.#stopping.signal.aborted) return await session.close();
    this.#session = session;
    this.#logger.info('connected to NATS');
    session.ensureStream().then(
      () => this.#logger.info({ stream: this.stream }, 'the stream is there'),
      (err) => this.#logger.warn({ err, stream: this.stream }, notThere(err)),
    );
    await session.untilLost();
    this.#session = undefined;
    if (this.#stopping.signal.aborted) return;
    this.#logger.warn('the connection to NATS is lost');
    // Not waited for: with a server that has fallen silent, closing may take as long as it likes.
    session.close().catch(() => {});
  }

  #publishError(error: unknown, session: JetStreamSession): PublishError {
    if (error instanceof PublishError) return error;
    if (error instanceof DeadlineError) return new PublishTimeoutError(this.#options.publishTimeoutMs);
    // The client's word for this is TIMEOUT as well.
    if (session.lost) return new NotConnectedError(error);
    if (error instanceof NatsError && error.code === ErrorCode.Timeout) {
      return new PublishTimeoutError(this.#options.publishTimeoutMs, error);
    }
    return FULL_CODES.has(apiErrorCode(error)) ? new StreamFullError(error) : new StreamUnavailableError(error);
  }
}

/** An operator has to tell an outage from what will be refused for ever. */
function notThere(error: unknown): string {
  return apiErrorCode(error) === undefined
    ? 'the stream is not available yet'
    : 'JetStream refuses the stream as it is configured (EVENTS_STREAM, EVENTS_MAX_BYTES, EVENTS_REPLICAS), or is not ready';
}
