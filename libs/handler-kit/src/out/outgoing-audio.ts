import { AsyncLocalStorage } from 'node:async_hooks';
import { type AudioFormat, PTIME_MS } from '@kodama/shared/voice';
import type { CallLife } from '../handler/call-life.ts';
import { toCallAudio } from '../pcm/to-call-audio.ts';
import type { Timers } from '../time/timers.ts';
import {
  type AudioOut,
  type AudioSource,
  type CallAudio,
  HIGH_WATER_MS,
  type PlayEnd,
  type PlayOptions,
} from './audio-out.ts';
import { callAudioBytes } from './call-audio-bytes.ts';
import { type FrameSink, OPEN } from './frame-sink.ts';
import type { OutgoingFigures } from './outgoing-figures.ts';
import type { OutgoingLimits } from './outgoing-limits.ts';
import type { PacedStream, Pacer } from './pacer.ts';
import { PcmOrigin } from './pcm-origin.ts';
import { PcmQueue } from './pcm-queue.ts';
import { SourceReader } from './source-reader.ts';

export interface OutgoingParts {
  readonly format: AudioFormat;
  readonly sink: FrameSink;
  readonly pacer: Pacer;
  readonly timers: Timers;
  readonly limits: OutgoingLimits;
  readonly figures: OutgoingFigures;
  readonly life: CallLife;
  /** @param heardAtMs on the monotonic clock */
  readonly onSent?: (frame: Buffer, heardAtMs: number) => void;
  readonly onCleared?: () => void;
  /** Called once for each kind of thing. */
  readonly warn: (fields: object, message: string) => void;
}

const BINARY = { binary: true } as const;
const TEXT = { binary: false } as const;
const BYTES_PER_SAMPLE = 2;

/** Marks that may wait for their answer at a time. */
const MAX_MARKS = 1000;

/** How far live audio is sent ahead, ms: two frames, so that one that is late does not make a gap. */
const LIVE_LEAD_MS = 2 * PTIME_MS;

/** How late a tick may be in live mode before it makes a gap, ms. */
const LIVE_MARGIN_MS = 5;

/** A frame that waited for longer than this beyond the grid of its moments is late, ms. */
const LATE_MS = 20;

/** Of a source whose pieces are there when they are asked for, the next one is taken with so much left in the queue, ms. */
const READY_WATER_MS = 2 * PTIME_MS;

/** And so much of it is queued at a time. */
const READY_SLICE_FRAMES = 2;

const NOTHING = Buffer.alloc(0);

const NEVER_MS = Number.NEGATIVE_INFINITY;

type Warning = 'size' | 'full' | 'send';

/**
 * A call's outgoing audio. What leaves is whole frames and the two commands, in time, and never after the end: see
 * {@link AudioOut}.
 *
 * It reckons up to which moment the far end has audio, by this process's clock: a frame is heard when the one before it has
 * been. Queued audio is sent while that moment is less than the lead away, at once when it is written and then in the
 * pacer's ticks, one frame a tick. What is only passed on needs none of this, and none of it is made.
 */
export class OutgoingAudio implements AudioOut, PacedStream {
  readonly format: AudioFormat;
  readonly #parts: OutgoingParts;
  #queue: PcmQueue | undefined;
  #writer: PcmOrigin | undefined;
  #lastOrigin = 0;
  /** Up to this moment the far end has audio that was queued. */
  #heardUntilMs = NEVER_MS;
  #maxDelayMs: number | undefined;
  #isPaced = false;
  /** The last tick's moment, or when it joined the pacer: up to then it has sent what was due. */
  #gridMs = NEVER_MS;
  /** The receiver took nothing the last time: what waits for it is not our lateness. */
  #isBlocked = false;
  /** A source that is ready is read as soon as what is under way is done. */
  #isRefilling = false;
  #isStopped = false;
  #sentSinceClear = false;
  #clears = 0;
  #lastMark = 0;
  #lastSentMark = 0;
  /** mark -> who waits for it. */
  #marks: Map<number, (end: PlayEnd) => void> | undefined;
  #readers: SourceReader[] | undefined;
  #roomWaits: { readonly waterMs: number; readonly callback: () => void }[] | undefined;
  #warned: Set<Warning> | undefined;

  constructor(parts: OutgoingParts) {
    this.format = parts.format;
    this.#parts = parts;
  }

