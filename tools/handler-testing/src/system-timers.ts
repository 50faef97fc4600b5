import { AsyncLocalStorage, createHook } from 'node:async_hooks';

interface Started {
  readonly call: SystemTimers;
  readonly timeout: NodeJS.Timeout;
  readonly where: string;
}

/** Whose code runs: found again in whatever it starts. */
const calls = new AsyncLocalStorage<SystemTimers>();

/** All that are set, of every call that is watched. */
const started = new Map<number, Started>();
let isApart = false;
let watched = 0;

const hook = createHook({
  init(id, type, _trigger, resource) {
    if (type !== 'Timeout' || isApart) return;
    const call = calls.getStore();
    if (call) started.set(id, { call, timeout: resource as NodeJS.Timeout, where: whereFrom(new Error().stack) });
  },
  destroy(id) {
    started.delete(id);
  },
});

/** Does something that sets timers of the system's, none of which is the handler's. */
export function apart<Value>(work: () => Value): Value {
  const before = isApart;
  isApart = true;
  try {
    return work();
  } finally {
    isApart = before;
  }
}

/** Watches for the timers of the system's (`setTimeout`, `setInterval`) that are set in one call. */
export class SystemTimers {
  /** Does the work of the call; afterwards it is no longer watched. */
  async watch<Value>(work: () => Promise<Value>): Promise<Value> {
    if (watched++ === 0) hook.enable();
    try {
      return await calls.run(this, work);
    } finally {
      if (--watched === 0) hook.disable();
      for (const [id, { call }] of started) if (call === this) started.delete(id);
    }
  }

  /** Where those were set that are still set and keep the process alive; known in the turn after the one in which they end. */
  get left(): string[] {
    const left: string[] = [];
    for (const { call, timeout, where } of started.values()) {
      if (call === this && timeout.hasRef()) left.push(where);
    }
    return left;
  }
}

/** The innermost line of a stack that is not Node's own, nor of this file. */
function whereFrom(stack = ''): string {
  const line = stack.split('\n').find((at) => /^\s+at /.test(at) && !/node:|\/system-timers\./.test(at));
  return line?.trim().replace(/^at /, '') ?? 'an unknown place';
}
