import type { CallReport } from '../call/call-report.ts';
import type { Check, Scope } from './check.ts';

/** The simulator's own verdict. */
export const verdictCheck = (verdict: CallReport['verdict'], scope: Scope): Check =>
  reportCheck(`the call's verdict is ${verdict}`, scope, (report) => ({
    passed: report.verdict === verdict,
    found: `it is ${report.verdict}`,
  }));

/** That the application did nothing wrong. */
export const problemsCheck = (scope: Scope): Check =>
  reportCheck('the application does nothing wrong', scope, ({ problems }) => ({
    passed: problems.length === 0,
    found: problems.join('; ') || 'no problems',
  }));

function reportCheck(
  text: string,
  { watch }: Scope,
  look: (report: CallReport) => { passed: boolean; found: string },
): Check {
  return {
    text,
    isLive: false,
    deadlineMs: (graceMs) => graceMs,
    look: () =>
      watch.report
        ? { ...look(watch.report), isFinal: true }
        : { passed: false, found: 'the call is not over', isFinal: false },
  };
}
