import { configSchema as eventsConfig } from '@kodama/events/config';
import { gatewayFields, leaseOutlivesFlush } from '@kodama/media-gateway/config';
import { configSchema as nccoConfig } from '@kodama/ncco-api/config';
import { z } from 'zod';

// There is no Redis here to have a URL.
const { REDIS_URL, ...withoutRedis } = gatewayFields;

/** What the three services take, less what is about servers that are not there, on an address that only this machine sees. */
export const configSchema = z
  .object({
    ...eventsConfig.pick({ EVENTS_DUPLICATE_WINDOW_SECONDS: true }).shape,
    ...withoutRedis,
    ...nccoConfig.shape,
    HOST: z.string().default('127.0.0.1').describe('address to listen on, e.g. 127.0.0.1'),
  })
  .superRefine(leaseOutlivesFlush);

export type StandaloneConfig = z.output<typeof configSchema>;
