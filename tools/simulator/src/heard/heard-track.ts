import { FRAME_MS, type SampleRateHz } from '../media/audio-format.ts';
import { FrameStore } from './frame-store.ts';
import { gapsIn } from './gaps.ts';

/** A label at a moment of the track. */
export interface Mark {
  /** Since the track's first tick, ms. */
  readonly atMs: number;
  readonly text: string;
}

/** Ticks without audio between two with it. */
export interface GapCounts {
  readonly count: number;
  readonly longestMs: number;
  readonly totalMs: number;
}

/**
 * What the caller said and heard, tick by tick of 20 ms. It takes the memory of the audio that it holds, 16 bits a sample:
 * for two hours at 16 kHz, 230 MB a direction.
 */
export class HeardTrack {
  readonly sampleRateHz: SampleRateHz;
  readonly #said: FrameStore;
  readonly #heard: FrameStore;
  readonly #marks: Mark[] = [];
  #ticks = 0;

  constructor(sampleRateHz: SampleRateHz) {
    this.sampleRateHz = sampleRateHz;
    this.#said = new FrameStore(sampleRateHz);
    this.#heard = new FrameStore(sampleRateHz);
  }

  /**
   * One tick. Hot: once in 20 ms a call. The frames are copied.
   *
   * @param said a frame of signed 16-bit little-endian samples; undefined where the caller said nothing.
   * @param heard the same of what was played to him; undefined where no audio was there in time.
   */
  add(said: Buffer | undefined, heard: Buffer | undefined): void {
    this.#said.add(said);
    this.#heard.add(heard);
    this.#ticks++;
  }

  /** Puts a label at the present end of the track. */
  mark(text: string): void {
    this.#marks.push({ atMs: this.durationMs, text });
  }

  get marks(): readonly Mark[] {
    return this.#marks;
  }

  get durationMs(): number {
    return this.#ticks * FRAME_MS;
  }

  /** Of what was heard; before its first frame and after its last one there is no gap. */
  gaps(): GapCounts {
    let longest = 0;
    let total = 0;
    const gaps = gapsIn(this.#heard.presence());
    for (const { fromTick, toTick } of gaps) {
      longest = Math.max(longest, toTick - fromTick);
      total += toTick - fromTick;
    }
    return { count: gaps.length, longestMs: longest * FRAME_MS, totalMs: total * FRAME_MS };
  }

  /** A copy of what the caller said, from one moment up to another; silence where he said nothing. */
  said(fromMs = 0, toMs: number = this.durationMs): Int16Array {
    return this.#said.samples(this.#sampleAt(fromMs), this.#sampleAt(toMs));
  }

  /** A copy of what the caller heard, from one moment up to another; silence where there was nothing to hear. */
  heard(fromMs = 0, toMs: number = this.durationMs): Int16Array {
    return this.#heard.samples(this.#sampleAt(fromMs), this.#sampleAt(toMs));
  }

  /** A value a tick: 1 where the caller said something, silence included. */
  saidPresence(): Uint8Array {
    return this.#said.presence();
  }

  /** A value a tick: 1 where there was audio to hear, silence included. */
  heardPresence(): Uint8Array {
    return this.#heard.presence();
  }

  /** Moments beyond the track are taken as its ends. */
  #sampleAt(ms: number): number {
    return Math.round((Math.min(Math.max(ms, 0), this.durationMs) * this.sampleRateHz) / 1000);
  }
}
