import { setTimeout as pause } from 'node:timers/promises';
import type { CallTime } from './call-time.ts';
import type { HandledEnd } from './handled-call.ts';
import { apart, type SystemWork } from './system-work.ts';

/** On the system's clock, what the handler closes at the end gets so long to be gone, ms. */
const GRACE_MS = 1000;
const LOOK_MS = 10;

/** Thrown when a call is over and something of it is not: in a process that goes on, it would be there for ever. */
export class LeftBehind extends Error {
  override readonly name = 'LeftBehind';
  /** A sentence each. */
  readonly left: readonly string[];

  constructor(left: readonly string[], { by, atMs, error }: HandledEnd) {
    const failure = by === 'failure' ? ` (the handler failed after ${atMs} ms: ${error})` : '';
    super(`the call is over${failure}, but not all of it:\n${left.map((line) => `  ${line}`).join('\n')}`, {
      ...(failure && { cause: error }),
    });
    this.left = left;
  }
}

/** @throws LeftBehind where timers of the call's are still set; they do not keep the process from its end */
export async function checkLeftBehind(
  end: HandledEnd,
  time: CallTime,
  system: SystemWork,
  isRealTime: boolean,
): Promise<void> {
  const endMs = performance.now() + (isRealTime ? GRACE_MS : 0);
  let left = whatIsLeft(time, system, isRealTime);
  while (left.length > 0 && performance.now() < endMs) {
    await apart(() => pause(LOOK_MS));
    left = whatIsLeft(time, system, isRealTime);
  }
  if (left.length === 0) return;
  system.letGo();
  throw new LeftBehind(left, end);
}

function whatIsLeft(time: CallTime, system: SystemWork, isRealTime: boolean): string[] {
  const left: string[] = [];
  if (time.pending > 0) left.push(`timers of the call's own that are still set: ${time.pending}`);
  for (const where of system.timersLeft) {
    const hint = isRealTime
      ? ''
      : ": it goes by the system's clock and not by the call's; `call.sleep` goes by the call's, or use `realTime: true`";
    left.push(`a timer that was set at ${where}${hint}`);
  }
  return left;
}
