import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Timeline } from './call-timeline.ts';
import { Findings } from './findings.ts';

describe('findings', () => {
  it('are sentences, with the rule where there is one, and lines of the timeline', () => {
    const timeline = new Timeline();
    const findings = new Findings(timeline);
    findings.problem('the reply is late', '1.3.3');
    findings.problem('the caller hung up');
    findings.note('the reply is odd', '4.4.2');
    findings.note('keys were left');
    assert.deepEqual(findings.problems, ['the reply is late [rule 1.3.3]', 'the caller hung up']);
    assert.deepEqual(findings.notes, ['the reply is odd [rule 4.4.2]', 'keys were left']);
    assert.deepEqual(
      timeline.entries.map(({ kind, text }) => [kind, text]),
      [
        ['problem', 'the reply is late [rule 1.3.3]'],
        ['problem', 'the caller hung up'],
        ['note', 'the reply is odd [rule 4.4.2]'],
        ['note', 'keys were left'],
      ],
    );
  });

  it('are told once each; what is a problem may be a note as well', () => {
    const timeline = new Timeline();
    const findings = new Findings(timeline);
    for (let i = 0; i < 3; i++) {
      findings.problem('a');
      findings.note('a');
    }
    findings.problem('a', '1.2.1');
    assert.deepEqual([findings.problems, findings.notes], [['a', 'a [rule 1.2.1]'], ['a']]);
    assert.equal(timeline.entries.length, 3);
  });

  it('are 50 problems and 50 notes at most, and a sentence that says so', () => {
    const timeline = new Timeline();
    const findings = new Findings(timeline);
    for (let i = 1; i <= 50; i++) {
      findings.problem(String(i));
      findings.note(String(i));
    }
    assert.deepEqual([findings.problems.length, findings.problems.at(-1), findings.notes.length], [50, '50', 50]);
    for (let i = 51; i <= 1000; i++) findings.problem(String(i));
    assert.deepEqual(findings.problems.slice(49), ['50', '… and more: the first 50 are told']);
    assert.equal(findings.notes.length, 50);
    findings.note('51');
    assert.deepEqual(findings.notes.slice(49), ['50', '… and more: the first 50 are told']);
    assert.equal(timeline.entries.length, 102);
  });
});
