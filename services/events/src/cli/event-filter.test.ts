import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callSubject } from '@kodama/shared/messaging';
import { toCallEvent } from '@kodama/shared/voice';
import { eventFilter, type FilterValues, filterSubjects, isEmpty } from './event-filter.ts';
import { UsageError } from './usage-error.ts';

const NOW = new Date('2026-11-28T10:00:00Z');
const subjects = (values: FilterValues) => filterSubjects('calls', eventFilter(values, NOW));

/** Says whether NATS would take the subject for one of the pattern, which has no wildcard but `*`. */
function matches(pattern: string, subject: string): boolean {
  const tokens = subject.split('.');
  const wanted = pattern.split('.');
  return tokens.length === wanted.length && wanted.every((token, i) => token === '*' || token === tokens[i]);
}

describe('a filter of events', () => {
  it('is every subject where nothing is asked for', () => {
    assert.deepEqual(subjects({}), ['calls.*.*.*']);
    assert.ok(isEmpty(eventFilter({}, NOW)));
  });

  it('is the subjects of a conversation, a leg or some kinds', () => {
    assert.deepEqual(subjects({ call: 'CON-1' }), ['calls.CON-1.*.*']);
    assert.deepEqual(subjects({ call: '0d9b6c' }), ['calls.*.0d9b6c.*']);
    assert.deepEqual(subjects({ kind: ['answered', 'completed'] }), ['calls.*.*.answered', 'calls.*.*.completed']);
    assert.deepEqual(subjects({ call: 'leg', kind: ['input,answered'] }), [
      'calls.*.leg.answered',
      'calls.*.leg.input',
    ]);
  });

  it('is not empty with one of its parts', () => {
    for (const values of [{ call: 'x' }, { kind: ['answered'] }, { since: '1h' }, { until: '1h' }]) {
      assert.ok(!isEmpty(eventFilter(values, NOW)), JSON.stringify(values));
    }
  });

  it('finds an event by its ids, as they came and as its subject has them', () => {
    for (const id of ['CON-1', 'a.b', 'CON-*', '>', 'none', 'x'.repeat(200), 'é', '100%', '~']) {
      const event = toCallEvent({ conversation_uuid: id, uuid: id, status: 'answered' });
      const subject = callSubject(event);
      const token = subject.split('.')[2] ?? '';
      for (const call of [id, token]) {
        assert.ok(
          subjects({ call }).some((pattern) => matches(pattern, subject)),
          call,
        );
      }
    }
    // Neither adds a wildcard of its own, nor finds another call.
    const other = callSubject(toCallEvent({ conversation_uuid: 'other', uuid: 'other', status: 'answered' }));
    for (const call of ['*', '>', '*.*', 'a.b', 'CON-*']) {
      assert.ok(!subjects({ call }).some((pattern) => matches(pattern, other)), call);
    }
  });

  it('refuses a time before which nothing can begin, and a call without a name', () => {
    assert.throws(() => eventFilter({ since: '1h', until: '2h' }, NOW), UsageError);
    assert.throws(() => eventFilter({ since: '1h', until: '1h' }, NOW), UsageError);
    assert.throws(() => eventFilter({ call: '' }, NOW), UsageError);
    assert.deepEqual(eventFilter({ since: '2h', until: '1h' }, NOW).until, new Date('2026-11-28T09:00:00Z'));
  });
});
