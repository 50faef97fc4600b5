import { timelineStoreContract } from '../testing/index.ts';
import { InMemoryTimelineStore } from './in-memory-timeline-store.ts';

timelineStoreContract('the embedded store of timelines', async () => {
  const store = new InMemoryTimelineStore();
  return { store, find: (id) => store.find(id) };
});