  get unplayedMs(): number {
    if (this.#queue === undefined || this.#isStopped) return 0;
    return this.#queue.ms + this.#aheadMs(this.#parts.timers.monotonicMs());
  }

  pass(frame: Buffer): boolean {
    if (this.#isStopped) return false;
    const { sink, limits, figures } = this.#parts;
    if (frame.length !== this.format.bytesPerFrame) {
      figures.framesDropped += 1;
      this.#warn(
        'size',
        { bytes: frame.length, bytesPerFrame: this.format.bytesPerFrame },
        'passed on what is no frame: dropped',
      );
      return false;
    }
    if (sink.bufferedAmount > limits.maxBufferedBytes || this.#queueHasFloor()) {
      figures.framesDropped += 1;
      return false;
    }
    const isSent = this.#send(frame);
    if (isSent) this.#parts.onSent?.(frame, this.#parts.timers.monotonicMs());
    else figures.framesDropped += 1;
    return isSent;
  }

  write(audio: CallAudio): boolean {
    if (this.#isStopped) return false;
    this.#writer ??= new PcmOrigin(this.#newOrigin());
    this.#push(callAudioBytes(audio), this.#writer);
    return this.#hasRoom();
  }

  flush(): void {
    if (this.#isStopped || this.#queue === undefined) return;
    this.#fillUp(this.#queue, this.#writer);
    this.#pump();
  }

  drained(): Promise<void> {
    return this.#parts.life.wait((resolve) => {
      this.#whenRoom(() => resolve(undefined));
      return undefined;
    });
  }

  play(source: AudioSource, options: PlayOptions = {}): Promise<PlayEnd> {
    return this.#parts.life.wait((resolve, reject) => {
      let reader: SourceReader;
      try {
        reader = new SourceReader(toCallAudio(source, options.format, this.format));
      } catch (error) {
        reject(error);
        return undefined;
      }
      this.#play(reader, options.signal).then(resolve, reject);
      return () => reader.cut();
    });
  }

  played(): Promise<PlayEnd> {
    return this.#parts.life.wait((resolve, reject) => {
      this.#mark(resolve, reject, this.#writer);
      return undefined;
    });
  }

  clear(): void {
    if (this.#isStopped) return;
    this.#clears += 1;
    this.#queue?.clear();
    this.#writer = undefined;
    this.#heardUntilMs = NEVER_MS;
    this.#endPlaying();
    if (this.#sentSinceClear) {
      this.#sentSinceClear = false;
      this.#sendText('{"action":"clear"}');
      this.#parts.onCleared?.();
    }
    this.#wakeRoomWaits();
  }

  live(maxDelayMs: number | false): void {
    if (maxDelayMs !== false && !(maxDelayMs >= LIVE_LEAD_MS)) {
      throw new RangeError(`live audio may be ${LIVE_LEAD_MS} ms late or more, not ${maxDelayMs}`);
    }
    this.#maxDelayMs = maxDelayMs === false ? undefined : maxDelayMs;
    if (!this.#isStopped) this.#pump();
  }

  /**
   * A `websocket:notify` came.
   *
   * @returns whether it was the answer to a mark of ours that was still waited for
   */
  notified(payload: unknown): boolean {
    const mark =
      typeof payload === 'object' && payload !== null ? (payload as { kodamaMark?: unknown }).kodamaMark : undefined;
    if (typeof mark !== 'number') return false;
    const done = this.#marks?.get(mark);
    // One that has not been sent yet cannot have been answered.
    if (done === undefined || mark > this.#lastSentMark) return false;
    this.#marks?.delete(mark);
    done('played');
    return true;
  }

  /** The call is over: nothing is sent any more, and nothing is left behind. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#unpace();
    this.#queue?.clear();
    this.#queue = undefined;
    this.#endPlaying();
    this.#roomWaits = undefined;
  }

  tick(nowMs: number, gridMs: number): boolean {
    this.#gridMs = gridMs;
    this.#isPaced = this.#sendDue(nowMs, true);
    return this.#isPaced;
  }

  async #play(reader: SourceReader, signal: AbortSignal | undefined): Promise<PlayEnd> {
    const origin = new PcmOrigin(this.#newOrigin());
    const { promise: ended, resolve, reject } = Promise.withResolvers<PlayEnd>();
    // What has been read by then may still be queued.
    const forget = () => {
      reader.cut();
      this.#forget(origin);
      resolve('cleared');
    };
    if (signal?.aborted) reader.cut();
    signal?.addEventListener('abort', forget, { once: true });
    try {
      await this.#read(reader, origin);
      if (reader.wasCut) forget();
      else this.#mark(resolve, reject);
      return await ended;
    } finally {
      signal?.removeEventListener('abort', forget);
    }
  }

  /** Queues a source, after those before it and as there is room, up to its end or until it is cut off. */
  async #read(reader: SourceReader, origin: PcmOrigin): Promise<void> {
    this.#readers ??= [];
    const before = this.#readers.at(-1);
    this.#readers.push(reader);
    try {
      if (before) await reader.orCut(before.finished);
      await (reader.isReady ? reader.orCut(this.#readNow(reader, origin)) : this.#readLater(reader, origin));
      if (!reader.wasCut && this.#queue) this.#fillUp(this.#queue, origin);
    } finally {
      reader.finish();
      const at = this.#readers?.indexOf(reader) ?? -1;
      if (at >= 0) this.#readers?.splice(at, 1);
    }
  }

  async #readLater(reader: SourceReader, origin: PcmOrigin): Promise<void> {
    for (;;) {
      if (!this.#hasRoom()) await reader.orCut(this.#room());
      const piece = await reader.next();
      if (piece === undefined) break;
      this.#push(callAudioBytes(piece), origin);
    }
  }

  /**
   * The same of a source whose pieces are there when they are asked for: without a promise for each, and no sooner than they
   * are needed. Of hundreds of calls that play, both would keep the collector busy.
   */
  #readNow(reader: SourceReader, origin: PcmOrigin): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sliceBytes = READY_SLICE_FRAMES * this.format.bytesPerFrame;
    let rest: Buffer = NOTHING;
    // As the code of whoever has called `play`, a handler's as a rule: this class knows of no handlers.
    const read = AsyncLocalStorage.bind(() => {
      this.#isRefilling = false;
      try {
        while (this.#queuedMs <= READY_WATER_MS) {
          const piece = rest.length > 0 && !reader.wasCut ? rest : reader.nextNow();
          if (piece === undefined) {
            resolve();
            return;
          }
          const bytes = callAudioBytes(piece);
          this.#push(bytes.subarray(0, sliceBytes), origin);
          rest = bytes.subarray(sliceBytes);
        }
        this.#whenRoom(soon, READY_WATER_MS);
      } catch (error) {
        reject(error);
      }
    });
    // Room comes in the middle of sending.
    const soon = () => {
      this.#isRefilling = true;
      queueMicrotask(read);
    };
    read();
    return promise;
  }

  /** Cuts off all that is being read; who waits for an end of playing hears that it was cleared. */
  #endPlaying(): void {
    for (const reader of this.#readers?.splice(0) ?? []) reader.cut();
    const marks = this.#marks;
    this.#marks = undefined;
    for (const done of marks?.values() ?? []) done('cleared');
  }

  /** Throws away what is queued of a source. */
  #forget(origin: PcmOrigin): void {
    this.#queue?.drop(origin.id, Number.POSITIVE_INFINITY, false);
    this.#queue?.dropRest(origin.id);
    this.#wakeRoomWaits();
  }

  #mark(resolve: (end: PlayEnd) => void, reject: (error: unknown) => void, origin?: PcmOrigin): void {
    if (this.#isStopped) return;
    this.#marks ??= new Map();
    if (this.#marks.size >= MAX_MARKS) {
      reject(new Error(`${MAX_MARKS} ends of playing are waited for already: the far end does not tell of them`));
      return;
    }
    this.#lastMark += 1;
    this.#marks.set(this.#lastMark, resolve);
    const queue = this.#madeQueue();
    this.#fillUp(queue, origin);
    queue.mark(this.#lastMark, this.#parts.timers.monotonicMs());
    this.#pump();
  }

  #push(bytes: Buffer, origin: PcmOrigin): void {
    if (this.#isStopped || bytes.length === 0) return;
    const queue = this.#madeQueue();
    const { limits, timers, figures } = this.#parts;
    const { bytesPerFrame } = this.format;
    const nowMs = timers.monotonicMs();
    const maxBytes = this.#maxBytes;
    const clears = this.#clears;
    let rest = bytes;
    this.#forgetJoint(queue, nowMs);
    if (this.#maxDelayMs !== undefined && origin === this.#writer) {
      // Of a piece that is longer than may wait, only the end is of use.
      const mostBytes = Math.ceil(this.#maxDelayMs / PTIME_MS + 1) * bytesPerFrame;
      if (rest.length > mostBytes) {
        const skip = Math.floor((rest.length - mostBytes) / bytesPerFrame) * bytesPerFrame;
        figures.framesShed += skip / bytesPerFrame;
        rest = rest.subarray(skip);
      }
    }
    // As much goes out at once as the lead has room for: it need not fit into the queue.
    while (rest.length > 0) {
      const room = maxBytes - queue.bytes;
      const taken = queue.push(rest, origin, nowMs, Math.max(0, room - (room % BYTES_PER_SAMPLE)));
      rest = rest.subarray(taken);
      const before = queue.bytes;
      this.#pump();
      // Who hears of a frame that has left may clear, or end the call.
      if (this.#isStopped || this.#clears !== clears) return;
      if (rest.length > 0 && queue.bytes === before) break;
    }
    if (rest.length === 0) return;
    origin.discard(rest);
    figures.framesShed += Math.ceil(rest.length / bytesPerFrame);
    this.#warn('full', { maxQueuedMs: limits.maxQueuedMs }, 'more audio is queued than may be: thrown away');
  }

  /** What makes no whole frame gets silence behind it; half a sample is lost where there is no room for its frame. */
  #fillUp(queue: PcmQueue, origin: PcmOrigin | undefined): void {
    if (origin?.hasHalf && queue.bytes >= this.#maxBytes) origin.takeHalf();
    origin?.takeOff();
    queue.flush(this.#parts.timers.monotonicMs(), origin);
  }

  /** That may be queued: whole frames. */
  get #maxBytes(): number {
    return Math.floor(this.#parts.limits.maxQueuedMs / PTIME_MS) * this.format.bytesPerFrame;
  }

  #pump(): void {
    if (this.#isStopped || this.#queue === undefined) return;
    const nowMs = this.#parts.timers.monotonicMs();
    // What is added between two ticks is no reason to send sooner what the next tick sends: the stream keeps its pace.
    if (!this.#isPaced) this.#gridMs = nowMs;
    const wanted = this.#sendDue(nowMs, false);
    if (this.#isStopped) return;
    if (wanted && !this.#isPaced) {
      this.#isPaced = true;
      this.#parts.pacer.join(this);
    }
  }

  #unpace(): void {
    if (!this.#isPaced) return;
    this.#isPaced = false;
    this.#parts.pacer.leave(this);
  }

  /**
   * Reckoned from the tick's moment, one frame is due in each, however late the tick is itself.
   *
   * @returns whether there is something left to wait for
   */
  #sendDue(nowMs: number, isTick: boolean): boolean {
    const queue = this.#queue;
    if (queue === undefined) return false;
    const { sink, limits, figures, onSent } = this.#parts;
    const leadMs = this.#maxDelayMs === undefined ? limits.leadMs : Math.min(limits.leadMs, LIVE_LEAD_MS);
    this.#shed(queue, nowMs);
    for (;;) {
      for (let mark = queue.nextMark; mark !== undefined; mark = queue.nextMark) {
        queue.takeMark();
        this.#lastSentMark = mark;
        this.#sendText(`{"action":"notify","payload":{"kodamaMark":${mark}}}`);
        if (this.#isStopped) return false;
      }
      // What makes no whole frame waits for more, until its moment is there.
      if (queue.restBytes > 0 && queue.next === undefined && this.#aheadMs(nowMs) < this.#fillUpMs) {
        if (this.#heardUntilMs >= nowMs || isTick) queue.flush(nowMs);
      }
      const frame = queue.next;
      if (frame === undefined) break;
      if (this.#heardUntilMs + PTIME_MS - this.#gridMs > leadMs) break;
      if (sink.bufferedAmount > limits.maxBufferedBytes) {
        this.#isBlocked = true;
        break;
      }
      // It could go from that moment on, and has its tick within 20 ms.
      const tickMs = this.#heardUntilMs + 2 * PTIME_MS - leadMs;
      if (this.#isPaced && !this.#isBlocked && nowMs - tickMs > LATE_MS) figures.framesLate += 1;
      queue.take();
      const heardAtMs = Math.max(nowMs, this.#heardUntilMs);
      this.#heardUntilMs = heardAtMs + PTIME_MS;
      if (this.#send(frame)) onSent?.(frame, heardAtMs);
      if (this.#isStopped) return false;
    }
    if (sink.bufferedAmount <= limits.maxBufferedBytes) this.#isBlocked = false;
    this.#wakeRoomWaits();
    this.#forgetJoint(queue, nowMs);
    // It keeps its moments where more is about to be read.
    return !queue.isEmpty || this.#isRefilling;
  }

  /** Live audio that would come too late is left out. */
  #shed(queue: PcmQueue, nowMs: number): void {
    if (this.#maxDelayMs === undefined || this.#writer === undefined) return;
    const { id } = this.#writer;
    const aheadMs = this.#aheadMs(nowMs);
    // Too much for all of it to be in time; or what comes next has waited, for a receiver or for this process.
    const excess = Math.ceil((queue.ms + aheadMs - this.#maxDelayMs) / PTIME_MS);
    const old = queue.writtenBefore(id, nowMs + aheadMs - this.#maxDelayMs);
    if (excess <= 0 && old === 0) return;
    this.#parts.figures.framesShed += queue.drop(id, Math.max(excess, old), aheadMs === 0);
  }

  /** What comes after silence is joined to nothing. */
  #forgetJoint(queue: PcmQueue, nowMs: number): void {
    if (queue.bytes === 0 && this.#aheadMs(nowMs) === 0) queue.forgetJoint();
  }

  #aheadMs(nowMs: number): number {
    return Math.max(0, this.#heardUntilMs - nowMs);
  }

  #queueHasFloor(): boolean {
    if (this.#queue === undefined) return false;
    return this.#queue.bytes > 0 || this.#aheadMs(this.#parts.timers.monotonicMs()) > 0;
  }

  /** With less than that ahead, the next moment may be too late. Live audio never has much more. */
  get #fillUpMs(): number {
    return this.#maxDelayMs === undefined ? 2 * PTIME_MS : PTIME_MS + LIVE_MARGIN_MS;
  }

  #hasRoom(): boolean {
    return this.#queuedMs <= HIGH_WATER_MS;
  }

  get #queuedMs(): number {
    return this.#queue?.ms ?? 0;
  }

  #room(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenRoom(resolve);
    return promise;
  }

  #whenRoom(callback: () => void, waterMs = HIGH_WATER_MS): void {
    if (this.#queuedMs <= waterMs) {
      callback();
      return;
    }
    this.#roomWaits ??= [];
    this.#roomWaits.push({ waterMs, callback });
  }

  #wakeRoomWaits(): void {
    const waits = this.#roomWaits;
    if (waits === undefined || waits.length === 0) return;
    const ms = this.#queuedMs;
    if (!waits.some(({ waterMs }) => ms <= waterMs)) return;
    this.#roomWaits = waits.filter(({ waterMs }) => ms > waterMs);
    for (const { waterMs, callback } of waits) if (ms <= waterMs) callback();
  }

  #madeQueue(): PcmQueue {
    this.#queue ??= new PcmQueue(this.format);
    return this.#queue;
  }

  #newOrigin(): number {
    this.#lastOrigin += 1;
    return this.#lastOrigin;
  }

  /** A socket that is closing may throw: the frame is lost with the call, and nobody else is to notice. */
  #send(frame: Buffer): boolean {
    const { sink } = this.#parts;
    if (sink.readyState !== OPEN) return false;
    try {
      sink.send(frame, BINARY);
    } catch (err) {
      this.#warn('send', { err }, 'the socket does not take what is sent');
      return false;
    }
    this.#parts.figures.framesOut += 1;
    this.#parts.figures.bytesOut += frame.length;
    this.#sentSinceClear = true;
    return true;
  }

  #sendText(text: string): void {
    try {
      this.#parts.sink.send(text, TEXT);
    } catch (err) {
      this.#warn('send', { err }, 'the socket does not take what is sent');
    }
  }

  #warn(kind: Warning, fields: object, message: string): void {
    if (this.#warned?.has(kind)) return;
    this.#warned ??= new Set();
    this.#warned.add(kind);
    this.#parts.warn(fields, message);
  }
}
