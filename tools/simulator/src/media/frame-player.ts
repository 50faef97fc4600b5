interface Track {
  readonly frames: readonly Buffer[];
  /** Times that are left; infinite: for ever. */
  loops: number;
  index: number;
  readonly done: (whole: boolean) => void;
}

/** Plays frames one after the other, a frame a tick. */
export class FramePlayer {
  /** Frames, of all that was ever played. */
  played = 0;
  readonly #tracks: Track[] = [];

  get isPlaying(): boolean {
    return this.#tracks.length > 0;
  }

  /**
   * Plays the frames after whatever is being played.
   *
   * @param loop how often; 0: until it is stopped.
   * @returns fulfilled when the last one was played: true; or when it was stopped: false.
   */
  play(frames: readonly Buffer[], loop = 1): Promise<boolean> {
    if (frames.length === 0) return Promise.resolve(true);
    const { promise, resolve: done } = Promise.withResolvers<boolean>();
    this.#tracks.push({ frames, loops: loop === 0 ? Number.POSITIVE_INFINITY : loop, index: 0, done });
    return promise;
  }

  stop(): void {
    for (const { done } of this.#tracks.splice(0)) done(false);
  }

  /** The frame of this tick, or nothing. */
  next(): Buffer | undefined {
    const [track] = this.#tracks;
    if (!track) return undefined;
    const frame = track.frames[track.index++];
    this.played++;
    if (track.index === track.frames.length) {
      track.index = 0;
      track.loops--;
    }
    if (track.loops === 0) {
      this.#tracks.shift();
      track.done(true);
    }
    return frame;
  }
}
