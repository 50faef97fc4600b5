import type { SampleRateHz } from './audio-format.ts';
import { bytesPerFrame, FRAME_MS } from './audio-format.ts';
import { Measurements, round } from './distribution.ts';
import { EchoMatcher } from './echo-matcher.ts';
import type { FrameClock, PacedStream } from './frame-clock.ts';

/** How long echoes are waited for after the last frame. */
const LAST_ECHO_LIMIT_MS = 3000;

/** A key that the caller presses. */
export interface DtmfPress {
  /** One of 0-9, * and #. */
  digit: string;
  /** After the first frame, in milliseconds. */
  atMs: number;
  /** 100 unless given. */
  durationMs?: number;
}

/** Counters that calls add to while they run, any number of calls to one object: read them whenever you like. */
export interface CallProgress {
  framesPlanned: number;
  framesSent: number;
}

interface EchoRunOptions {
  clock: FrameClock;
  /** 0 to below 20: see {@link FrameClock.start}. */
  phaseMs: number;
  sampleRateHz: SampleRateHz;
  /** All of one frame's size; repeated from the start where `frameCount` is larger. */
  frames: readonly Buffer[];
  frameCount: number;
  dtmf: readonly DtmfPress[];
  keepEcho: boolean;
  progress: CallProgress | undefined;
  send: { frame(frame: Buffer): void; dtmf(digit: string, durationMs: number): void };
}

/** Sends the frames of one call and judges what comes back. */
export class EchoRun implements PacedStream {
  readonly matcher: EchoMatcher;
  /** Right-size messages in the order of their arrival, where they are kept. */
  readonly received: Buffer[] = [];
  framesSent = 0;
  framesWrongSize = 0;
  dtmfSent = 0;

  readonly #options: EchoRunOptions;
  readonly #frameBytes: number;
  readonly #dtmf: readonly DtmfPress[];
  readonly #latenessMs: Measurements;
  readonly #roundTripMs: Measurements;
  readonly #done = Promise.withResolvers<void>();
  #startMs = 0;
  #sending = true;
  #interarrivalJitterMs = 0;
  #lastRoundTripMs: number | undefined;
  #echoLimit: NodeJS.Timeout | undefined;

  constructor(options: EchoRunOptions) {
    this.#options = options;
    this.#frameBytes = bytesPerFrame(options.sampleRateHz);
    this.#dtmf = options.dtmf.toSorted((a, b) => a.atMs - b.atMs);
    this.#latenessMs = new Measurements(options.frameCount);
    this.#roundTripMs = new Measurements(options.frameCount);
    this.matcher = new EchoMatcher(options.frames);
  }

  /**
   * Sends all frames and resolves when every echo is in or 3 s have passed without one that is owed.
   *
   * @param signal ends the sending early; the echoes of what was sent are waited for all the same.
   * @param gone resolves when the socket is closed: there is nothing to wait for any more.
   */
  async run(signal: AbortSignal | undefined, gone: Promise<unknown>): Promise<void> {
    const stopSending = () => this.#endSending();
    signal?.addEventListener('abort', stopSending, { once: true });
    if (signal?.aborted) this.#endSending();
    else this.#options.clock.start(this, this.#options.phaseMs);
    await Promise.race([this.#done.promise, gone]);

    signal?.removeEventListener('abort', stopSending);
    clearTimeout(this.#echoLimit);
    this.#options.clock.stop(this);
    this.matcher.finish();
  }

  onFrameDue(index: number, dueMs: number): boolean {
    const { frames, frameCount, send, clock, progress } = this.#options;
    if (index === 0) this.#startMs = dueMs;
    this.#sendDtmf(index);
    send.frame(frames[index % frames.length] as Buffer);
    this.matcher.countSent();
    this.#latenessMs.add(clock.now() - dueMs);
    this.framesSent++;
    if (progress) progress.framesSent++;
    if (index + 1 < frameCount) return true;
    this.#endSending();
    return false;
  }

  /** A binary message has come from the application. */
  receive(message: Buffer): void {
    const nowMs = this.#options.clock.now();
    if (message.length !== this.#frameBytes) {
      this.framesWrongSize++;
      return;
    }
    if (this.#options.keepEcho) this.received.push(message);
    const index = this.matcher.receive(message);
    if (index < 0) return;
    this.#measure(nowMs - (this.#startMs + index * FRAME_MS));
    if (!this.#sending && this.matcher.open === 0) this.#done.resolve();
  }

  /** The figures of the run; times in milliseconds. */
  figures() {
    const lateness = this.#latenessMs.distribution();
    return {
      roundTripMs: this.#roundTripMs.distribution(),
      interarrivalJitterMs: this.#lastRoundTripMs === undefined ? null : round(this.#interarrivalJitterMs),
      ownLatenessMs: lateness && { p99: lateness.p99, max: lateness.max },
    };
  }

  /** RFC 3550, 6.4.1: the difference of two transit times is that of two round trips, as both count from the due moment. */
  #measure(roundTripMs: number): void {
    this.#roundTripMs.add(roundTripMs);
    if (this.#lastRoundTripMs !== undefined) {
      const differenceMs = Math.abs(roundTripMs - this.#lastRoundTripMs);
      this.#interarrivalJitterMs += (differenceMs - this.#interarrivalJitterMs) / 16;
    }
    this.#lastRoundTripMs = roundTripMs;
  }

  #sendDtmf(index: number): void {
    for (;;) {
      const press = this.#dtmf[this.dtmfSent];
      if (!press || press.atMs > index * FRAME_MS) return;
      this.#options.send.dtmf(press.digit, press.durationMs ?? 100);
      this.dtmfSent++;
    }
  }

  #endSending(): void {
    if (!this.#sending) return;
    this.#sending = false;
    this.#options.clock.stop(this);
    if (this.matcher.open === 0) this.#done.resolve();
    else this.#echoLimit = setTimeout(() => this.#done.resolve(), LAST_ECHO_LIMIT_MS);
  }
}
