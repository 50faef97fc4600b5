import type { HandlerCall } from '@kodama/handler-kit';
import { backOffMs } from './back-off.ts';
import { NewestAudio } from './newest-audio.ts';
import { type MessageFromService, type MessageToService, SERVICE_AUDIO, SERVICE_BYTES_PER_MS } from './protocol.ts';
import { SpeechSession } from './speech-session.ts';

/** Of the caller's audio, the newest so many ms are kept while they cannot be sent. What he said before that is stale. */
const MOST_UNSENT_MS = 3000;

/** The newest messages that are kept while they cannot be sent. */
const MOST_UNSENT_MESSAGES = 50;

/** A session that has held for so long, ms, ends the row of failures. */
const STEADY_MS = 10_000;

/** To wait does not make the token right, and to ask on and on gets it locked. */
const REFUSALS: readonly (number | undefined)[] = [401, 403];

export interface ConnectionParts {
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly timeoutMs: number;
  readonly call: Pick<HandlerCall, 'socketId' | 'log' | 'elapsedMs' | 'sleep'>;
  readonly onMessage: (message: MessageFromService) => void;
  /** Audio in the service's format, of any length. */
  readonly onAudio: (audio: Buffer) => void;
  /** The connection is gone, and with it the rest of a response that had begun. */
  readonly onLost: () => void;
}

/** A call's connection to the service: whenever it is lost it is made again, until one of the two says that it is over. */
export class SpeechConnection {
  readonly #parts: ConnectionParts;
  readonly #audio = new NewestAudio(MOST_UNSENT_MS * SERVICE_BYTES_PER_MS);
  readonly #messages: MessageToService[] = [];
  #session: SpeechSession | undefined;
  #isOver = false;
  #isAway = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
  }

  /**
   * Keeps it up.
   *
   * @returns when the service has ended the session, or we have closed it
   * @throws Error where there is no URL, or the service takes nobody with this token
   */
  async run(): Promise<void> {
    const { url, call, onLost } = this.#parts;
    if (url === undefined)
      throw new Error('SPEECH_URL is not set: where is the speech service? e.g. ws://127.0.0.1:8790');
    for (let failures = 0; ; ) {
      const beganMs = call.elapsedMs();
      const { reason, status } = await this.#talk(url);
      if (this.#isOver) return;
      if (REFUSALS.includes(status)) {
        throw new Error(`the speech service answers ${status}: it does not take SPEECH_TOKEN, or there is none`);
      }
      failures = call.elapsedMs() - beganMs >= STEADY_MS ? 1 : failures + 1;
      if (failures === 1) {
        this.#isAway = true;
        call.log.warn({ host: new URL(url).host, reason }, 'the speech service is away: it is tried again and again');
      }
      onLost();
      await call.sleep(backOffMs(failures, Math.random()));
    }
  }

  /** @param audio in the service's format; copied */
  sendAudio(audio: Buffer): void {
    if (this.#isOver) return;
    this.#audio.push(audio);
    this.#sendWaiting();
  }

  send(message: MessageToService): void {
    if (this.#isOver) return;
    this.#messages.push(message);
    if (this.#messages.length > MOST_UNSENT_MESSAGES) this.#messages.shift();
    this.#sendWaiting();
  }

  /** Reads nothing from the service, for the time being. */
  pause(): void {
    this.#session?.pause();
  }

  resume(): void {
    this.#session?.resume();
  }

  /** The call is over. Fulfilled when nothing of the connection is left. */
  async close(): Promise<void> {
    this.#isOver = true;
    const { droppedBytes } = this.#audio;
    if (droppedBytes > 0) {
      const droppedMs = Math.round(droppedBytes / SERVICE_BYTES_PER_MS);
      this.#parts.call.log.info({ droppedMs }, 'some of what the caller said did not reach the speech service');
    }
    await this.#session?.close();
  }

  async #talk(url: string) {
    const { token, timeoutMs, call, onAudio } = this.#parts;
    const session = new SpeechSession({
      url,
      token,
      timeoutMs,
      start: { type: 'session.start', callId: call.socketId, audio: SERVICE_AUDIO },
      onStarted: () => this.#onStarted(),
      onMessage: (message) => this.#onMessage(message),
      onAudio,
    });
    this.#session = session;
    try {
      return await session.closed;
    } finally {
      this.#session = undefined;
    }
  }

  #onStarted(): void {
    if (this.#isAway) this.#parts.call.log.info({}, 'the speech service is back');
    this.#isAway = false;
    this.#sendWaiting();
  }

  #onMessage(message: MessageFromService): void {
    if (message.type === 'session.end') {
      this.#isOver = true;
      void this.#session?.close();
    } else {
      this.#parts.onMessage(message);
    }
  }

  #sendWaiting(): void {
    const session = this.#session;
    while (session?.isReady) {
      const next = this.#messages.shift() ?? this.#audio.shift();
      if (next === undefined) return;
      session.send(next);
    }
  }
}
