import { z } from 'zod';
import { aCount, aDuration, aDurationRange, aFlag, aFrequency, aLevelRange, anOption, isNot } from './fields.ts';

const within = aDuration
  .optional()
  .describe(
    'It has to begin so soon: after the step before, or, under the `expect` of the scenario, after the media began. Without it: 5s in a step, any time under `expect`.',
  );

const lasting = (unless: string) => aDuration.prefault(unless).describe('It has to last so long without a break.');

/** What can be heard. The first key of each is the one that names it. */
const heardKinds = [
  z.strictObject({
    tone: aFrequency.describe('A tone of this frequency, such as 440 Hz.'),
    for: lasting('200ms'),
    level: aLevelRange.optional().describe('Its effective (RMS) level, such as "at least -30 dBFS".'),
    within,
  }),
  z.strictObject({
    speech: aFlag.describe('Somebody speaks.'),
    for: aDuration.prefault('200ms').describe('So much speech in all, without its pauses.'),
    within,
  }),
  z.strictObject({ sound: aFlag.describe('Anything above -50 dBFS.'), for: lasting('20ms'), within }),
  z.strictObject({ silence: aFlag.describe('Nothing above -50 dBFS.'), for: lasting('1s'), within }),
  z.strictObject({
    nothing: aFlag.describe('Nothing above -50 dBFS, from beginning to end.'),
    for: aDuration
      .optional()
      .describe(
        'So long after the step before, or, under the `expect` of the scenario, after the media began. Without it: 1s in a step, the whole call under `expect`.',
      ),
  }),
  z.strictObject({
    echo: aFlag.describe('What the caller says comes back to him.'),
    delay: aDurationRange
      .prefault('at most 5s')
      .describe('How much later, such as "< 200ms" or "100ms to 300ms". Up to 5s are looked at.'),
    within: aDuration.optional().describe('So long it is waited for after the step before. 5s unless given.'),
  }),
  z.strictObject({
    level: aLevelRange.describe('Sound of this effective (RMS) level, such as "-30 dBFS to -10 dBFS".'),
    for: aDuration.prefault('1s').describe('Measured over so long.'),
    within,
  }),
] as const;

const heardObject = z.union(heardKinds);

/** As it is looked for: times are milliseconds, frequencies hertz, levels dBFS. */
export type HeardExpectation = z.output<typeof heardObject>;
type HeardKey = HeardExpectation extends infer Kind ? (Kind extends unknown ? keyof Kind : never) : never;
/** What is heard where only this is expected. */
export type Heard<Key extends HeardKey> = Extract<HeardExpectation, Readonly<Record<Key, unknown>>>;

const bareSound = anOption(['speech', 'sound', 'silence', 'nothing', 'echo']).transform((word) =>
  heardObject.parse({ [word]: true }),
);

export const heard = z
  .union([bareSound, ...heardKinds], {
    error: isNot('something to hear, such as "speech" or "tone: 440 Hz"'),
  })
  .describe('What the caller hears: speech, sound, silence, nothing or echo as a word, or an object that says more.');

const gapsObject = z.strictObject({
  count: aCount.optional().describe('How many there are, such as "at most 3".'),
  longest: aDurationRange.optional().describe('How long the longest of them is, such as "at most 100ms".'),
});

export type GapsExpectation = z.output<typeof gapsObject>;

export const gaps = z
  .union(
    [
      z.literal('none').transform((): GapsExpectation => ({ count: { least: 0, most: 0 } })),
      aCount.transform((count): GapsExpectation => ({ count })),
      gapsObject,
    ],
    { error: isNot('"none", nor a number such as "at most 3", nor "longest: at most 100ms"') },
  )
  .describe('Breaks in what was heard: no audio was there in time, though it was before and after.');
