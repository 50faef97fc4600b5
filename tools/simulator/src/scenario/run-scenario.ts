import type { CallReport } from '../call/call-report.ts';
import type { SimulatedCall } from '../call/simulated-call.ts';
import type { Timers } from '../media/frame-clock.ts';
import { usualEventUrl } from '../platform/options.ts';
import { CallWatch } from './call-watch.ts';
import { loadSounds } from './caller-sounds.ts';
import { CallerSteps, GRACE_MS, isHeard, type Looked, START } from './caller-steps.ts';
import type { Check } from './check.ts';
import type { Expectation } from './expectation-schema.ts';
import { checkFor } from './expectations.ts';
import type { PlatformSettings } from './platform-schema.ts';
import type { Scenario } from './scenario.ts';
import { duration } from './units.ts';
import { waitFor } from './wait-for.ts';

/** The call that a scenario asks for. */
export interface PlaceOptions {
  readonly answerUrl: string;
  readonly eventUrl: string;
  readonly answerMethod: 'GET' | 'POST';
  readonly from: string;
  readonly to: string;
  readonly platform: PlatformSettings;
}

/** Makes a call, and gives it back before the application has answered. */
export type PlaceCall = (options: PlaceOptions) => Promise<SimulatedCall>;

export interface ScenarioResult {
  readonly name: string;
  /** Every step was carried out, and every expectation came true. */
  readonly passed: boolean;
  readonly expectations: readonly Looked[];
  /** Why steps were not carried out; a sentence each. */
  readonly problems: readonly string[];
  readonly report: CallReport;
  /** It is over. */
  readonly call: SimulatedCall;
}

const systemTimers: Timers = {
  now: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * Makes the call of a scenario, does what its caller does, and says which expectations came true.
 *
 * @throws {TypeError} where the scenario has no `answerUrl`.
 * @throws {AudioError} where a WAV file cannot be read.
 */
export async function runScenario(
  scenario: Scenario,
  place: PlaceCall,
  timers: Timers = systemTimers,
): Promise<ScenarioResult> {
  const options = placeOptions(scenario);
  const sounds = await loadSounds(scenario);
  const call = await place(options);
  using watch = new CallWatch(call, timers);
  const steps = new CallerSteps(scenario, watch, sounds);
  const timeout = endAfter(scenario.timeout, watch, timers);
  let expected: readonly ExpectedInAll[];
  try {
    await steps.carryOut();
    expected = await waitForAll(scenario.expect, steps, watch);
  } finally {
    timeout.cancel();
    await call.hangUp();
  }
  const report = await call.ended;
  watch.report = report;
  const problems = [
    ...steps.problems,
    ...(timeout.isOver() ? [`the scenario took longer than ${duration.show(scenario.timeout)}`] : []),
  ];
  const expectations = [...steps.looked, ...expected.map(judged)];
  const passed = problems.length === 0 && expectations.every((expectation) => expectation.passed);
  return { name: scenario.name, passed, expectations, problems, report, call };
}

function placeOptions({ answerUrl, eventUrl, call, platform }: Scenario): PlaceOptions {
  if (answerUrl === undefined) throw new TypeError('answerUrl: is missing, so there is no application to call');
  return {
    answerUrl,
    eventUrl: eventUrl ?? usualEventUrl(new URL(answerUrl)).href,
    answerMethod: call.method,
    from: call.from,
    to: call.to,
    platform,
  };
}

/** Hangs up when the time is over. */
function endAfter(ms: number, { call }: CallWatch, timers: Timers): { cancel(): void; isOver(): boolean } {
  let isOver = false;
  const cancel = timers.after(ms, () => {
    isOver = true;
    void call.hangUp();
  });
  return { cancel, isOver: () => isOver };
}

/** An expectation of the whole call. */
interface ExpectedInAll {
  readonly path: string;
  readonly check: Check;
}

/** As much of it as may be is waited for before the caller hangs up. */
async function waitForAll(
  expectations: readonly Expectation[],
  steps: CallerSteps,
  watch: CallWatch,
): Promise<readonly ExpectedInAll[]> {
  const heardFrom = expectations.some(isHeard) ? await steps.began : undefined;
  const graceMs = watch.now().atMs + GRACE_MS;
  const scope = { watch, isStep: false, begin: START, heardFrom: heardFrom ?? START };
  const all = expectations.map((expected, i) => ({ path: `expect[${i}]`, check: checkFor(expected, scope) }));
  const live = all.filter(({ check }) => check.isLive);
  await Promise.all(live.map(({ check }) => waitFor(check, watch, graceMs, ({ passed }) => passed)));
  return all;
}

function judged({ path, check }: ExpectedInAll): Looked {
  const { passed, found } = check.look();
  return { path, text: check.text, passed, found };
}
