import { type AudioOut, bytesOf, type PcmConverter, pcmConverter } from '@kodama/handler-kit';
import { AudioBlocks } from './audio-blocks.ts';
import { type ResponseTruncated, SERVICE_AUDIO, SERVICE_BYTES_PER_MS } from './protocol.ts';

/**
 * Of what the service has sent ahead, so much waits here before its socket is left unread. It is read as long as that on
 * purpose: a `speech.started` comes behind the audio that was sent before it, and must not wait until that has been played.
 */
const MOST_WAITING_BYTES = 30_000 * SERVICE_BYTES_PER_MS;

/** Down to this it is read on. */
const ROOM_BYTES = MOST_WAITING_BYTES - 1000 * SERVICE_BYTES_PER_MS;

/**
 * A response is begun when so much of it is there, or all of it: without a head start, a service that sends at the pace of
 * speech would make a gap each time that a piece comes a little late.
 */
const HEAD_START_BYTES = 100 * SERVICE_BYTES_PER_MS;

/** A response that waits counts as so much of it: one without audio takes memory as well. */
const RESPONSE_BYTES = 1000;

/** Converted at a time: converting minutes at once would keep all other calls waiting. */
const BLOCK_BYTES = 100 * SERVICE_BYTES_PER_MS;

interface Response {
  readonly id: string;
  /** What has come of it so far. */
  bytes: number;
  readonly waiting: AudioBlocks;
  /** One of its own: what is left in it when the response is cut off does not sound in the next one. */
  readonly converter: PcmConverter;
  /** Samples at the call's rate that were written before this response. */
  from: number;
  /** Samples at the call's rate that were written of it. */
  written: number;
  /** All of it has come. */
  isComplete: boolean;
  /** All of it has come, and was written. */
  isWritten: boolean;
}

/** Plays the service's responses to the caller, and knows how much of each he has heard. */
export class ResponsePlayer {
  readonly #out: AudioOut;
  /** Those of which the caller may not have heard all, the oldest first. */
  #responses: Response[] = [];
  /** Whose audio comes now. */
  #incoming: Response | undefined;
  #waitingBytes = 0;
  /** All that was ever written, samples at the call's rate. */
  #written = 0;
  #isOutFull = false;
  readonly #roomWaits: (() => void)[] = [];
  readonly #writtenWaits: (() => void)[] = [];

  constructor(out: AudioOut) {
    this.#out = out;
  }

  /** What comes from now on is this response, which is played behind those before it. */
  begin(id: string): void {
    this.#complete();
    const heard = this.#heard();
    this.#responses = this.#responses.filter((response) => !isHeard(response, heard));
    this.#incoming = {
      id,
      bytes: 0,
      waiting: new AudioBlocks(BLOCK_BYTES),
      converter: pcmConverter(SERVICE_AUDIO, this.#out.format),
      from: this.#written,
      written: 0,
      isComplete: false,
      isWritten: false,
    };
    this.#responses.push(this.#incoming);
    this.#waitingBytes += RESPONSE_BYTES;
  }

  /** Audio of the response that has begun, of any length; with none, it is dropped. */
  add(audio: Buffer): void {
    if (this.#incoming === undefined) return;
    this.#incoming.waiting.push(audio);
    this.#incoming.bytes += audio.length;
    this.#waitingBytes += audio.length;
    this.#pump();
  }

  /** A sign to wait for `room` before more is read from the service. */
  get isFull(): boolean {
    return this.#waitingBytes > MOST_WAITING_BYTES;
  }

  /** Fulfilled when there is room for more; never where the call ends before. */
  room(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#roomWaits.push(resolve);
    this.#wake();
    return promise;
  }

  /** That was all of the response. */
  finish(id: string): void {
    if (this.#incoming?.id === id) this.#complete();
  }

  /** Nothing more comes of whatever has begun: what is there of it is played. */
  lose(): void {
    this.#complete();
  }

  /**
   * The caller talks: silence at once, and nothing of what still comes of this response.
   *
   * @returns what the service is to know: each response of which he has not heard all
   */
  interrupt(): ResponseTruncated[] {
    const heard = this.#heard();
    const cut = this.#responses.filter((response) => !isHeard(response, heard));
    this.#responses = [];
    this.#incoming = undefined;
    this.#waitingBytes = 0;
    if (cut.length > 0) this.#out.clear();
    this.#wake();
    return cut.map((response) => ({
      type: 'response.truncated',
      responseId: response.id,
      heardMs: Math.round((heardOf(response, heard) * 1000) / this.#out.format.sampleRateHz),
    }));
  }

  /** Fulfilled when the caller has heard all that has come; rejects, or never settles, where the call ends before. */
  async played(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#complete();
    this.#writtenWaits.push(resolve);
    this.#wake();
    await promise;
    await this.#out.played();
  }

  #complete(): void {
    if (this.#incoming === undefined) return;
    this.#incoming.isComplete = true;
    this.#incoming = undefined;
    this.#pump();
  }

  /** Writes what waits, until the call's own queue has enough. */
  #pump(): void {
    for (const response of this.#responses) {
      if (response.isWritten) continue;
      if (!response.isComplete && response.bytes < HEAD_START_BYTES) break;
      for (;;) {
        if (this.#isOutFull) return;
        const block = response.waiting.shift();
        if (block === undefined) break;
        this.#waitingBytes -= block.length;
        this.#write(response, response.converter.convert(block));
      }
      // What follows waits for the rest of this one.
      if (!response.isComplete) break;
      response.isWritten = true;
      this.#waitingBytes -= RESPONSE_BYTES;
      this.#write(response, response.converter.flush());
      this.#out.flush();
    }
    this.#wake();
  }

  #write(response: Response, samples: Int16Array): void {
    if (response.written === 0) response.from = this.#written;
    response.written += samples.length;
    this.#written += samples.length;
    if (this.#out.write(bytesOf(samples))) return;
    this.#isOutFull = true;
    const goOn = () => {
      this.#isOutFull = false;
      this.#pump();
    };
    // It rejects when the call is over, and then there is nothing to go on with.
    this.#out.drained().then(goOn, () => {});
    this.#wake();
  }

  /** Samples, of all that was written. */
  #heard(): number {
    return this.#written - Math.round((this.#out.unplayedMs * this.#out.format.sampleRateHz) / 1000);
  }

  #wake(): void {
    if (this.#waitingBytes <= ROOM_BYTES) for (const wake of this.#roomWaits.splice(0)) wake();
    if (this.#responses.every(({ isWritten }) => isWritten)) for (const wake of this.#writtenWaits.splice(0)) wake();
  }
}

/** @param heard samples, of all that was written */
function heardOf({ from, written }: Response, heard: number): number {
  return Math.min(Math.max(heard - from, 0), written);
}

function isHeard(response: Response, heard: number): boolean {
  return response.isWritten && heardOf(response, heard) === response.written;
}
