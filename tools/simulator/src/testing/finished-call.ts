import type { CallOptions } from '../call/call-options.ts';
import type { CallReport } from '../call/call-report.ts';
import type { SimulatorOptions } from '../platform/options.ts';
import { Simulator } from '../simulator.ts';
import { type Application, type ApplicationOptions, startApplicationServer } from './application.ts';

export interface FinishedCallOptions {
  /** Its usual answer is one `talk`, which takes no time. */
  readonly application?: ApplicationOptions;
  readonly simulator?: Partial<SimulatorOptions> | ((application: Application) => Partial<SimulatorOptions>);
  readonly call?: CallOptions;
}

export const TALK = { action: 'talk', text: 'Hello' } as const;

/** Places a call that the NCCO ends, or that has none, and waits for its end. */
export async function finishedCall(
  options: FinishedCallOptions = {},
): Promise<{ readonly report: CallReport; readonly application: Application }> {
  const { simulator: more = {} } = options;
  await using application = await startApplicationServer({ answer: [TALK], ...options.application });
  await using simulator = await Simulator.start({
    answerUrl: application.answerUrl,
    eventUrl: application.eventUrl,
    talkCharactersPerSecond: Number.POSITIVE_INFINITY,
    ...(typeof more === 'function' ? more(application) : more),
  });
  return { report: await simulator.begin(options.call).ended, application };
}
