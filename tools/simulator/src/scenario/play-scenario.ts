import type { SimulatorOptions } from '../platform/options.ts';
import { RuleSettings } from '../rules/rule-settings.ts';
import { Simulator } from '../simulator.ts';
import { runScenario, type ScenarioResult } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

/**
 * Runs a scenario on the application that it names.
 *
 * @param given what the scenario does not say itself; of addresses and rules, what it says is overruled.
 * @throws {TypeError | RangeError} where neither names an application, or an option is none that can be had.
 * @throws {AudioError} where a WAV file cannot be read.
 */
export async function playScenario(scenario: Scenario, given: Partial<SimulatorOptions> = {}): Promise<ScenarioResult> {
  const answerUrl = given.answerUrl === undefined ? scenario.answerUrl : String(given.answerUrl);
  if (answerUrl === undefined) throw new TypeError('answerUrl: is missing, so there is no application to call');
  await using stack = new AsyncDisposableStack();
  return await runScenario({ ...scenario, answerUrl }, async ({ from, to, answerMethod, platform }) => {
    const { rules, standIns, eventMethod, fallbackUrl, ...settings } = platform;
    const eventUrl = given.eventUrl ?? (given.answerUrl === undefined ? scenario.eventUrl : undefined);
    const options: SimulatorOptions = {
      ...given,
      answerMethod: given.answerMethod ?? answerMethod,
      ...(eventMethod && { eventMethod }),
      ...(fallbackUrl !== undefined && { fallbackUrl }),
      ...(standIns && { standIns: withoutUndefined(standIns) }),
      ...withoutUndefined(settings),
      answerUrl,
      ...(eventUrl !== undefined && { eventUrl }),
      rules: given.rules ?? new RuleSettings(withoutUndefined(rules ?? {})),
    };
    const simulator = stack.use(await Simulator.start(options));
    return simulator.begin({ from, to });
  });
}

type Defined<T> = { [Key in keyof T]: Exclude<T[Key], undefined> };

const withoutUndefined = <T extends object>(object: T): Defined<T> =>
  Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>;
