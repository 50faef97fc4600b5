import { FRAME_MS } from '../media/audio-format.ts';
import type { CallReport } from './call-report.ts';

/**
 * Half a frame. Round trips count from the moment when a frame was due, so they hold this process's lateness; above this
 * 99th percentile it is nearer to the next frame than to its own, and they say more of this machine than of the application.
 */
const OWN_LATENESS_LIMIT_MS = FRAME_MS / 2;

/** Completes a report whose figures are final: adds the problems that they show, and the verdict. */
export function judge(report: CallReport, eventFailures: readonly string[]): void {
  const { problems, notes } = report;
  const reached = report.failureCode === null;
  if (reached) problems.push(...mediaProblems(report));
  problems.push(...eventFailures);
  if (report.ownLatenessMs && report.ownLatenessMs.p99 > OWN_LATENESS_LIMIT_MS) {
    notes.push(
      'this process itself was late with its frames (own lateness): its round trips say little of the application',
    );
  }
  if (reached && report.aborted)
    notes.push(`hung up early: ${report.framesSent} of ${report.framesPlanned} frames were sent`);
  report.verdict = problems.length === 0 ? 'passed' : 'failed';
}

function mediaProblems(report: CallReport): string[] {
  const problems: string[] = [];
  const when = (count: number, problem: string) => count > 0 && problems.push(`${frames(count)} ${problem}`);
  when(report.framesMissing, 'did not come back');
  when(report.framesAltered, 'came back altered');
  when(report.framesUnexpected, 'came back that were not sent, or more than once');
  when(report.framesWrongSize, "had another size than one frame's: Vonage would close the call");
  if (report.framesSent === 0) problems.push('the call ended before a frame was sent');
  if (report.closedBy !== 'caller') {
    const reason = report.closeReason ? ` (${report.closeReason})` : '';
    const what = report.closedBy === 'application' ? 'the application closed the socket' : 'the connection broke';
    problems.push(
      `${what} with ${report.closeCode}${reason} after ${report.framesSent} of ${report.framesPlanned} frames`,
    );
  }
  return problems;
}

const frames = (count: number) => `${count} ${count === 1 ? 'frame' : 'frames'}`;
