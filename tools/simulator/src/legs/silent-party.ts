import type { Party } from '../media/conversation.ts';
import type { Leg } from './leg.ts';

/** The one at the other end of a telephone: there, and silent. */
export class SilentParty implements Party {
  readonly #leg: Leg;

  constructor(leg: Leg) {
    this.#leg = leg;
  }

  get legUuid(): string {
    return this.#leg.uuid;
  }

  get muted(): boolean {
    return this.#leg.muted;
  }

  get earmuffed(): boolean {
    return this.#leg.earmuffed;
  }

  speak(): undefined {
    return undefined;
  }

  hear(): void {}
}
