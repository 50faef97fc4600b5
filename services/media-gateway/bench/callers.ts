import { setTimeout as sleep } from 'node:timers/promises';
import { PTIME_MS } from '@kodama/shared/voice';
import { Caller } from './caller.ts';
import { pin } from './pin.ts';

/** What so many callers heard. */
export interface CallersReport {
  readonly frames: number;
  /** Frames that should have come in the measured time. */
  readonly expected: number;
  readonly wrongSize: number;
  /** Frames that came more than 20 ms after the moment in which they were to be heard: the first at once, each other 20 ms on. */
  readonly late: number;
  /** Frames that came more than 20 ms behind the pace of the earliest of their call, audio that is sent ahead or not. */
  readonly behind: number;
  readonly behindP99Ms: number;
  readonly behindMaxMs: number;
  /** How late this process itself was to look. */
  readonly ownP99Ms: number;
  readonly ownMaxMs: number;
}

interface Parameters {
  readonly port: number;
  readonly calls: number;
  readonly seconds: number;
  readonly sampleRateHz: number;
  readonly talk: boolean;
}

const LATE_MS = 20;
/** More than any lead that the gateway is set to: frames that come at once. */
const LEAD_FRAMES = 100;
/** Sockets that are opened a second. */
const RAMP = 100;
/** Ticks of a frame's time: callers talk in so many turns. */
const TICKS = 20;
const TICK_MS = PTIME_MS / TICKS;

pin();
process.on('disconnect', () => process.exit());
const { port, calls, seconds, sampleRateHz, talk } = JSON.parse(process.argv[2] ?? '') as Parameters;
const frame = Buffer.alloc((sampleRateHz * 2 * PTIME_MS) / 1000, 1);

const callers: Caller[] = [];
/** How late the callers of a tick were to talk, ms. */
const ownMs: number[] = [];
const beganMs = performance.now();
let ticks = 0;
let isDone = false;

/** Never sleeps: what it takes to wake a process that does would be told as the gateway's lateness. */
function spin(): void {
  const nowMs = performance.now();
  const dueMs = beganMs + ticks * TICK_MS;
  if (dueMs <= nowMs) {
    ownMs.push(nowMs - dueMs);
    if (talk) {
      for (let index = ticks % TICKS; index < callers.length; index += TICKS) callers[index]?.talk();
    }
    ticks += 1;
  }
  if (!isDone) setImmediate(spin);
}
spin();

for (let index = 0; index < calls; index++) {
  const caller = new Caller(port, frame);
  await caller.open({
    event: 'websocket:connected',
    'content-type': `audio/l16;rate=${sampleRateHz}`,
    uuid: crypto.randomUUID(),
    handler: 'player',
  });
  callers.push(caller);
  await sleep(1000 / RAMP);
}
await sleep(1000);
process.send?.('begin');
const fromMs = performance.now();
const ownFrom = ownMs.length;
await sleep(seconds * 1000);
const toMs = performance.now();
isDone = true;
process.send?.(report());

function report(): CallersReport {
  const behindMs: number[] = [];
  let late = 0;
  let wrongSize = 0;
  for (const caller of callers) {
    wrongSize += caller.wrongSize;
    const { arrivalsMs } = caller;
    const [firstMs = 0] = arrivalsMs;
    // The lead comes at once, and so the first frames are early.
    let earliestMs = Number.POSITIVE_INFINITY;
    for (const [number, arrivalMs] of arrivalsMs.entries()) {
      if (number >= LEAD_FRAMES) earliestMs = Math.min(earliestMs, arrivalMs - number * PTIME_MS);
    }
    for (const [number, arrivalMs] of arrivalsMs.entries()) {
      if (arrivalMs < fromMs || arrivalMs > toMs) continue;
      const onPaceMs = arrivalMs - number * PTIME_MS;
      if (onPaceMs - firstMs > LATE_MS) late += 1;
      behindMs.push(onPaceMs - earliestMs);
    }
  }
  behindMs.sort((a, b) => a - b);
  const own = ownMs.slice(ownFrom).sort((a, b) => a - b);
  return {
    frames: behindMs.length,
    // Less one a call, for a frame that is due at the very edge.
    expected: calls * Math.floor((toMs - fromMs) / PTIME_MS - 1),
    wrongSize,
    late,
    behind: behindMs.filter((ms) => ms > LATE_MS).length,
    behindP99Ms: behindMs[Math.floor(behindMs.length * 0.99)] ?? 0,
    behindMaxMs: behindMs.at(-1) ?? 0,
    ownP99Ms: own[Math.floor(own.length * 0.99)] ?? 0,
    ownMaxMs: own.at(-1) ?? 0,
  };
}
