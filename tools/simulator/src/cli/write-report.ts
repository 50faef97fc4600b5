import { writeFile } from 'node:fs/promises';
import type { CallReport } from '../call/call-report.ts';
import type { HeardTrack } from '../heard/heard-track.ts';
import { reportHtml, reportSvg } from '../heard/report-html.ts';
import { outputFile } from './output-file.ts';
import { callLines } from './report-text.ts';

/** @throws {UsageError} where a report is none that can be written. */
export const reportFile = (file: string | undefined, directory: string): string | undefined =>
  file === undefined ? undefined : outputFile('--report', file, directory, ['.html', '.svg']);

/**
 * Writes the page, or the picture, of a call.
 *
 * @returns false where it could not be written, which has been told then.
 */
export async function writeReport(
  path: string | undefined,
  report: CallReport | undefined,
  heard: HeardTrack | undefined,
  title = 'A call',
): Promise<boolean> {
  if (path === undefined || !report) return true;
  try {
    await writeFile(path, contents(path, report, heard, title));
    return true;
  } catch (error) {
    console.error(`cannot write ${path}: ${(error as Error).message}`);
    return false;
  }
}

function contents(path: string, report: CallReport, heard: HeardTrack | undefined, title: string): string {
  if (/\.svg$/i.test(path) && heard) return reportSvg(heard);
  const { verdict, problems, notes, events, timeline } = report;
  const told = ['note', 'problem', 'ncco'];
  return reportHtml({
    title,
    verdict: verdict === 'passed' ? 'passed: the application did nothing wrong' : 'failed',
    passed: verdict === 'passed',
    problems,
    notes,
    facts: callLines(report).filter(([name]) => !told.includes(name)),
    events,
    timeline,
    track: heard,
  });
}
