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

  it('keeps 2000 entries, counts those after them, and tells of them all the same', () => {
    const timeline = new Timeline();
    const told: TimelineEntry[] = [];
    timeline.onEntry = (entry) => told.push(entry);
    for (let i = 1; i <= 2001; i++) timeline.add('text', String(i));
    assert.deepEqual(
      timeline.entries.slice(1999).map(({ text }) => text),
      ['2000', '… 1 line left out'],
    );
    assert.deepEqual([told.length, told.at(-1)?.text], [2001, '2001']);
    timeline.add('text', '2002');
    assert.deepEqual([timeline.entries.length, timeline.entries.at(-1)?.text], [2001, '… 2 lines left out']);
  });

  it('has nothing to count where there are just 2000', () => {
    const timeline = new Timeline();
    for (let i = 1; i <= 2000; i++) timeline.add('text', String(i));
    assert.deepEqual([timeline.entries.length, timeline.entries.at(-1)?.text], [2000, '2000']);
  });

  it('has room afterwards for 500 entries on problems, the caller and the socket', () => {
    const timeline = new Timeline();
    for (let i = 1; i <= 2001; i++) timeline.add('text', String(i));
    timeline.add('problem', 'it talks too much');
    timeline.add('webhook', 'an event');
    timeline.add('caller', 'hangs up');
    timeline.add('socket', 'closed');
    assert.deepEqual(
      timeline.entries.slice(2000).map(({ text }) => text),
      ['… 2 lines left out', 'it talks too much', 'hangs up', 'closed'],
    );
    for (let i = 4; i <= 501; i++) timeline.add('socket', String(i));
    assert.equal(timeline.entries.length, 2501);
    assert.deepEqual([timeline.entries[2000]?.text, timeline.entries.at(-1)?.text], ['… 3 lines left out', '500']);
  });
});
