import { subjectToken } from '@kodama/shared/messaging';
import { timelineEntriesOf } from '@kodama/shared/timeline';
import type { ConsumedEvent } from './consumed-event.ts';
import type { EventHandler } from './event-handler.ts';
import type { TimelineStore } from './timeline-store.ts';

/** Puts each event into the timeline of its call. */
export class TimelineProjector implements EventHandler {
  readonly name = 'timelines';
  readonly #store: TimelineStore;

  constructor(store: TimelineStore) {
    this.#store = store;
  }

  async handle(event: ConsumedEvent): Promise<void> {
    const { legUuid } = event.event;
    const leg = legUuid === undefined ? undefined : subjectToken(legUuid);
    const writes = timelineEntriesOf(event).map(({ conversation, entry }) => ({ conversation, leg, entry }));
    if (writes.length > 0) await this.#store.add(writes);
  }

  async ready(): Promise<void> {
    await this.#store.check();
  }
}
