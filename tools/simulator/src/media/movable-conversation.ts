import type { SampleRateHz } from './audio-format.ts';
import { Conversation, type Party } from './conversation.ts';
import { Seat } from './seat.ts';

/** A call's own conversation, whose parties may all move to another one and come back. */
export class MovableConversation {
  readonly home: Conversation;
  readonly #parties = new Set<Party>();
  /** Of the parties that are where another sample rate is spoken. */
  readonly #seats = new Map<Party, Seat>();
  #current: Conversation;
  #moves = 0;

  constructor(sampleRateHz: SampleRateHz) {
    this.home = new Conversation(sampleRateHz);
    this.#current = this.home;
  }

  /** What its parties speak and hear, wherever they are. */
  get sampleRateHz(): SampleRateHz {
    return this.home.sampleRateHz;
  }

  join(party: Party): void {
    this.#parties.add(party);
    this.#place(party);
  }

  leave(party: Party): void {
    this.#parties.delete(party);
    this.#displace(party, this.#current);
  }

  moveTo(conversation: Conversation): void {
    const before = this.#current;
    if (before === conversation) return;
    this.#current = conversation;
    this.#moves++;
    for (const party of this.#parties) {
      this.#displace(party, before);
      this.#place(party);
    }
  }

  moveHome(): void {
    this.moveTo(this.home);
  }

  /** Its parties speak no more, wherever they are. */
  end(): void {
    for (const party of [...this.#parties]) this.leave(party);
    this.home.end();
  }

  #place(party: Party): void {
    if (this.#current.sampleRateHz === this.sampleRateHz) this.#current.join(party);
    else void this.#takeSeat(party, this.#current, this.#moves);
  }

  async #takeSeat(party: Party, conversation: Conversation, move: number): Promise<void> {
    const seat = await Seat.take(party, this.sampleRateHz, conversation.sampleRateHz);
    if (move !== this.#moves || !this.#parties.has(party)) {
      seat.close();
      return;
    }
    this.#seats.set(party, seat);
    conversation.join(seat);
  }

  #displace(party: Party, from: Conversation): void {
    const seat = this.#seats.get(party);
    from.leave(seat ?? party);
    this.#seats.delete(party);
    seat?.close();
  }
}
