import type { CallReport } from '../call/call-report.ts';
import type { CallsReport, CallsSummary } from '../call/place-calls.ts';
import { contentTypeOf } from '../media/audio-format.ts';
import type { Distribution } from '../media/distribution.ts';

/** Width of the column of names. */
const NAME_WIDTH = 13;

type Line = [name: string, value: string];

/** The report for people: one call in full; many as a summary, with a line for each one that failed. */
export function reportText({ summary, calls }: CallsReport): string {
  const [only] = calls;
  const lines = only && calls.length === 1 ? callLines(only) : summaryLines(summary, calls);
  return `${lines.map(([name, value]) => `${name.padEnd(NAME_WIDTH)}${value}\n`).join('')}${verdictLine(summary)}\n`;
}

function callLines(call: CallReport): Line[] {
  const lines: Line[] = [
    ['call', call.conversationUuid],
    ['legs', `${call.legUuid} (caller), ${call.socketLegUuid} (websocket)`],
    ['answer', `${call.answerMethod} ${call.answerUrl}${call.answerMs === null ? '' : `, ${ms(call.answerMs)}`}`],
  ];
  if (call.socketUri !== null && call.sampleRateHz !== null) {
    const opened = call.socketOpenMs === null ? 'not opened' : `open after ${ms(call.socketOpenMs)}`;
    lines.push(['socket', `${call.socketUri}, ${contentTypeOf(call.sampleRateHz)}, ${opened}`]);
  }
  if (call.framesSent > 0) {
    lines.push(['frames', frames(call)], ['round trip', distribution(call.roundTripMs)]);
    lines.push(['jitter', ms(call.interarrivalJitterMs)], ['own lateness', lateness(call.ownLatenessMs)]);
  }
  if (call.textMessages + call.dtmfSent > 0) {
    lines.push(['text', `${call.textMessages} messages received, ${call.dtmfSent} DTMF keys sent`]);
  }
  lines.push(['events', events(call)]);
  if (call.closeCode !== null) lines.push(['closed', `by the ${call.closedBy} with ${call.closeCode}`]);
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
    ['frames', frames(summary)],
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

function verdictLine({ verdict, calls, callsFailed }: CallsSummary): string {
  const ofEvery = calls > 1 ? ' of every call' : '';
  if (verdict === 'passed') return `passed: every frame${ofEvery} came back unaltered`;
  if (verdict === 'aborted') return `aborted: every frame${ofEvery} that was sent came back unaltered`;
  return calls > 1 ? `failed: ${callsFailed} of ${calls} calls` : 'failed: see the problems above';
}

type Frames = Pick<
  CallReport,
  'framesSent' | 'framesEchoed' | 'framesMissing' | 'framesAltered' | 'framesUnexpected' | 'framesWrongSize'
>;

function frames(counts: Frames): string {
  const { framesSent, framesEchoed, framesMissing, framesAltered, framesUnexpected, framesWrongSize } = counts;
  const rare = [
    framesUnexpected > 0 ? `, ${framesUnexpected} unexpected` : '',
    framesWrongSize > 0 ? `, ${framesWrongSize} of a wrong size` : '',
  ];
  return `${framesSent} sent, ${framesEchoed} echoed, ${framesMissing} missing, ${framesAltered} altered${rare.join('')}`;
}

function events({ eventsSent, eventsFailed }: Pick<CallReport, 'eventsSent' | 'eventsFailed'>): string {
  return `${eventsSent} sent, ${eventsSent - eventsFailed} answered 2xx`;
}

const distribution = (d: Distribution | null) =>
  d === null ? 'not measured' : `p50 ${ms(d.p50)}, p99 ${ms(d.p99)}, max ${ms(d.max)}`;

const lateness = (l: { p99: number; max: number } | null) =>
  l === null ? 'not measured' : `p99 ${ms(l.p99)}, max ${ms(l.max)}`;

const ms = (value: number | null) => (value === null ? 'not measured' : `${value.toFixed(2)} ms`);
