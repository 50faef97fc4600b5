import {
  callRetentionSeconds,
  commonFields,
  integer,
  redisUrl,
  urls,
  webhookFields,
  webhookRules,
  webhookSecretIsThere,
} from '@kodama/shared/config';
import { DEFAULT_EVENTS_STREAM } from '@kodama/shared/messaging';
import { z } from 'zod';

const GIBIBYTE = 1024 ** 3;

/** The service's variables, for whoever runs it in a process with others; goes with {@link eventsConfigFits}. */
export const eventsFields = {
  ...commonFields,
  ...webhookFields,
  NATS_URL: urls('nats', 'tls')
    .default(['nats://127.0.0.1:4222'])
    .describe('NATS with JetStream, of a cluster all servers, e.g. nats://nats-1:4222,nats://nats-2:4222'),
  // Vonage waits ten seconds, and its proxies less: a refusal in time is worth more than an answer that nobody waits for.
  PUBLISH_TIMEOUT_MS: integer({ min: 100, max: 2500 })
    .default(2000)
    .describe('milliseconds that an acknowledgement may take before Vonage is told to try again, e.g. 2000'),
  EVENTS_STREAM: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -')
    .default(DEFAULT_EVENTS_STREAM)
    .describe('name of the JetStream stream, e.g. CALLS'),
  EVENTS_MAX_AGE_HOURS: integer({ min: 1, max: 87_600 })
    .default(168)
    .describe('hours for which an event is kept, e.g. 168'),
  EVENTS_MAX_BYTES: integer({ min: 1_048_576, max: 1024 * GIBIBYTE })
    .default(GIBIBYTE)
    .describe('bytes that the stream may take; when it is full, new events are refused, e.g. 1073741824'),
  EVENTS_DUPLICATE_WINDOW_SECONDS: integer({ min: 1, max: 3600 })
    .default(600)
    .describe('seconds for which a repeated event is known again, e.g. 600'),
  EVENTS_REPLICAS: integer({ min: 1, max: 5 })
    .default(1)
    .describe('servers that keep each event, of a NATS cluster 3 or 5, e.g. 1'),
  EVENTS_MAX_DELIVERIES: integer({ min: 1, max: 100 })
    .default(5)
    .describe('tries of an event that cannot be handled before it becomes a dead letter, e.g. 5'),
  REDIS_URL: redisUrl("where calls' timelines go"),
  CALL_RETENTION_SECONDS: callRetentionSeconds("seconds that an ended call's timeline is kept"),
};

export type EventsConfig = z.output<z.ZodObject<typeof eventsFields>>;

/** What of them has to fit together: `z.object({ … }).superRefine(eventsConfigFits)`. */
export function eventsConfigFits(
  config: Pick<EventsConfig, keyof typeof webhookFields | 'EVENTS_DUPLICATE_WINDOW_SECONDS'>,
  context: z.RefinementCtx,
): void {
  webhookSecretIsThere(config, context);
  const rules = webhookRules(config);
  // What has no token can be sent again at any time anyway.
  if (rules === undefined || config.EVENTS_DUPLICATE_WINDOW_SECONDS >= 2 * rules.windowSeconds) return;
  context.addIssue({
    code: 'custom',
    path: ['EVENTS_DUPLICATE_WINDOW_SECONDS'],
    message:
      'must be twice SIGNATURE_WINDOW_SECONDS at least: as long as a webhook can be sent again, it has to be known again',
  });
}

export const configSchema = z.object(eventsFields).superRefine(eventsConfigFits);
