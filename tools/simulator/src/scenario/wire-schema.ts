import { z } from 'zod';
import { aCount, aDuration, anOption, aPart, aText, isNot } from './fields.ts';

const EVENT_NAMES = [
  'started',
  'ringing',
  'answered',
  'busy',
  'cancelled',
  'unanswered',
  'timeout',
  'rejected',
  'failed',
  'completed',
  'disconnected',
  'human',
  'machine',
  'input',
  'record',
  'transcription',
  'transfer',
  'notify',
  'error',
] as const;

const ACTION_NAMES = [
  'talk',
  'stream',
  'record',
  'conversation',
  'connect',
  'input',
  'notify',
  'wait',
  'transfer',
] as const;

const within = aDuration
  .optional()
  .describe(
    'It has to come so soon: after the step before began, or, under the `expect` of the scenario, after the call began. Without it: 5s in a step, any time under `expect`.',
  );

const times = aCount
  .optional()
  .describe(
    'How often: 2, "at most 2" or "at least 2"; 0 is never. At least once unless given. In a step, it is counted until `within` has passed.',
  );

const ANSWERED = '2xx, or one status from 100 to 599';
const status = z.int({ error: isNot(ANSWERED) });

export const answered = z
  .union([z.literal('2xx'), status.min(100, { error: isNot(ANSWERED) }).max(599, { error: isNot(ANSWERED) })], {
    error: isNot(ANSWERED),
  })
  .describe('The status with which the application answered: 2xx, or one such as 200.');

const eventName = anOption(EVENT_NAMES).describe(
  'The status of the event; or input, record, transcription, transfer, notify or error, which have none.',
);

const eventObject = z.strictObject({
  status: eventName,
  leg: anOption(['caller', 'socket', 'any'])
    .prefault('any')
    .describe('Whose event it is: that of the leg of the caller, of a WebSocket, or of no matter whom.'),
  answered: answered.optional(),
  with: aPart
    .optional()
    .describe('What its body holds, among other things: { disconnected_by: user }. Scalars are compared as text.'),
  count: times,
  within,
});

export type EventExpectation = z.output<typeof eventObject>;

export const event = z
  .union([eventName.transform((status): EventExpectation => ({ status, leg: 'any' })), eventObject], {
    error: isNot('the name of an event, such as "completed", nor "status: completed" with more'),
  })
  .describe('An event webhook that was sent, and answered or given up: its name, or an object that says more.');

const CLOSE_CODE = 'a close code from 1000 to 4999';
const closeCode = z
  .int({ error: isNot(CLOSE_CODE) })
  .min(1000, { error: isNot(CLOSE_CODE) })
  .max(4999, { error: isNot(CLOSE_CODE) });

const closedObject = z.strictObject({
  code: closeCode.optional().describe('The close code, such as 1000.'),
  reason: aText('a part of the reason').optional().describe('A part of the reason.'),
  by: anOption(['caller', 'application', 'platform', 'connection'])
    .optional()
    .describe(
      'Who ended it; known when the call is over. caller: he hung up; platform: a rule was broken; connection: it broke.',
    ),
  within,
});

export type ClosedExpectation = z.output<typeof closedObject>;

export const closed = z
  .union([closeCode.transform((code): ClosedExpectation => ({ code })), closedObject], {
    error: isNot(`${CLOSE_CODE}, nor "code: 1000" with more`),
  })
  .describe('A WebSocket has closed: its close code, or an object that says more.');

const textObject = z.strictObject({
  with: aPart
    .optional()
    .describe('What the JSON message holds, among other things: { action: clear }. Scalars are compared as text.'),
  has: aText('a part of the message').optional().describe('A part of the message as it came.'),
  count: times,
  within,
});

export type TextExpectation = z.output<typeof textObject>;

export const text = z
  .union([aText('a part of the message').transform((has): TextExpectation => ({ has })), textObject], {
    error: isNot('a part of the message, nor "with: { action: clear }"'),
  })
  .describe('A text message of the application on its WebSocket: a part of it, or an object that says more.');

const actionName = anOption(ACTION_NAMES).describe('The name of the action.');

const actionObject = z.strictObject({
  name: actionName,
  text: aText('a part of the words').optional().describe('A part of the words of a talk; case is ignored.'),
  count: times,
  within,
});

export type ActionExpectation = z.output<typeof actionObject>;

export const action = z
  .union([actionName.transform((name): ActionExpectation => ({ name })), actionObject], {
    error: isNot('the name of an action, such as "talk", nor "name: talk" with more'),
  })
  .describe('An action of the NCCO has begun: its name, or an object that says more.');
