import { randomBytes } from 'node:crypto';
import { type EventsConfig, eventsConfigFits, eventsFields } from '@kodama/events/config';
import { gatewayConfigFits, gatewayFields } from '@kodama/media-gateway/config';
import type { LoadedHandlers } from '@kodama/media-gateway/load-handlers';
import { type NccoConfig, nccoConfigFits, nccoFields } from '@kodama/ncco-api/config';
import { integer } from '@kodama/shared/config';
import { z } from 'zod';

// There is no Redis here to have a URL.
const { REDIS_URL: _ofGateway, ...ofGateway } = gatewayFields;
const { REDIS_URL: _ofNcco, ...ofNcco } = nccoFields;

const fields = {
  EVENTS_DUPLICATE_WINDOW_SECONDS: eventsFields.EVENTS_DUPLICATE_WINDOW_SECONDS,
  ...ofGateway,
  ...ofNcco,
  HOST: z.string().default('127.0.0.1').describe('address to listen on, e.g. 127.0.0.1'),
  OPERATOR_PORT: integer({ min: 0, max: 65_535 })
    .default(8081)
    .describe('TCP port on 127.0.0.1 where calls are shown, 0 for any that is free, e.g. 8081'),
  // Whoever makes the tokens and whoever asks for them is this one process.
  SOCKET_TOKEN_SECRETS: gatewayFields.SOCKET_TOKEN_SECRETS.default(() => [randomBytes(32).toString('hex')]),
};

/**
 * What the three services and the handlers take, less what is about servers that are not there, on an address that only this
 * machine sees. Here alone it is known which handlers there are for the calls.
 */
export function configSchema({ fields: ofHandlers, handlers }: LoadedHandlers) {
  const names = new Set(handlers.map(({ name }) => name));
  return z.object({ ...fields, ...ofHandlers }).superRefine((config, context) => {
    gatewayConfigFits(config, context);
    const ncco = config as unknown as NccoConfig;
    nccoConfigFits(ncco, context);
    handlersAreThere(ncco, names, context);
    eventsConfigFits(config as unknown as EventsConfig, context);
  });
}

function handlersAreThere(
  { HANDLER, HANDLERS_BY_NUMBER }: Pick<NccoConfig, 'HANDLER' | 'HANDLERS_BY_NUMBER'>,
  names: ReadonlySet<string>,
  context: z.RefinementCtx,
): void {
  const message = `must name handlers that are there: ${[...names].join(', ')}`;
  const refuse = (variable: string) => context.addIssue({ code: 'custom', path: [variable], message });
  if (!names.has(HANDLER)) refuse('HANDLER');
  if (![...HANDLERS_BY_NUMBER.values()].every((name) => names.has(name))) refuse('HANDLERS_BY_NUMBER');
}

export type StandaloneConfig = z.output<z.ZodObject<typeof fields>>;
