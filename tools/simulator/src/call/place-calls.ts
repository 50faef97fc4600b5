import { setTimeout as sleep } from 'node:timers/promises';
import { pause } from '../flow/live-call.ts';
import { FRAME_MS } from '../media/audio-format.ts';
import type { Distribution } from '../media/distribution.ts';
import { loadAudio } from '../media/recording.ts';
import { Simulator } from '../simulator.ts';
import type { CallReport } from './call-report.ts';
import { ALONE, checkPerformance, type GroupStart, type PlaceCallOptions, performCall } from './place-call.ts';
import { OWN_LATENESS_LIMIT_MS } from './socket-figures.ts';

/** Many calls in one: counts are sums, times are the worst of any call. */
export interface CallsSummary {
  /**
   * Failed where any call has; aborted where the signal hung any up, each of which is judged by what it sent; void where the
   * run says more of this machine than of the application, see `voidReason`; else passed.
   */
  verdict: 'passed' | 'failed' | 'aborted' | 'void';
  /** Why the run counts for nothing. */
  voidReason: string | null;
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

export interface PlaceCallsOptions extends PlaceCallOptions {
  /** New calls a second, each of which begins to talk at once. Unless given, all begin together, when all are set up. */
  readonly rampPerSecond?: number;
  /**
   * Declares the run void where this process was late with its frames: in more than a hundredth of the calls, by more than
   * 10 ms in a hundredth of the frames. False unless given.
   */
  readonly voidWhenLate?: boolean;
}

/**
 * Calls that begin together are set up at this rate: each takes this process some milliseconds, and all of them at once
 * would make it late for every one.
 */
const SET_UP_PER_SECOND = 100;
/** Calls that are ready wait so long for the others at the most, once all are under way. */
const GROUP_START_LIMIT_MS = 2000;
/** Of the calls, those that may have been paced badly before the run is void. */
const LATE_CALLS_LIMIT = 0.01;

/**
 * Places calls at the same time, their frames spread evenly over each 20 ms. Ids that are given, and files to be written,
 * belong to the first call; `progress` counts the frames of all. Calls whose turn has not come when the signal is aborted
 * are not placed.
 *
 * @throws {TypeError | RangeError | AudioError} as placeCall does, and where count is no whole number from 1.
 */
export async function placeCalls(options: PlaceCallsOptions, count: number): Promise<CallsReport> {
  if (!(Number.isInteger(count) && count >= 1)) throw new RangeError(`count: ${count} is not a whole number from 1`);
  const { rampPerSecond } = options;
  if (rampPerSecond !== undefined && !(rampPerSecond > 0)) {
    throw new RangeError(`rampPerSecond: ${rampPerSecond} is not a positive number`);
  }
  checkPerformance(options);
  const audio = options.audio ?? (await loadAudio());
  await using simulator = await Simulator.start({ expectsEcho: true, ...options });
  const { ids, out, received, onCall, ...shared } = options;
  const firstOnly = {
    ...(ids && { ids }),
    ...(out !== undefined && { out }),
    ...(received !== undefined && { received }),
    ...(onCall && { onCall }),
  };
  const starts = rampPerSecond === undefined ? together(count) : Array.from({ length: count }, () => ALONE);
  const { signal = NEVER } = options;
  const placed = await Promise.all(
    starts.map(async (start, index) => {
      if (!(await pause((index * 1000) / (rampPerSecond ?? SET_UP_PER_SECOND), signal))) {
        start.ready();
        return undefined;
      }
      const own = index === 0 ? firstOnly : { keepsSound: false };
      return performCall(simulator, { ...shared, ...own, phaseMs: (index * FRAME_MS) / count }, audio, start);
    }),
  );
  const calls = placed.filter((call) => call !== undefined);
  return { summary: summarize(calls, signal.aborted, options.voidWhenLate ?? false), calls };
}

const NEVER = new AbortController().signal;

function together(count: number): GroupStart[] {
  const starts = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const everyone = Promise.all(starts.map((start) => start.promise));
  return starts.map(({ promise, resolve: ready }, index) => {
    // From when this call is ready itself, with the time until those after it are under way.
    const limitMs = GROUP_START_LIMIT_MS + ((count - index) * 1000) / SET_UP_PER_SECOND;
    const limit = promise.then(() => sleep(limitMs, undefined, { ref: false }));
    return { ready, everyoneReady: Promise.race([everyone, limit]) };
  });
}

function summarize(calls: readonly CallReport[], isAborted: boolean, voidWhenLate: boolean): CallsSummary {
  const sum = (pick: (call: CallReport) => number) => calls.reduce((total, call) => total + pick(call), 0);
  const worst = (pick: (call: CallReport) => number | null | undefined) =>
    calls.map(pick).reduce<number | null>((max, value) => (value == null ? max : Math.max(max ?? 0, value)), null);
  const callsFailed = calls.filter((call) => call.verdict === 'failed').length;
  const p50 = worst((call) => call.roundTripMs?.p50);
  const p99 = worst((call) => call.roundTripMs?.p99);
  const max = worst((call) => call.roundTripMs?.max);
  const ownP99 = worst((call) => call.ownLatenessMs?.p99);
  const ownMax = worst((call) => call.ownLatenessMs?.max);
  const voidReason = voidWhenLate ? reasonForVoid(calls) : null;
  return {
    verdict: voidReason === null ? verdictOf(callsFailed, isAborted) : 'void',
    voidReason,
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

function verdictOf(callsFailed: number, isAborted: boolean): 'passed' | 'failed' | 'aborted' {
  if (callsFailed > 0) return 'failed';
  return isAborted ? 'aborted' : 'passed';
}

function reasonForVoid(calls: readonly CallReport[]): string | null {
  const late = calls.filter((call) => (call.ownLatenessMs?.p99 ?? 0) > OWN_LATENESS_LIMIT_MS).length;
  if (late <= calls.length * LATE_CALLS_LIMIT) return null;
  return `this process was late itself: in ${late} of ${calls.length} calls a hundredth of the frames went out more than ${OWN_LATENESS_LIMIT_MS} ms late`;
}
