import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeCallIds } from './call-ids.ts';
import { type CallReport, emptyReport } from './call-report.ts';
import { judge } from './judge.ts';

/** The report of a call of one frame in which nothing was wrong. */
const goodReport = (figures: Partial<CallReport>): CallReport => ({
  ...emptyReport(makeCallIds(), new URL('http://127.0.0.1/ncco'), 'GET'),
  framesPlanned: 1,
  framesSent: 1,
  framesEchoed: 1,
  closeCode: 1000,
  closedBy: 'caller',
  ...figures,
});

test('own lateness is noted when its 99th percentile is above half a frame, and fails nothing', () => {
  for (const [p99, notes] of [
    [10, 0],
    [10.001, 1],
  ] as const) {
    const report = goodReport({ ownLatenessMs: { p99, max: 30 } });
    judge(report, []);
    assert.deepEqual([report.verdict, report.notes.length], ['passed', notes], `p99 ${p99} ms`);
  }
});

test('an event that was not answered fails a call whose audio was good', () => {
  const report = goodReport({});
  judge(report, ['the started event was answered with status 500']);
  assert.equal(report.verdict, 'failed');
});
