import type { CallReport } from '../call/call-report.ts';
import type { CallsReport, CallsSummary } from '../call/place-calls.ts';
import type { HeardTrack } from '../heard/heard-track.ts';
import { waveformText } from '../heard/waveform-text.ts';
import { contentTypeOf } from '../media/audio-format.ts';
import type { Distribution } from '../media/distribution.ts';

/** Width of the column of names. */
const NAME_WIDTH = 13;

type Line = [name: string, value: string];

/**
 * The report for people: one call in full; many as a summary, with a line for each one that failed.
 *
 * @param heard what the caller of the only call heard, to be drawn.
 * @param columns of the terminal.
 */
export function reportText({ summary, calls }: CallsReport, heard?: HeardTrack, columns = 80): string {
  const [only] = calls;
  const isOne = only !== undefined && calls.length === 1;
  const lines = isOne ? callLines(only) : summaryLines(summary, calls);
  const picture = isOne && heard && heard.durationMs > 0 ? `\n${waveformText(heard, columns).trimEnd()}\n\n` : '';
  return `${linesText(lines)}${picture}${verdictLine(summary, calls)}\n`;
}

/** Lines of names and values, one below the other. */
const linesText = (lines: readonly Line[]): string =>
  lines.map(([name, value]) => `${name.padEnd(NAME_WIDTH)}${value}\n`).join('');

/** The figures of one call. */
export function callLines(call: CallReport): Line[] {
  const lines: Line[] = [
    ['call', call.conversationUuid],
    ['legs', `${call.legUuid} (caller), ${call.socketLegUuid} (websocket)`],
    ['answer', `${call.answerMethod} ${call.answerUrl}${call.answerMs === null ? '' : `, ${ms(call.answerMs)}`}`],
  ];
  for (const { kind, text } of call.timeline) if (kind === 'action') lines.push(['ncco', text]);
  if (call.socketUri !== null && call.sampleRateHz !== null) {
    const opened = call.socketOpenMs === null ? 'not opened' : `open after ${ms(call.socketOpenMs)}`;
    lines.push(['socket', `${call.socketUri}, ${contentTypeOf(call.sampleRateHz)}, ${opened}`]);
  }
  if (call.framesSent > 0) lines.push(['frames', frames(call)]);
  if (call.framesReceived > 0) lines.push(['heard', heard(call)]);
  if (call.framesEchoed > 0) {
    lines.push(['round trip', distribution(call.roundTripMs)], ['jitter', ms(call.interarrivalJitterMs)]);
  }
  if (call.framesSent > 0) lines.push(['own lateness', lateness(call.ownLatenessMs)]);
  if (call.textMessages + call.dtmfSent > 0) {
    lines.push([
      'text',
      `${call.textMessages} ${call.textMessages === 1 ? 'message' : 'messages'} received, ${call.dtmfSent} DTMF ${call.dtmfSent === 1 ? 'key' : 'keys'} sent`,
    ]);
  }
  lines.push(['events', events(call)]);
  if (call.closeCode !== null) lines.push(['closed', `by the ${call.closedBy} with ${call.closeCode}`]);
  if (call.aborted) lines.push(['note', `hung up early: ${call.framesSent} frames were sent`]);
  for (const note of call.notes) lines.push(['note', note]);
  for (const problem of call.problems) lines.push(['problem', problem]);
  return lines;
}

function summaryLines(summary: CallsSummary, calls: readonly CallReport[]): Line[] {
  const lines: Line[] = [
    [
      'calls',
      `${summary.calls} at the same time, ${summary.calls - summary.callsFailed} passed, ${summary.callsFailed} failed`,
    ],
    ['frames', frames({ ...summary, expectsEcho: calls.some((call) => call.expectsEcho) })],
    ['worst call', 'the figures below are each the worst of any call'],
    ['answer', ms(summary.worstAnswerMs)],
    ['round trip', distribution(summary.worstRoundTripMs)],
    ['jitter', ms(summary.worstInterarrivalJitterMs)],
    ['own lateness', lateness(summary.worstOwnLatenessMs)],
    ['events', events(summary)],
  ];
  for (const note of new Set(calls.flatMap((call) => call.notes))) lines.push(['note', note]);
  for (const call of calls) {
    if (call.verdict === 'failed') lines.push(['failed', `${call.conversationUuid}: ${call.problems.join('; ')}`]);
  }
  return lines;
}

