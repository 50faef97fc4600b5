import { z } from 'zod';
import { anOption, isNot } from './fields.ts';
import { gaps, heard } from './heard-schema.ts';
import { action, answered, closed, event, text } from './wire-schema.ts';

/** What can be expected. The first key of each is the one that names it. */
const expectationKinds = [
  z.strictObject({ heard }),
  z.strictObject({ gaps }),
  z.strictObject({ event }),
  z.strictObject({
    events: z.strictObject({ answered }).describe('Every event webhook until then, of which there is one at least.'),
  }),
  z.strictObject({ closed }),
  z.strictObject({ text }),
  z.strictObject({ action }),
  z.strictObject({
    verdict: anOption(['passed', 'failed']).describe('What the simulator itself says of the whole call.'),
  }),
  z.strictObject({
    problems: z
      .literal('none', { error: isNot('"none"') })
      .describe('The simulator found nothing that the application did wrong.'),
  }),
] as const;

export const expectation = z
  .union(expectationKinds, { error: isNot('an expectation, such as "heard: speech" or "event: completed"') })
  .meta({ id: 'expectation', description: 'What has to come true.' });

/** As it is looked for: times are milliseconds, frequencies hertz, levels dBFS. */
export type Expectation = z.output<typeof expectation>;
