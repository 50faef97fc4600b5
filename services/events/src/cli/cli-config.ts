import { z } from 'zod';
import { eventsFields } from '../config.ts';

const { NATS_URL, EVENTS_STREAM, REDIS_URL, CALL_RETENTION_SECONDS } = eventsFields;

/** What the commands need of the service's settings. */
export const cliSchema = z.object({ NATS_URL, EVENTS_STREAM, REDIS_URL, CALL_RETENTION_SECONDS });

export type CliConfig = z.output<typeof cliSchema>;
