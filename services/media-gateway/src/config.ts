import { hostname } from 'node:os';
import { DEFAULT_LIMITS, DEFAULT_SLOW_MS } from '@kodama/handler-kit/run';
import {
  callRetentionSeconds,
  commonFields,
  integer,
  list,
  redisUrl,
  secrets,
  socketFields,
  socketSecretIsThere,
  vonageTokenFields,
} from '@kodama/shared/config';
import { z } from 'zod';

/** Shortest token that is taken, characters. */
const MIN_API_TOKEN = 16;

/** The gateway's variables, for whoever runs it in a process with others; goes with {@link gatewayConfigFits}. */
export const gatewayFields = {
  ...commonFields,
  ...vonageTokenFields,
  ...socketFields,
  API_TOKENS: secrets(MIN_API_TOKEN)
    .default([])
    .describe(
      'tokens for whoever reads calls, commas between; default: none is asked for, e.g. from openssl rand -hex 32',
    ),
  REDIS_URL: redisUrl('where metrics go'),
  GATEWAY_ID: z
    .string()
    .regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores')
    .default(() => hostname())
    .describe("this gateway's name in records, e.g. gateway-1; default: the host's name"),
  MAX_LIVE_CALLS: integer({ min: 1, max: 100_000 })
    .default(1000)
    .describe('live calls this gateway takes; more are refused with 503, e.g. 1000'),
  FIRST_MESSAGE_TIMEOUT_MS: integer({ min: 100, max: 600_000 })
    .default(10_000)
    .describe('milliseconds a new socket may take to become a leg, e.g. 10000'),
  SILENCE_TIMEOUT_MS: integer({ min: 100, max: 3_600_000 })
    .default(60_000)
    .describe('milliseconds between two messages after which a socket counts as dead, e.g. 60000'),
  MAX_BUFFERED_BYTES: integer({ min: 1000, max: 10_000_000 })
    .default(DEFAULT_LIMITS.maxBufferedBytes)
    .describe('bytes that may wait for a slow receiver before frames are dropped, e.g. 48000 (1 s at 24 kHz)'),
  AUDIO_LEAD_MS: integer({ min: 40, max: 2000 })
    .default(DEFAULT_LIMITS.leadMs)
    .describe('milliseconds that queued audio is sent ahead of the moment it is heard in, e.g. 200'),
  MAX_QUEUED_AUDIO_MS: integer({ min: 1000, max: 60_000 })
    .default(DEFAULT_LIMITS.maxQueuedMs)
    .describe('milliseconds of audio that a handler may queue in a call, e.g. 30000'),
  HANDLER_SLOW_MS: integer({ min: 1, max: 10_000 })
    .default(DEFAULT_SLOW_MS)
    .describe('milliseconds that a handler may keep the process before that counts as slow, e.g. 10'),
  HANDLER_MODULES: list()
    .default([])
    .describe('packages or files with more handlers, commas between, e.g. my-handlers, ./bot.js'),
  GAP_THRESHOLD_MS: integer({ min: 20, max: 60_000 })
    .default(60)
    .describe('milliseconds between two frames above which they count as a gap, e.g. 60'),
  METRICS_FLUSH_INTERVAL_MS: integer({ min: 50, max: 60_000 })
    .default(1000)
    .describe('milliseconds between two writes of all live calls, e.g. 1000'),
  LEASE_MS: integer({ min: 100, max: 600_000 })
    .default(5000)
    .describe('milliseconds after the last write from which on a live call counts as lost, e.g. 5000'),
  CALL_RETENTION_SECONDS: callRetentionSeconds('seconds that the record of an ended call is kept'),
  DRAIN_TIMEOUT_MS: integer({ min: 0, max: 7_200_000 })
    .default(30_000)
    .describe('milliseconds that live calls may go on after SIGTERM, e.g. 30000'),
};

/** What of them has to fit together: `z.object({ … }).superRefine(gatewayConfigFits)`. */
export function gatewayConfigFits(config: Omit<GatewayConfig, 'REDIS_URL'>, context: z.RefinementCtx): void {
  socketSecretIsThere(config, context);
  if (config.SOCKET_AUTH === 'vonage' && config.VONAGE_SIGNATURE_SECRETS.length === 0) {
    context.addIssue({
      code: 'custom',
      path: ['VONAGE_SIGNATURE_SECRETS'],
      message: 'is required where SOCKET_AUTH is vonage',
    });
  }
  if (config.LEASE_MS > config.METRICS_FLUSH_INTERVAL_MS) return;
  context.addIssue({
    code: 'custom',
    path: ['LEASE_MS'],
    message: 'must be longer than METRICS_FLUSH_INTERVAL_MS, or live calls count as lost between two writes',
  });
}

/** @param handlerFields what the handlers take */
export function configSchema(handlerFields: Readonly<Record<string, z.ZodType>> = {}) {
  return z.object({ ...gatewayFields, ...handlerFields }).superRefine(gatewayConfigFits);
}

export type GatewayConfig = z.output<z.ZodObject<typeof gatewayFields>>;
