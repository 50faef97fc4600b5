import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryLogger } from '@kodama/shared/testing';
import { Outage } from './outage.ts';
import { TimelineStoreUnavailableError } from './timeline-store-unavailable-error.ts';

describe('an outage', () => {
  it('is not over for an event that needs nothing of what is away', async (t) => {
    const { logger, lines } = memoryLogger();
    const outage = new Outage('timelines', logger);
    const stopping = new AbortController();
    t.after(() => stopping.abort());
    let away = true;
    const work = outage.outlast(async () => {
      if (away) throw new TimelineStoreUnavailableError(new Error('connection is closed'));
    }, stopping.signal);
    work.catch(() => {});
    const said = () => lines.map(({ msg }) => msg);
    await new Promise(setImmediate);
    await outage.outlast(async () => {}, stopping.signal);
    assert.deepEqual(said(), ['events wait: what they are handled with is away']);
    away = false;
    await work;
    assert.deepEqual(said(), ['events wait: what they are handled with is away', 'events are handled again']);
  });
});
