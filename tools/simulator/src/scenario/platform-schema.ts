import { z } from 'zod';
import { type SwitchId, type SwitchValue, switches } from '../rules/switches.ts';
import { aDuration, anOption, aWebUrl, isNot } from './fields.ts';

/** Values of a switch, of which many are numbers: YAML takes those for numbers. */
function switchValue<Id extends SwitchId>(id: Id) {
  const values: readonly string[] = switches[id];
  const numbers = values.map(Number).filter(Number.isFinite);
  return z
    .literal([...values, ...numbers], { error: isNot(`one of ${values.join(', ')}`) })
    .transform((value) => String(value) as SwitchValue<Id>)
    .optional()
    .describe(`${values[0]} unless given.`);
}

type Rules = { [Id in SwitchId]: ReturnType<typeof switchValue<Id>> };

const rules = z.strictObject(
  Object.fromEntries(Object.keys(switches).map((id) => [id, switchValue(id as SwitchId)])) as Rules,
);

const standIn = z
  .strictObject({
    does: anOption(['answers', 'machine', 'busy', 'rejects', 'no-answer', 'unavailable', 'fails']).describe(
      'What the one does who is called.',
    ),
    rings: aDuration.prefault('200ms').describe('From the first ring to what it does.'),
    hangsUpAfter: aDuration.optional().describe('Hangs up so long after it has answered; otherwise it stays.'),
  })
  .transform(({ does, rings, hangsUpAfter }) => ({
    does,
    ringMs: rings,
    ...(hangsUpAfter !== undefined && { hangsUpAfterMs: hangsUpAfter }),
  }));

const eventDelays = z
  .strictObject({
    late: aDuration.prefault('0s').describe('Each event is sent so much later.'),
    times: z.int().min(1).max(100).default(1).describe('Each event is sent so many times in all.'),
    reordered: z.boolean().default(false).describe('Every second event overtakes the one before it.'),
  })
  .transform(({ late, times, reordered }) => ({ lateMs: late, times, reordered }));

/** How Vonage's side is to behave in this scenario. */
export const platform = z
  .strictObject({
    rules: rules
      .optional()
      .describe("How the rules are taken that Vonage's documents leave open: number of the rule, and its value."),
    talkCharactersPerSecond: z.number().positive().optional().describe('How fast a talk passes. 15 unless given.'),
    standIns: z
      .strictObject({
        phone: standIn.optional().describe('Is called at telephone numbers.'),
        app: standIn.optional().describe('Is called at apps.'),
        sip: standIn.optional().describe('Is called at SIP addresses.'),
        vbc: standIn.optional().describe('Is called at VBC extensions.'),
      })
      .optional()
      .describe('Who is called where the NCCO connects to something else than a WebSocket.'),
    eventDelays: eventDelays.optional().describe('How events go wrong on their way.'),
    sampleRateHz: z
      .literal([8000, 16000, 24000], { error: isNot('8000, 16000 or 24000') })
      .optional()
      .describe("The WebSocket's sample rate, in place of the one that the NCCO asks for."),
    fallbackUrl: aWebUrl.optional().describe('Asked where the answer URL fails.'),
    eventMethod: anOption(['GET', 'POST']).optional().describe('How events are sent. POST unless given.'),
    expectsEcho: z
      .boolean()
      .optional()
      .describe('Every frame that the WebSocket was sent has to come back. False unless given.'),
  })
  .describe('How the platform behaves.');

export type PlatformSettings = z.output<typeof platform>;
