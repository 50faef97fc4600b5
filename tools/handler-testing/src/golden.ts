import { readFileSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { compareSounds, comparisonText, type Tolerance } from './compare-sounds.ts';
import type { HandledEnd } from './handled-call.ts';
import type { Sound } from './sounds.ts';

/** Thrown when what was heard is not what was to be heard. */
export class SoundsDiffer extends Error {
  override readonly name = 'SoundsDiffer';
}

/** As much of a call as is looked at. */
export interface HeardCall {
  readonly end: HandledEnd;
  sounds(): readonly Sound[];
}

const goldenSchema = z.array(
  z.strictObject({
    fromMs: z.number(),
    toMs: z.number(),
    levelDbfs: z.number(),
    hz: z.number().exactOptional(),
    gapMs: z.number().exactOptional(),
  }),
);

/**
 * Compares what the caller heard with what he is to hear: a list of sounds, or a golden file, which holds one. With
 * `UPDATE_GOLDEN=1` in the environment, a file that is missing or does not fit is written anew: look at what has changed.
 *
 * @throws SoundsDiffer where a sound is off by more than the tolerance, missing or too many; where there is no golden file, or
 * none that can be read; or where the handler failed
 * @throws TypeError for a list of what are no sounds
 */
export function assertSounds(
  call: HeardCall,
  expected: URL | string | readonly Sound[],
  tolerance: Tolerance = {},
): void {
  if (call.end.by === 'failure') {
    throw new SoundsDiffer(`the handler failed after ${call.end.atMs} ms: ${call.end.error}`, {
      cause: call.end.error,
    });
  }
  const heard = call.sounds();
  if (typeof expected !== 'string' && !(expected instanceof URL)) {
    const differ = differences(checkedSounds(expected), heard, tolerance);
    if (differ) throw new SoundsDiffer(`the caller did not hear what was expected: ${differ}`);
    return;
  }
  // biome-ignore lint/style/noProcessEnv: a test says so to the kit, from where it is started.
  const isUpdate = process.env.UPDATE_GOLDEN === '1';
  const name = relative('', expected instanceof URL ? fileURLToPath(expected) : expected);
  const golden = readGolden(expected, name);
  const differ = golden && differences(golden, heard, tolerance);
  if (isUpdate && (golden === undefined || differ)) {
    writeFileSync(expected, goldenText(heard));
  } else if (golden === undefined) {
    throw new SoundsDiffer(
      `there is no file ${name} yet. Listen to the call (\`await call.writeWav('heard.wav')\`); if it is right, ` +
        `run this test once with UPDATE_GOLDEN=1 in the environment, which writes:\n${goldenText(heard)}`,
    );
  } else if (differ) {
    throw new SoundsDiffer(
      `the caller did not hear what ${name} says: ${differ}\n` +
        'If what was heard is right, run this test once with UPDATE_GOLDEN=1 in the environment, which writes the file anew.',
    );
  }
}

/** How many sounds are off, and both lists; undefined where none is. */
function differences(expected: readonly Sound[], heard: readonly Sound[], tolerance: Tolerance): string | undefined {
  const compared = compareSounds(expected, heard, tolerance);
  const count = compared.filter(({ off }) => off.length > 0).length;
  if (count === 0) return undefined;
  return `${count} of ${compared.length} sounds ${count === 1 ? 'is' : 'are'} off\n${comparisonText(compared)}`;
}

/** What is no number is off by nothing: a slip in a test would go unnoticed. */
function checkedSounds(sounds: readonly Sound[]): readonly Sound[] {
  const { error } = goldenSchema.safeParse(sounds);
  if (error)
    throw new TypeError(`assertSounds: the list that is expected has what is no sound:\n${z.prettifyError(error)}`);
  return sounds;
}

function readGolden(file: URL | string, name: string): Sound[] | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return goldenSchema.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new SoundsDiffer(`${name} is no golden file that can be read:\n${reason}`, { cause });
  }
}

/** A sound a line. */
function goldenText(sounds: readonly Sound[]): string {
  if (sounds.length === 0) return '[]\n';
  return `[\n${sounds
    .map(
      (sound) =>
        `  ${JSON.stringify(sound)
          .replace(/([{,:])/g, '$1 ')
          .replace('}', ' }')}`,
    )
    .join(',\n')}\n]\n`;
}
