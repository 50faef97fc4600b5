import { type SwitchId, type SwitchValue, switches } from './switches.ts';

/** Says how the platform behaves where its documents leave that open: a value for each switch, its default unless given. */
export class RuleSettings {
  readonly #given: Partial<Record<SwitchId, string>>;

  /** @param given values as {@link parseRuleSetting} returns them. */
  constructor(given: Partial<{ [Id in SwitchId]: SwitchValue<Id> }> = {}) {
    this.#given = given;
  }

  /** Says whether the switch of this rule is at this value. */
  is<Id extends SwitchId>(id: Id, value: SwitchValue<Id>): boolean {
    return this.value(id) === value;
  }

  value<Id extends SwitchId>(id: Id): SwitchValue<Id> {
    return (this.#given[id] ?? switches[id][0]) as SwitchValue<Id>;
  }
}
