import type { Handler } from '@kodama/handler-kit';

/** Who has the calls that name no handler, and the audio that comes before the message that could name one. */
export const DEFAULT_HANDLER = 'echo';

/** A handler, and what its `settings` came to. */
export interface LegHandler {
  readonly handler: Handler;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** Handlers by name. */
export type LegHandlers = ReadonlyMap<string, LegHandler>;

/** @param config with the fields that the handlers take among its own */
export function legHandlers(handlers: readonly Handler[], config: Readonly<Record<string, unknown>>): LegHandlers {
  return new Map(
    handlers.map((handler) => {
      const names = Object.keys(handler.settings ?? {});
      return [handler.name, { handler, settings: Object.fromEntries(names.map((name) => [name, config[name]])) }];
    }),
  );
}
