import type { HeardTrack } from '../heard/heard-track.ts';
import { addTo } from '../media/conversation.ts';
import { FramePlayer } from '../media/frame-player.ts';
import type { Leg } from './leg.ts';
import { LegParty } from './leg-party.ts';

/** The person who calls: says what he is told to, and hears the rest. */
export class Caller extends LegParty {
  readonly speech = new FramePlayer();
  /** What REST plays into this leg alone. */
  readonly played = new FramePlayer();
  canSpeak: readonly string[] | undefined;
  canHear: readonly string[] | undefined;
  readonly #track: HeardTrack | undefined;
  #said: Buffer | undefined;

  /** @param track undefined: nobody wants to know what he heard. */
  constructor(leg: Leg, track: HeardTrack | undefined) {
    super(leg);
    this.#track = track;
  }

  override speak(): Buffer | undefined {
    this.#said = this.speech.next();
    return this.#said;
  }

  override hear(frame: Buffer | undefined): void {
    this.#track?.add(this.#said, withPlayed(frame, this.played.next()));
  }
}

/** What is heard where something is played on top of it. */
export function withPlayed(frame: Buffer | undefined, played: Buffer | undefined): Buffer | undefined {
  if (!frame || !played) return frame ?? played;
  const mix = Buffer.from(frame);
  addTo(mix, played);
  return mix;
}
