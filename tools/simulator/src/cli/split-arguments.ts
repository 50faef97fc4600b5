import { type ParseArgsConfig, parseArgs } from 'node:util';
import { UsageError } from './usage-error.ts';

/** Node's parseArgs, whose errors become one line. */
export function splitArguments<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node goes on about escaping; its first sentence names the mistake.
    const [sentence] = (error as Error).message.split(/[.\n] ?/);
    throw new UsageError(`${sentence}; --help lists the options`);
  }
}
