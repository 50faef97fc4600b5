import { FRAME_MS } from '../media/audio-format.ts';
import type { Distribution } from '../media/distribution.ts';
import { loadAudio } from '../media/recording.ts';
import type { CallOptions } from './call-options.ts';
import type { CallReport } from './call-report.ts';
import { placeGroupedCall } from './place-call.ts';

/** Many calls in one: counts are sums, times are the worst of any call. */
export interface CallsSummary {
  /** Failed where any call has; aborted where the signal hung any up, each of which is judged by what it sent; else passed. */
  verdict: 'passed' | 'failed' | 'aborted';
  calls: number;
  callsFailed: number;
  framesSent: number;
  framesEchoed: number;
  framesMissing: number;
  framesAltered: number;
  framesUnexpected: number;
  framesWrongSize: number;
  worstAnswerMs: number | null;
  worstRoundTripMs: Distribution | null;
  worstInterarrivalJitterMs: number | null;
  worstOwnLatenessMs: { p99: number; max: number } | null;
  eventsSent: number;
  eventsFailed: number;
}

export interface CallsReport {
  summary: CallsSummary;
  calls: CallReport[];
}

/**
 * Places calls at the same time. They begin to talk together, when all are set up, and their frames are spread evenly over
 * each 20 ms. Ids that are given and `out` belong to the first call; `progress` counts the frames of all.
 *
 * @throws {TypeError | RangeError | AudioError} as placeCall does, and where count is no whole number from 1.
 */
export async function placeCalls(options: CallOptions, count: number): Promise<CallsReport> {
  if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`count: ${count} is not a whole number from 1`);
  const audio = options.audio ?? (await loadAudio());
  const { ids, out, ...shared } = options;
  const firstOnly = { ...(ids && { ids }), ...(out !== undefined && { out }) };
  const starts = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const everyoneReady = Promise.all(starts.map((start) => start.promise));
  const calls = await Promise.all(
    starts.map(({ resolve: ready }, index) =>
      placeGroupedCall(
        { ...shared, ...(index === 0 && firstOnly), audio, phaseMs: (index * FRAME_MS) / count },
        { ready, everyoneReady },
      ),
    ),
  );
  return { summary: summarize(calls), calls };
}

function summarize(calls: readonly CallReport[]): CallsSummary {
  const sum = (pick: (call: CallReport) => number) => calls.reduce((total, call) => total + pick(call), 0);
  const worst = (pick: (call: CallReport) => number | null | undefined) =>
    calls.map(pick).reduce<number | null>((max, value) => (value == null ? max : Math.max(max ?? 0, value)), null);
  const callsFailed = calls.filter((call) => call.verdict === 'failed').length;
  const p50 = worst((call) => call.roundTripMs?.p50);
  const p99 = worst((call) => call.roundTripMs?.p99);
  const max = worst((call) => call.roundTripMs?.max);
  const ownP99 = worst((call) => call.ownLatenessMs?.p99);
  const ownMax = worst((call) => call.ownLatenessMs?.max);
  const unfailed = calls.some((call) => call.aborted) ? 'aborted' : 'passed';
  return {
    verdict: callsFailed === 0 ? unfailed : 'failed',
    calls: calls.length,
    callsFailed,
    framesSent: sum((call) => call.framesSent),
    framesEchoed: sum((call) => call.framesEchoed),
    framesMissing: sum((call) => call.framesMissing),
    framesAltered: sum((call) => call.framesAltered),
    framesUnexpected: sum((call) => call.framesUnexpected),
    framesWrongSize: sum((call) => call.framesWrongSize),
    worstAnswerMs: worst((call) => call.answerMs),
    worstRoundTripMs: p50 === null || p99 === null || max === null ? null : { p50, p99, max },
    worstInterarrivalJitterMs: worst((call) => call.interarrivalJitterMs),
    worstOwnLatenessMs: ownP99 === null || ownMax === null ? null : { p99: ownP99, max: ownMax },
    eventsSent: sum((call) => call.eventsSent),
    eventsFailed: sum((call) => call.eventsFailed),
  };
}
