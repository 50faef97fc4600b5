import type { HeardTrack } from '../heard/heard-track.ts';
import { FRAME_MS } from '../media/audio-format.ts';

/** A part of the track that fits without a break. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Says whether what is heard in the tick up to `toMs` fits; nothing before `fromMs` is to be looked at. */
export type Fits = (track: HeardTrack, toMs: number, fromMs: number) => boolean;

interface Looking {
  /** Where to begin in the track. */
  readonly fromMs: number;
  readonly fits: Fits;
  /** What has to be there after a tick before it can be looked at. */
  readonly aheadMs?: number;
}

/** Looks for stretches of the track that fit, as it grows: each tick is looked at once. */
export class Stretches {
  readonly #track: HeardTrack;
  readonly #looking: Looking;
  readonly #found: Stretch[] = [];
  #lookedMs: number;

  constructor(track: HeardTrack, looking: Looking) {
    this.#track = track;
    this.#looking = looking;
    this.#lookedMs = looking.fromMs;
  }

  /**
   * All of them until now; the last one may still grow.
   *
   * @param isOver nothing more will come.
   */
  all(isOver: boolean): readonly Stretch[] {
    const { fits, fromMs, aheadMs = 0 } = this.#looking;
    const endMs = this.#track.durationMs - (isOver ? 0 : aheadMs);
    while (this.#lookedMs + FRAME_MS <= endMs) {
      const toMs = this.#lookedMs + FRAME_MS;
      if (fits(this.#track, toMs, fromMs)) this.#add(this.#lookedMs, toMs);
      this.#lookedMs = toMs;
    }
    return this.#found;
  }

  #add(fromMs: number, toMs: number): void {
    const last = this.#found.at(-1);
    if (last?.toMs === fromMs) this.#found[this.#found.length - 1] = { fromMs: last.fromMs, toMs };
    else this.#found.push({ fromMs, toMs });
  }
}

export const lengthOf = ({ fromMs, toMs }: Stretch): number => toMs - fromMs;

export const longestOf = (stretches: readonly Stretch[]): Stretch | undefined =>
  stretches.reduce<Stretch | undefined>(
    (longest, one) => (longest && lengthOf(longest) >= lengthOf(one) ? longest : one),
    undefined,
  );
