import { bytesPerFrame, type SampleRateHz, toInt16 } from './audio-format.ts';
import type { PacedStream } from './frame-clock.ts';

/** Whoever takes part in a conversation: a person, an application's socket, an announcement. */
export interface Party {
  /** The leg's id; of an announcement none. */
  readonly legUuid: string | undefined;
  /** Nobody hears it. */
  readonly muted: boolean;
  /** It hears nobody. */
  readonly earmuffed: boolean;
  /** Legs that hear it, or that it hears; undefined: all. */
  readonly canSpeak?: readonly string[] | undefined;
  readonly canHear?: readonly string[] | undefined;
  /**
   * What it says in this tick: one frame of the conversation's rate, or nothing. Called before anybody hears.
   *
   * @param dueMs the moment of the tick, in the frame clock's time.
   */
  speak(dueMs: number): Buffer | undefined;
  /** All that it hears in this tick: the sum of everyone else. */
  hear(frame: Buffer | undefined, dueMs: number): void;
}

/** Joins parties: in each tick of 20 ms everyone hears the mix of all others, and never itself. */
export class Conversation implements PacedStream {
  readonly sampleRateHz: SampleRateHz;
  #parties: readonly Party[] = [];
  #open = true;

  constructor(sampleRateHz: SampleRateHz) {
    this.sampleRateHz = sampleRateHz;
  }

  get parties(): readonly Party[] {
    return this.#parties;
  }

  join(party: Party): void {
    if (!this.#parties.includes(party)) this.#parties = [...this.#parties, party];
  }

  leave(party: Party): void {
    this.#parties = this.#parties.filter((one) => one !== party);
  }

  /** Nobody speaks any more: the clock lets go of it. */
  end(): void {
    this.#open = false;
  }

  onFrameDue(_index: number, dueMs: number): boolean {
    if (!this.#open) return false;
    const parties = this.#parties;
    const said = parties.map((party) => (party.muted ? drop(party.speak(dueMs)) : party.speak(dueMs)));
    for (let index = 0; index < parties.length; index++) {
      (parties[index] as Party).hear(mixFor(index, parties, said), dueMs);
    }
    return this.#open;
  }
}

/** All that one party hears. Hot: once a party in 20 ms. */
function mixFor(own: number, parties: readonly Party[], said: readonly (Buffer | undefined)[]): Buffer | undefined {
  const listener = parties[own] as Party;
  if (listener.earmuffed) return undefined;
  let only: Buffer | undefined;
  let mix: Buffer | undefined;
  for (let index = 0; index < said.length; index++) {
    const frame = said[index];
    if (frame === undefined || index === own || !reaches(parties[index] as Party, listener)) continue;
    if (only === undefined) {
      only = frame;
      continue;
    }
    // Only where two speak at once is there anything to add up; one voice alone stays the very bytes that it is.
    mix ??= Buffer.from(only);
    addTo(mix, frame);
  }
  return mix ?? only;
}

const drop = (_frame: Buffer | undefined): undefined => undefined;

function reaches(speaker: Party, listener: Party): boolean {
  const { canSpeak, legUuid: speakerUuid } = speaker;
  const { canHear, legUuid: listenerUuid } = listener;
  if (canSpeak && !(listenerUuid && canSpeak.includes(listenerUuid))) return false;
  return !(canHear && !(speakerUuid && canHear.includes(speakerUuid)));
}

/** Adds samples of signed 16 bits, held at full scale. */
export function addTo(mix: Buffer, frame: Buffer): void {
  for (let at = 0; at + 1 < mix.length && at + 1 < frame.length; at += 2) {
    mix.writeInt16LE(toInt16(mix.readInt16LE(at) + frame.readInt16LE(at)), at);
  }
}

/** A frame of silence. The same buffer each time: it is not to be written to. */
export function silence(sampleRateHz: SampleRateHz): Buffer {
  const known = silences.get(sampleRateHz);
  if (known) return known;
  const frame = Buffer.alloc(bytesPerFrame(sampleRateHz));
  silences.set(sampleRateHz, frame);
  return frame;
}

const silences = new Map<SampleRateHz, Buffer>();
