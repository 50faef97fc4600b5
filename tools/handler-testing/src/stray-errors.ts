import { HandlerRun } from '@kodama/handler-kit/run';

/** What Node says of errors that nobody caught. */
const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

type Listener = (...args: unknown[]) => void;

let calls = 0;
/** Those who listened before: a test runner, for one, which would take a handler's error for one of the test's. */
let others = new Map<string, Listener[]>();

/**
 * Has errors that a handler throws outside its functions (in a promise that nobody waits for, or an event) end its call, as
 * they do in the gateway. All other errors go where they went before.
 *
 * @returns what ends it
 */
export function takeStrayErrors(): () => void {
  if (calls++ === 0) {
    others = new Map(EVENTS.map((event) => [event, process.rawListeners(event) as Listener[]]));
    for (const event of EVENTS) {
      process.removeAllListeners(event);
      process.on(event, listeners[event]);
    }
  }
  return () => {
    if (--calls > 0) return;
    for (const event of EVENTS) {
      process.off(event, listeners[event]);
      for (const other of others.get(event) ?? []) process.on(event, other);
    }
  };
}

const listeners = {
  uncaughtException: (...args: unknown[]) => onError('uncaughtException', args),
  unhandledRejection: (...args: unknown[]) => onError('unhandledRejection', args),
};

function onError(event: string, args: unknown[]): void {
  if (HandlerRun.strayError(args[0])) return;
  const listening = others.get(event) ?? [];
  // Without anyone who listens, it ends the process.
  if (listening.length === 0) throw args[0];
  for (const listener of listening) listener.apply(process, args);
}
