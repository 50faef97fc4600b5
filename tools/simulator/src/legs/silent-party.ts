import { LegParty } from './leg-party.ts';

/** The one at the other end of a telephone: there, and silent. */
export class SilentParty extends LegParty {
  override speak(): undefined {
    return undefined;
  }

  override hear(): void {}
}
