import { PTIME_MS } from '@kodama/shared/voice';
import { TurnaroundHistogram } from './turnaround-histogram.ts';

/**
 * Counts and times the audio that comes in on one leg. Hot: `arrived` and `handled` run 50 times a second a leg and allocate
 * nothing. All times are handed in, ms on a monotonic clock.
 */
export class FrameMeter {
  framesIn = 0;
  bytesIn = 0;
  /** Binary messages that were not exactly one frame: neither handed on nor counted as frames. */
  framesWrongSize = 0;
  /** Pairs of frames that came more than the threshold apart. */
  gapCount = 0;
  /** Longest of the gaps, ms from frame to frame; 0 without one. */
  longestGapMs = 0;
  /** RFC 3550, 6.4.1: running mean deviation of the spacing from {@link PTIME_MS}, ms, with a gain of 1/16. */
  interarrivalJitterMs = 0;
  readonly turnaround = new TurnaroundHistogram();

  readonly #gapThresholdMs: number;
  #lastArrivalMs = Number.NaN;

  constructor(gapThresholdMs: number) {
    this.#gapThresholdMs = gapThresholdMs;
  }

  /** Binary messages, of any size. */
  get messages(): number {
    return this.framesIn + this.framesWrongSize;
  }

  /** When the last frame of the right size came; NaN before the first. */
  get lastArrivalMs(): number {
    return this.#lastArrivalMs;
  }

  arrived(bytes: number, nowMs: number): void {
    this.framesIn += 1;
    this.bytesIn += bytes;
    const spacingMs = nowMs - this.#lastArrivalMs;
    this.#lastArrivalMs = nowMs;
    // NaN for the first frame: it has no spacing, and no comparison with NaN holds.
    if (spacingMs >= 0) {
      this.interarrivalJitterMs += (Math.abs(spacingMs - PTIME_MS) - this.interarrivalJitterMs) / 16;
      if (spacingMs > this.#gapThresholdMs) {
        this.gapCount += 1;
        if (spacingMs > this.longestGapMs) this.longestGapMs = spacingMs;
      }
    }
  }

  /** @param turnaroundMs from the frame's arrival to the moment in which the handler was done with it; for an echo, it had left */
  handled(turnaroundMs: number): void {
    this.turnaround.record(turnaroundMs * 1000);
  }
}
