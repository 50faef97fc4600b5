import { UsageError } from './usage-error.ts';

/** What the options are called on the command line that only the simulator itself can judge. */
const OPTIONS: Readonly<Record<string, string>> = { publicKey: '--public-key', secret: '--secret-file' };

/**
 * Does what begins with the start of a simulator. What it says of an option that it cannot be started with becomes a
 * UsageError; whatever else is thrown is a fault of the simulator's own, and stays as it is.
 */
export async function withStartErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const sentence = sentenceOf(error);
    if (sentence === undefined) throw error;
    throw new UsageError(sentence);
  }
}

function sentenceOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { syscall, code, port } = error as NodeJS.ErrnoException & { readonly port?: number };
  if (syscall === 'listen') {
    return `--rest ${port}: ${code === 'EADDRINUSE' ? 'the port is in use' : `cannot be listened on: ${code}`}`;
  }
  if (!(error instanceof TypeError || error instanceof RangeError)) return undefined;
  // The simulator names the option first and then what is wrong with it; an error of the language's does not.
  const [, option, rest] = /^([a-z][\w.]*): (.+)$/is.exec(error.message) ?? [];
  return option && `${OPTIONS[option] ?? option}: ${rest}`;
}
