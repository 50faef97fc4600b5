import { AsyncLocalStorage, createHook } from 'node:async_hooks';

interface Timer {
  readonly call: SystemWork;
  readonly timeout: NodeJS.Timeout;
  readonly where: string;
}

/** What a call's own clock waits for. */
type Kind = 'file' | 'turn';

/** Node's names of it: `readFile` of `node:fs/promises`, for one, ends with a request to close the file. */
const KINDS: Readonly<Record<string, Kind>> = {
  FSREQCALLBACK: 'file',
  FSREQPROMISE: 'file',
  FILEHANDLECLOSEREQ: 'file',
  Immediate: 'turn',
};

/** Whose code runs: found again in whatever it starts. */
const calls = new AsyncLocalStorage<SystemWork>();

/** All that are set, of every call that is watched. */
const timers = new Map<number, Timer>();
const underWay = new Map<number, { readonly call: SystemWork; readonly kind: Kind }>();
let isApart = false;
let watched = 0;

const hook = createHook({
  // A call makes them by the thousand, and they are nothing to wait for.
  trackPromises: false,
  init(id, type, _trigger, resource) {
    const kind = KINDS[type];
    if ((kind === undefined && type !== 'Timeout') || isApart) return;
    const call = calls.getStore();
    if (call === undefined) return;
    if (kind) underWay.set(id, { call, kind });
    else timers.set(id, { call, timeout: resource as NodeJS.Timeout, where: whereFrom(new Error().stack) });
  },
  after(id) {
    underWay.delete(id);
  },
  destroy(id) {
    timers.delete(id);
    underWay.delete(id);
  },
});

/** Does something that sets timers of the system's or waits for a turn, which is none of the handler's business. */
export function apart<Value>(work: () => Value): Value {
  const before = isApart;
  isApart = true;
  try {
    return work();
  } finally {
    isApart = before;
  }
}

/**
 * Watches for what one call begins that does not go by the call's clock: timers of the system's (`setTimeout`,
 * `setInterval`), files that are read or written, and turns of the event loop (`setImmediate`).
 */
export class SystemWork {
  /** Does the work of the call; afterwards it is no longer watched. */
  async watch<Value>(work: () => Promise<Value>): Promise<Value> {
    if (watched++ === 0) hook.enable();
    try {
      return await calls.run(this, work);
    } finally {
      if (--watched === 0) hook.disable();
      for (const begun of [timers, underWay]) for (const [id, { call }] of begun) if (call === this) begun.delete(id);
    }
  }

  /** Where those timers were set that are still set and keep the process alive; known in the turn after the one in which they end. */
  get timersLeft(): string[] {
    const left: string[] = [];
    for (const { call, timeout, where } of timers.values()) {
      if (call === this && timeout.hasRef()) left.push(where);
    }
    return left;
  }

  /** Lets the process end although timers are still set: a test that fails is not to hang as well. */
  letGo(): void {
    for (const { call, timeout } of timers.values()) if (call === this) timeout.unref();
  }

  /** What is under way and will soon be done; undefined where nothing is. */
  get underWay(): Kind | undefined {
    for (const { call, kind } of underWay.values()) if (call === this) return kind;
    return undefined;
  }
}

/** The innermost line of a stack that is not Node's own, nor of this file. */
function whereFrom(stack = ''): string {
  const line = stack.split('\n').find((at) => /^\s+at /.test(at) && !/node:|\/system-work\./.test(at));
  return line?.trim().replace(/^at /, '') ?? 'an unknown place';
}
