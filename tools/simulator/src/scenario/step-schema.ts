import { z } from 'zod';
import { expectation } from './expectation-schema.ts';
import { aDuration, aFlag, aFrequency, aLevel, anOption, aText, isNot } from './fields.ts';

/** A sine wave at full scale has an effective level of -3.01 dBFS. */
const HIGHEST_TONE_DBFS = -3.1;

const SOUND = 'a WAV file ending in .wav, or the word speech';
const KEYS = 'the keys to press, in quotes: 0-9, * and #';

const at = aDuration
  .optional()
  .describe(
    'When the step begins, since the media began. Without it, the step begins when all steps before it have ended.',
  );

const keys = z
  .union(
    [
      z
        .int({ error: isNot(KEYS) })
        .min(0, { error: isNot(KEYS) })
        .max(9, { error: isNot(KEYS) }),
      z.string().regex(/^[0-9*#]+$/, { error: isNot(KEYS) }),
    ],
    { error: isNot(KEYS) },
  )
  .transform(String);

/** Steps that need nothing said with them may be a word alone. */
const bareStep = anOption(['hangUp', 'resetNetwork'])
  .transform((word): { hangUp: true; at?: undefined } | { resetNetwork: true; at?: undefined } =>
    word === 'hangUp' ? { hangUp: true } : { resetNetwork: true },
  )
  .describe('Hangs up, or breaks the WebSockets.');

/** What a step can be. The first key of each is the one that names it. */
const stepKinds = [
  z.strictObject({
    say: z
      .string({ error: isNot(SOUND) })
      .regex(/^speech$|\.wav$/i, { error: isNot(SOUND) })
      .describe(
        'Speaks a WAV file (any rate, depth and number of channels); the path is relative to this file. The word "speech" stands for six seconds of English speech.',
      ),
    at,
  }),
  z.strictObject({
    tone: aFrequency.describe('Speaks a sine tone of this frequency, such as 440 Hz.'),
    for: aDuration.prefault('1s').describe('How long the tone lasts.'),
    level: aLevel
      .refine((dbfs) => dbfs <= HIGHEST_TONE_DBFS, { error: isNot('a level that a tone can have: at most -3.1 dBFS') })
      .prefault('-12 dBFS')
      .describe('The effective (RMS) level of the tone, at most -3.1 dBFS.'),
    at,
  }),
  z.strictObject({ silence: aDuration.describe('Says nothing for so long.'), at }),
  z.strictObject({
    press: keys.describe('Presses these keys, one after the other: 0-9, * and #, in quotes.'),
    hold: aDuration.prefault('100ms').describe('How long each key is held, and how long the pause after it is.'),
    at,
  }),
  z.strictObject({
    sayWords: aText('the words to say').describe(
      'Says these words to the speech recognition of an input action, the present one or the next. They are not heard.',
    ),
    at,
  }),
  z.strictObject({
    cutNetwork: aDuration.describe('Nothing gets through on the WebSockets for so long; then all of it does at once.'),
    at,
  }),
  z.strictObject({ resetNetwork: aFlag.describe('Breaks the WebSockets without a close frame.'), at }),
  z.strictObject({
    expect: z
      .union([expectation, z.array(expectation).min(1, { error: () => 'expects nothing' })], {
        error: isNot('an expectation, or a list of them'),
      })
      .transform((given) => (Array.isArray(given) ? given : [given]))
      .describe('Waits until this has come true, or can no longer. One expectation, or a list of them.'),
    at,
  }),
  z.strictObject({ hangUp: aFlag.describe('Hangs up.'), at }),
] as const;

export const step = z
  .union([...stepKinds, bareStep], { error: isNot('a step, such as "say: hello.wav" or "hangUp"') })
  .meta({ id: 'step', description: 'One thing that the caller does, or an expectation.' });

/** As it is carried out: times are milliseconds, frequencies hertz, levels dBFS. */
export type Step = z.output<typeof step>;
/** The words that name the kinds of step. */
type StepKey = Step extends infer Kind
  ? Kind extends unknown
    ? Exclude<keyof Kind, 'at' | 'for' | 'level' | 'hold'>
    : never
  : never;
/** The steps that this word names. */
export type StepOf<Key extends StepKey> = Extract<Step, Readonly<Record<Key, unknown>>>;
