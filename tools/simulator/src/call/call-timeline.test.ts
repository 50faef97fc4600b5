import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Timeline } from './call-timeline.ts';
import type { TimelineEntry } from './timeline.ts';

describe('a timeline', () => {
  it('keeps what happened, in order, with the time since it began', () => {
    const timeline = new Timeline();
    timeline.add('caller', 'says something');
    timeline.add('socket', 'open');
    const [first, second] = timeline.entries;
    assert.deepEqual([first?.kind, first?.text, second?.kind], ['caller', 'says something', 'socket']);
    assert.ok(first && second && first.atMs >= 0 && second.atMs >= first.atMs && second.atMs <= timeline.nowMs());
  });

  it('keeps 2000 entries, and tells of those after them all the same', () => {
    const timeline = new Timeline();
    const told: TimelineEntry[] = [];
    timeline.onEntry = (entry) => told.push(entry);
    for (let i = 1; i <= 2001; i++) timeline.add('text', String(i));
    assert.equal(timeline.entries.length, 2000);
    assert.equal(timeline.entries.at(-1)?.text, '2000');
    assert.deepEqual([told.length, told.at(-1)?.text], [2001, '2001']);
  });
});
