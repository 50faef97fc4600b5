import { createInbox, ErrorCode, type Msg, type MsgHdrs, type NatsConnection, NatsError } from 'nats';
import { headersOf } from '../nats/headers-of.ts';
import type { PublishReceipt } from './call-event-publisher.ts';

/** JetStream's reply to what was published: an acknowledgement (it is in the stream, on the disk), or why there is none. */
interface Reply {
  readonly stream?: string;
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: { readonly code: number; readonly err_code: number; readonly description: string };
}

interface Waiting {
  readonly subject: string;
  readonly untilMs: number;
  readonly resolve: (receipt: PublishReceipt) => void;
  readonly reject: (error: NatsError) => void;
}

/**
 * Publishes to one stream over one connection, and hands each acknowledgement to whoever waits for it. The client's own
 * `publish` does the same with a timer and an error's stack for each, at a fifth of all that a webhook costs
 * (docs/performance.md).
 */
export class AcknowledgedSender {
  readonly #connection: NatsConnection;
  readonly #stream: string;
  readonly #inbox: string;
  /** By the last token of the subject that the reply comes to; oldest first. */
  readonly #waiting = new Map<string, Waiting>();
  #sent = 0;
  #listening = false;

  constructor(connection: NatsConnection, stream: string) {
    this.#connection = connection;
    this.#stream = stream;
    this.#inbox = `${createInbox()}.`;
    void this.#heedPermissions();
    void connection.closed().then((error) => {
      this.#rejectAll(NatsError.errorForCode(ErrorCode.ConnectionClosed, error || undefined));
    });
  }

  /**
   * @param untilMs by the monotonic clock: whoever waits longer does so in vain, as the reply is not looked for any more
   * @throws NatsError `api_error` says what JetStream refused; `NoResponders` where no stream has the subject
   */
  send(subject: string, body: Uint8Array, headers: MsgHdrs, untilMs: number): Promise<PublishReceipt> {
    this.#giveUp();
    this.#sent += 1;
    const token = this.#sent.toString(36);
    return new Promise((resolve, reject) => {
      this.#listen();
      this.#connection.publish(subject, body, { headers, reply: this.#inbox + token });
      this.#waiting.set(token, { subject, untilMs, resolve, reject });
    });
  }

  /** Once, unless the server does not permit it: then again with the next message, as it may have thought better of it. */
  #listen(): void {
    if (this.#listening) return;
    this.#connection.subscribe(`${this.#inbox}*`, {
      callback: (error, message) => {
        if (error === null) return this.#take(message);
        this.#listening = false;
        this.#rejectAll(error);
      },
    });
    this.#listening = true;
  }

  #take(message: Msg): void {
    const token = message.subject.slice(this.#inbox.length);
    const waiting = this.#waiting.get(token);
    if (waiting === undefined) return;
    this.#waiting.delete(token);
    const receipt = this.#read(message);
    if (receipt instanceof NatsError) waiting.reject(receipt);
    else waiting.resolve(receipt);
  }

  #read(message: Msg): PublishReceipt | NatsError {
    if (message.data.length === 0 && headersOf(message)?.code === 503) {
      return NatsError.errorForCode(ErrorCode.NoResponders);
    }
    try {
      const { stream, seq, duplicate = false, error } = message.json<Reply>();
      if (error !== undefined) return refusal(error);
      if (stream === this.#stream && seq !== undefined) return { sequence: seq, duplicate };
    } catch {}
    return NatsError.errorForCode(ErrorCode.JetStreamInvalidAck);
  }

  /** Gives up those whose time is over. */
  #giveUp(): void {
    const nowMs = performance.now();
    for (const [token, { untilMs }] of this.#waiting) {
      if (untilMs > nowMs) break;
      this.#waiting.delete(token);
    }
  }

  /** A publish that is not permitted has no reply: the server says so to the connection. */
  async #heedPermissions(): Promise<void> {
    for await (const { permissionContext } of this.#connection.status()) {
      if (permissionContext?.operation !== 'publish') continue;
      const { subject } = permissionContext;
      const error = new NatsError(`no permission to publish to ${subject}`, ErrorCode.PermissionsViolation);
      this.#rejectAll(error, (waiting) => waiting.subject === subject);
    }
  }

  #rejectAll(error: NatsError, which: (waiting: Waiting) => boolean = () => true): void {
    for (const [token, waiting] of this.#waiting) {
      if (!which(waiting)) continue;
      this.#waiting.delete(token);
      waiting.reject(error);
    }
  }
}

function refusal({ code, err_code, description }: NonNullable<Reply['error']>): NatsError {
  const error = new NatsError(description, String(code));
  error.api_error = { code, err_code, description };
  return error;
}
