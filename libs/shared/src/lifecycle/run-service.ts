import type { z } from 'zod';
import { ConfigError, type commonFields, type Environment, loadConfig } from '../config/index.ts';
import { createLogger, type Logger } from '../telemetry/logger.ts';
import { Lifecycle } from './lifecycle.ts';

/** Time that letting go of resources may take beside the drain itself, ms. */
const STOP_MARGIN_MS = 8000;

export interface ServiceDefinition<Schema extends z.ZodObject<typeof commonFields>> {
  readonly name: string;
  /** The variables that the service reads; a bad environment ends the start with one message and exit code 1. */
  readonly config: Schema | Promise<Schema>;
  /** How long live work may go on after SIGTERM, ms; the process is given {@link STOP_MARGIN_MS} more. Default 0. */
  readonly drainTimeoutMs?: (config: z.output<Schema>) => number;
  /** Takes care of an exception that nobody caught, where it can: true when the process may go on. Default: it may not. */
  readonly takeStrayError?: (error: unknown) => boolean;
  /** Makes everything, in order, and registers each resource with `lifecycle.use`. Ready when it returns. */
  readonly start: (service: { config: z.output<Schema>; logger: Logger; lifecycle: Lifecycle }) => Promise<void>;
}

/**
 * Runs a service in this process: the one owner of signals and of `process.exit`.
 *
 * SIGTERM or SIGINT drains and stops, and exits 0; a second signal, a failed step or the deadline exits 1. An exception
 * that nobody caught is a fault of ours: it is logged and ends the process, for whoever supervises it to start it anew.
 */
export async function runService<Schema extends z.ZodObject<typeof commonFields>>(
  definition: ServiceDefinition<Schema>,
  env: Environment,
): Promise<void> {
  let config: z.output<Schema>;
  try {
    config = loadConfig(definition.name, await definition.config, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }

  const logger = createLogger(definition.name, config.LOG_LEVEL);
  const lifecycle = new Lifecycle(logger);
  const deadlineMs = (definition.drainTimeoutMs?.(config) ?? 0) + STOP_MARGIN_MS;

  const fatal = (err: unknown) => {
    if (definition.takeStrayError?.(err)) return;
    logger.fatal({ err }, 'an exception that nobody caught');
    process.exit(1);
  };
  process.on('uncaughtException', fatal);
  process.on('unhandledRejection', fatal);

  let stopping = false;
  const stop = async (reason: string, exitCode: number) => {
    if (stopping) {
      logger.warn({ reason }, 'told to stop again: exiting at once');
      process.exit(1);
    }
    stopping = true;
    logger.info({ reason, deadlineMs }, 'stopping');
    const deadline = setTimeout(() => {
      logger.error({ deadlineMs }, 'did not stop in time: exiting');
      process.exit(1);
    }, deadlineMs);
    await lifecycle.stop();
    clearTimeout(deadline);
    logger.info({ state: lifecycle.state }, 'stopped');
    process.exit(lifecycle.state === 'STOPPED' ? exitCode : 1);
  };
  process.on('SIGTERM', () => void stop('SIGTERM', 0));
  process.on('SIGINT', () => void stop('SIGINT', 0));

  try {
    await definition.start({ config, logger, lifecycle });
    lifecycle.ready();
  } catch (err) {
    if (stopping) {
      // The stop is under way, and has most likely taken away what the start was waiting for.
      logger.warn({ err }, 'the start was broken off');
      return;
    }
    logger.fatal({ err }, 'could not start');
    await stop('failed start', 1);
  }
}
