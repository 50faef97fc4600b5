import { z } from 'zod';
import { expectation } from './expectation-schema.ts';
import { aDuration, anOption, aText, aWebUrl, isNot } from './fields.ts';
import { platform } from './platform-schema.ts';
import { step } from './step-schema.ts';

const NUMBER = 'a number of digits without a plus sign, or a word such as anonymous';

const telephoneNumber = z
  .union([z.int().min(0, { error: isNot(NUMBER) }), z.string().regex(/^[^+\s]\S*$/, { error: isNot(NUMBER) })], {
    error: isNot(NUMBER),
  })
  .transform(String);

const call = z
  .strictObject({
    from: telephoneNumber.prefault('14155550177').describe('The caller: digits without a plus sign.'),
    to: telephoneNumber.prefault('12025550123').describe('The number that is called: digits without a plus sign.'),
    method: anOption(['GET', 'POST']).prefault('GET').describe('How the answer URL is asked.'),
  })
  .describe('Who calls whom.');

/** The format of a scenario: the one source of the parser, the types and the JSON Schema. */
export const scenarioSchema = z
  .strictObject({
    name: aText('a name').describe('What the scenario shows, as a sentence.'),
    answerUrl: aWebUrl.optional().describe('Asked what to do with the call. May be given by whoever runs it instead.'),
    eventUrl: aWebUrl
      .optional()
      .describe(
        'Told what happens to the call. Unless given: /events beside an answerUrl that ends in /answer, else /webhooks/event at its origin.',
      ),
    call: call.prefault({}),
    platform: platform.prefault({}),
    start: anOption(['connected', 'answered'])
      .prefault('connected')
      .describe(
        'When the media begins: when a WebSocket is open, or at once. What is said before a WebSocket is open, no application hears.',
      ),
    timeout: aDuration.prefault('2min').describe('The longest that the whole may take; then the caller hangs up.'),
    steps: z.array(step).default([]).describe('What the caller does, one after the other.'),
    expect: z
      .array(expectation)
      .default([])
      .describe('What has to have come true in the whole call. Before hanging up, the caller waits up to 5s for it.'),
  })
  .describe("A call that is made on an application, and what is expected of it. Of Vonage's side of voice calls.");

/** A scenario as people write it. */
export type ScenarioDefinition = z.input<typeof scenarioSchema>;

/** A scenario as it is run: defaults filled in; times are milliseconds, frequencies hertz, levels dBFS. */
export interface Scenario extends z.output<typeof scenarioSchema> {
  /** Paths of WAV files are relative to this. */
  readonly directory: string;
}

/** Gives the scenario back as it is, so that an editor knows what it is. */
export const defineScenario = (scenario: ScenarioDefinition): ScenarioDefinition => scenario;
