import type { SampleRateHz } from './audio-format.ts';
import type { Party } from './conversation.ts';
import { FrameResampler } from './frame-resampler.ts';

/** A party's place in a conversation of another sample rate than its own. */
export class Seat implements Party {
  readonly #party: Party;
  readonly #toParty: FrameResampler;
  readonly #fromParty: FrameResampler;

  private constructor(party: Party, toParty: FrameResampler, fromParty: FrameResampler) {
    this.#party = party;
    this.#toParty = toParty;
    this.#fromParty = fromParty;
  }

  static async take(party: Party, partyRateHz: SampleRateHz, conversationRateHz: SampleRateHz): Promise<Seat> {
    const toParty = await FrameResampler.create(conversationRateHz, partyRateHz);
    return new Seat(party, toParty, await FrameResampler.create(partyRateHz, conversationRateHz));
  }

  get legUuid(): string | undefined {
    return this.#party.legUuid;
  }

  get muted(): boolean {
    return this.#party.muted;
  }

  get earmuffed(): boolean {
    return this.#party.earmuffed;
  }

  get canSpeak(): readonly string[] | undefined {
    return this.#party.canSpeak;
  }

  get canHear(): readonly string[] | undefined {
    return this.#party.canHear;
  }

  speak(dueMs: number): Buffer {
    return this.#fromParty.convert(this.#party.speak(dueMs));
  }

  hear(frame: Buffer | undefined, dueMs: number): void {
    this.#party.hear(this.#toParty.convert(frame), dueMs);
  }

  close(): void {
    this.#toParty.close();
    this.#fromParty.close();
  }
}
