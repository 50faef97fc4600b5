import type { Party } from '../media/conversation.ts';
import type { Leg } from './leg.ts';

/** A leg's place in a conversation: whether it is heard, and hears, is the leg's own business. */
export abstract class LegParty implements Party {
  readonly leg: Leg;

  constructor(leg: Leg) {
    this.leg = leg;
  }

  get legUuid(): string {
    return this.leg.uuid;
  }

  get muted(): boolean {
    return this.leg.muted;
  }

  get earmuffed(): boolean {
    return this.leg.earmuffed;
  }

  abstract speak(dueMs: number): Buffer | undefined;
  abstract hear(frame: Buffer | undefined, dueMs: number): void;
}
