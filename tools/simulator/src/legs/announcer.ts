import type { Party } from '../media/conversation.ts';
import { FramePlayer } from '../media/frame-player.ts';

/** What an NCCO plays to everybody in the conversation. */
export class Announcer implements Party {
  readonly player = new FramePlayer();
  readonly legUuid = undefined;
  readonly muted = false;
  readonly earmuffed = true;
  #quiet: Promise<unknown> = Promise.resolve();
  #barged: AbortController | undefined;

  /** Fulfilled when nothing is played any more beside the actions. */
  get quiet(): Promise<unknown> {
    return this.#quiet;
  }

  /** Whether a talk or stream with `bargeIn` is still to be followed by its input. */
  get isBargeInOn(): boolean {
    return this.#barged !== undefined;
  }

  /**
   * Plays beside the actions, after what is played so already.
   *
   * @param start plays until the signal is aborted; fulfilled when it is over.
   * @returns what stops it, and all that is played so until the input; and what is fulfilled when it is over.
   */
  playBeside(start: (stopped: AbortSignal) => Promise<unknown>): { stop: () => void; over: Promise<void> } {
    this.#barged ??= new AbortController();
    const barged = this.#barged;
    const over = this.#quiet.then(async () => {
      if (!barged.signal.aborted) await start(barged.signal);
    });
    this.#quiet = over;
    return { stop: () => barged.abort(), over };
  }

  /** The input is there: what is played from now on holds up the next action again. */
  endBargeIn(): void {
    this.#barged = undefined;
  }

  speak(): Buffer | undefined {
    return this.player.next();
  }

  hear(): void {}
}