function verdictLine(
  { verdict, voidReason, calls: count, callsFailed }: CallsSummary,
  calls: readonly CallReport[],
): string {
  const ofEvery = count > 1 ? ' of every call' : '';
  const isEcho = calls.some((call) => call.expectsEcho);
  switch (verdict) {
    case 'void':
      return `void: ${voidReason}`;
    case 'passed':
      return isEcho ? `passed: every frame${ofEvery} came back unaltered` : 'passed: the application did nothing wrong';
    case 'aborted':
      return isEcho ? `aborted: every frame${ofEvery} that was sent came back unaltered` : 'aborted: hung up early';
    case 'failed':
      if (count === 1 && calls.every(neverEchoed)) return `failed: see the problems above; ${NOT_AN_ECHO}`;
      return count > 1 ? `failed: ${callsFailed} of ${count} calls` : 'failed: see the problems above';
  }
}

/** What it sent was never what it had heard. */
const neverEchoed = ({ expectsEcho, framesSent, framesReceived, framesEchoed }: CallReport): boolean =>
  expectsEcho && framesEchoed === 0 && framesSent > 50 && framesReceived > 0;

const NOT_AN_ECHO = 'an application that is not to echo its callers is called with --no-echo';

type Frames = Pick<
  CallReport,
  | 'framesSent'
  | 'framesEchoed'
  | 'framesMissing'
  | 'framesAltered'
  | 'framesUnexpected'
  | 'framesWrongSize'
  | 'expectsEcho'
>;

function frames(counts: Frames): string {
  const { framesSent, framesEchoed, framesMissing, framesAltered, framesUnexpected, framesWrongSize } = counts;
  if (!counts.expectsEcho) return `${framesSent} sent`;
  const rare = [
    framesUnexpected > 0 ? `, ${framesUnexpected} unexpected` : '',
    framesWrongSize > 0 ? `, ${framesWrongSize} of a wrong size` : '',
  ];
  return `${framesSent} sent, ${framesEchoed} echoed, ${framesMissing} missing, ${framesAltered} altered${rare.join('')}`;
}

function heard(call: CallReport): string {
  const gaps =
    call.gapCount === 0
      ? 'no gaps'
      : `${call.gapCount} ${call.gapCount === 1 ? 'gap' : 'gaps'}, the longest of ${call.longestGapMs} ms`;
  const rare = [
    call.framesOverflowed > 0 ? `, ${call.framesOverflowed} found no room` : '',
    call.framesCleared > 0 ? `, ${call.framesCleared} cleared` : '',
  ];
  return `${call.framesReceived} frames received, ${call.framesPlayed} played, ${gaps}, at most ${call.longestQueueMs} ms queued${rare.join('')}`;
}

function events({ eventsSent, eventsFailed }: Pick<CallReport, 'eventsSent' | 'eventsFailed'>): string {
  return `${eventsSent} sent, ${eventsSent - eventsFailed} answered 2xx`;
}

const distribution = (d: Distribution | null) =>
  d === null ? 'not measured' : `p50 ${ms(d.p50)}, p99 ${ms(d.p99)}, max ${ms(d.max)}`;

const lateness = (l: { p99: number; max: number } | null) =>
  l === null ? 'not measured' : `p99 ${ms(l.p99)}, max ${ms(l.max)}`;

const ms = (value: number | null) => (value === null ? 'not measured' : `${value.toFixed(2)} ms`);
