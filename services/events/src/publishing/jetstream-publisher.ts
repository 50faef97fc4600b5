import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@kodama/shared/telemetry';
import { DeadlineError, withDeadline } from '@kodama/shared/time';
import { type ConnectionOptions, connect, ErrorCode, NatsError } from 'nats';
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
import { apiErrorCode, JetStreamSession, type StreamLimits } from './jetstream-session.ts';

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

/** Time between two attempts to connect, ms; up to half of it again at random, so that instances do not come all at once. */
const RECONNECT_WAIT_MS = 500;
/** Time that a stop may take to let go of the connection in good order, ms. */
const DRAIN_TIMEOUT_MS = 2000;

/**
 * Publishes to JetStream, and stays connected to it for as long as the process runs: NATS may be away at the start and at
 * any time later.
 *
 * The client's own reconnecting is off. In an outage it would hold publishes back, and drop them, or send them long after
 * Vonage was told that they failed; requests under way would wait for their timeout; and connecting could not be called
 * off. Here a lost connection fails what is under way at once, and the next one starts from nothing.
 */
export class JetStreamPublisher implements CallEventPublisher {
  readonly stream: string;
  readonly #options: JetStreamPublisherOptions;
  readonly #logger: Logger;
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<Promise<PublishReceipt>>();
  #session: JetStreamSession | undefined;

  constructor(options: JetStreamPublisherOptions, logger: Logger) {
    this.stream = options.limits.name;
    this.#options = options;
    this.#logger = logger;
    void this.#stayConnected();
  }

  async publish(message: CallEventMessage): Promise<PublishReceipt> {
    const session = this.#connected();
    const { publishTimeoutMs } = this.#options;
    const work = withDeadline(session.publish(message, publishTimeoutMs), publishTimeoutMs);
    this.#underWay.add(work);
    try {
      return await work;
    } catch (error) {
      throw this.#publishError(error, session);
    } finally {
      this.#underWay.delete(work);
    }
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
    try {
      await withDeadline(session.drain(), DRAIN_TIMEOUT_MS);
    } catch (err) {
      this.#logger.warn({ err }, 'the connection to NATS was closed without draining');
      session.close().catch(() => {});
    }
  }

  #connected(): JetStreamSession {
    if (!this.#session || this.#session.lost || this.#stopping.signal.aborted) throw new NotConnectedError();
    return this.#session;
  }

  async #stayConnected(): Promise<void> {
    const { signal } = this.#stopping;
    let reported = false;
    while (!signal.aborted) {
      try {
        const connection = await connect(connectionOptions(this.#options.urls));
        reported = false;
        const session = await JetStreamSession.on(connection, this.#options.limits);
        if (signal.aborted) await session.close();
        else await this.#use(session);
      } catch (err) {
        // Once an outage: it may be a long one.
        if (!reported) this.#logger.warn({ err }, 'NATS cannot be reached; trying until it can');
        reported = true;
      }
      const waitMs = RECONNECT_WAIT_MS * (1 + Math.random() / 2);
      await sleep(waitMs, undefined, { signal }).catch(() => {});
    }
  }

  async #use(session: JetStreamSession): Promise<void> {
    this.#session = session;
    this.#logger.info('connected to NATS');
    session.ensureStream().then(
      () => this.#logger.info({ stream: this.stream }, 'the stream is there'),
      (err) => this.#logger.warn({ err, stream: this.stream }, 'the stream is not available yet'),
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

function connectionOptions(urls: readonly string[]): ConnectionOptions {
  const servers = urls.map((url) => new URL(url));
  const { protocol = '', username = '', password = '' } = servers[0] ?? {};
  const user = decodeURIComponent(username);
  return {
    servers: servers.map(({ host }) => host),
    name: 'events',
    reconnect: false,
    timeout: 2000,
    // A server that has fallen silent is noticed in four seconds; a pause of three is none.
    pingInterval: 1000,
    maxPingOut: 3,
    ...(protocol === 'tls:' && { tls: {} }),
    ...(user !== '' && (password === '' ? { token: user } : { user, pass: decodeURIComponent(password) })),
  };
}
