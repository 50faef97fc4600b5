import { configSchema as eventsConfig } from '@kodama/events/config';
import { gatewayFields, leaseOutlivesFlush } from '@kodama/media-gateway/config';
import { configSchema as nccoConfig } from '@kodama/ncco-api/config';
import { z } from 'zod';

// There is no Redis here to have a URL.
const { REDIS_URL, ...withoutRedis } = gatewayFields;

const fields = {
  ...eventsConfig.pick({ EVENTS_DUPLICATE_WINDOW_SECONDS: true }).shape,
  ...withoutRedis,
  ...nccoConfig.shape,
  HOST: z.string().default('127.0.0.1').describe('address to listen on, e.g. 127.0.0.1'),
};

/**
 * What the three services take, less what is about servers that are not there, on an address that only this machine sees.
 *
 * @param handlerFields what the handlers take
 */
export function configSchema(handlerFields: Readonly<Record<string, z.ZodType>> = {}) {
  return z.object({ ...fields, ...handlerFields }).superRefine(leaseOutlivesFlush);
}

export type StandaloneConfig = z.output<z.ZodObject<typeof fields>>;
