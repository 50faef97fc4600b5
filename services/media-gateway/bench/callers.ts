import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { PTIME_MS } from '@kodama/shared/voice';
import { WebSocket } from 'ws';
import { pin } from './pin.ts';

/** What so many callers heard. */
export interface CallersReport {
  readonly frames: number;
  /** Frames that should have come in the measured time. */
  readonly expected: number;
  readonly wrongSize: number;
  /** Frames that came more than 20 ms after their moment. */
  readonly late: number;
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
  /** Frames that came after the moment in which they were to be heard. */
  readonly gaps: number;
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
const TICK_MS = 5;

pin();
const { port, calls, seconds, sampleRateHz, talk } = JSON.parse(process.argv[2] ?? '') as Parameters;
const frame = Buffer.alloc((sampleRateHz * 2 * PTIME_MS) / 1000, 1);

class Caller {
  readonly socket = new WebSocket(`ws://127.0.0.1:${port}/socket`, { perMessageDeflate: false });
  readonly arrivalsMs: number[] = [];
  wrongSize = 0;

  async open(): Promise<void> {
    await once(this.socket, 'open');
    this.socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) return;
      if (data.length !== frame.length) this.wrongSize += 1;
      this.arrivalsMs.push(performance.now());
    });
    this.socket.send(
      JSON.stringify({
        event: 'websocket:connected',
        'content-type': `audio/l16;rate=${sampleRateHz}`,
        uuid: crypto.randomUUID(),
        handler: 'player',
      }),
    );
  }
}

const ownMs: number[] = [];
const beganMs = performance.now();
let ticks = 0;
const callers: Caller[] = [];
const timer = setInterval(() => {
  const nowMs = performance.now();
  while (beganMs + ticks * TICK_MS <= nowMs) {
    ownMs.push(nowMs - (beganMs + ticks * TICK_MS));
    if (talk) {
      for (let index = ticks % 4; index < callers.length; index += 4) callers[index]?.socket.send(frame);
    }
    ticks += 1;
  }
}, TICK_MS);

for (let index = 0; index < calls; index++) {
  const caller = new Caller();
  await caller.open();
  callers.push(caller);
  await sleep(1000 / RAMP);
}
await sleep(1000);
process.send?.('begin');
const fromMs = performance.now();
const ownFrom = ownMs.length;
await sleep(seconds * 1000);
const toMs = performance.now();
clearInterval(timer);
process.send?.(report());
process.on('disconnect', () => process.exit());

function report(): CallersReport {
  const lates: number[] = [];
  let wrongSize = 0;
  let gaps = 0;
  for (const caller of callers) {
    wrongSize += caller.wrongSize;
    const { arrivalsMs } = caller;
    // The lead comes at once, and so the first frames are early: their moments are those of what is to be heard.
    const firstMs = arrivalsMs[0] ?? 0;
    let earliestMs = Number.POSITIVE_INFINITY;
    for (const [number, arrivalMs] of arrivalsMs.entries()) {
      if (number >= LEAD_FRAMES) earliestMs = Math.min(earliestMs, arrivalMs - number * PTIME_MS);
    }
    for (const [number, arrivalMs] of arrivalsMs.entries()) {
      if (arrivalMs < fromMs || arrivalMs > toMs) continue;
      lates.push(arrivalMs - number * PTIME_MS - earliestMs);
      if (arrivalMs > firstMs + number * PTIME_MS) gaps += 1;
    }
  }
  lates.sort((a, b) => a - b);
  const own = ownMs.slice(ownFrom).sort((a, b) => a - b);
  return {
    frames: lates.length,
    // Less one a call, for a frame that is due at the very edge.
    expected: calls * Math.floor((toMs - fromMs) / PTIME_MS - 1),
    wrongSize,
    late: lates.filter((ms) => ms > LATE_MS).length,
    lateP99Ms: lates[Math.floor(lates.length * 0.99)] ?? 0,
    lateMaxMs: lates.at(-1) ?? 0,
    gaps,
    ownP99Ms: own[Math.floor(own.length * 0.99)] ?? 0,
    ownMaxMs: own.at(-1) ?? 0,
  };
}
