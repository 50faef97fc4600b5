import { type Handler, type HandlerCall, isHandler } from '@kodama/handler-kit';
import { type CallOptions, callHandler, type HandledCall } from '@kodama/handler-testing';
import { speechBridge } from '../speech-bridge.ts';
import type { StandIn } from './stand-in.ts';

const running = new Set<Promise<HandledCall>>();

/**
 * A call through the bridge, in real time. It comes back when all that run beside it are over as well: to measure one keeps
 * the process busy, which would make gaps in the others.
 */
export async function called(
  standIn: Pick<StandIn, 'url'>,
  options: CallOptions,
  handler = speechBridge,
): Promise<HandledCall> {
  const calling = callHandler(handler, {
    ...options,
    settings: { SPEECH_URL: standIn.url, ...options.settings },
    // A machine that is busy with other tests is to make no gap.
    limits: { leadMs: 500 },
    realTime: true,
  });
  running.add(calling);
  try {
    return await calling;
  } finally {
    running.delete(calling);
    await Promise.allSettled(running);
  }
}

/** The bridge, watched: `look` is called with each frame of the caller's. */
export function watched(look: (call: HandlerCall) => void): Handler {
  const handler: Handler = {
    ...speechBridge,
    onAudio(call, frame) {
      look(call);
      return speechBridge.onAudio?.(call, frame);
    },
  };
  if (!isHandler(handler)) throw new TypeError('the mark of a handler is lost');
  return handler;
}

/**
 * The bridge, and how late the process was at its worst, ms. The far end of such a call is in this process, too: after a stall
 * it catches up, and so hears what has come meanwhile by that much earlier than it could have.
 */
export function timed(): { readonly handler: Handler; readonly worstMs: () => number } {
  let frames = 0;
  let worstMs = 0;
  const handler = watched((call) => {
    worstMs = Math.max(worstMs, call.elapsedMs() - frames * 20);
    frames += 1;
  });
  return { handler, worstMs: () => worstMs };
}
