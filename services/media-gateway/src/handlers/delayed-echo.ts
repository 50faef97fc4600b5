import { defineHandler } from '@kodama/handler-kit';
import { integer } from '@kodama/shared/config';
import { PTIME_MS } from '@kodama/shared/voice';

/**
 * Sends every frame back after a while, so that a person hears it as an echo of what he has just said. The caller's own
 * frames are the clock: each one that comes lets go of the one that came so long before it.
 */
export const delayedEcho = defineHandler({
  name: 'delayed-echo',
  settings: {
    ECHO_DELAY_MS: integer({ min: 20, max: 10_000 })
      .default(600)
      .describe('milliseconds that the delayed echo is behind, e.g. 600'),
  },
  state: ({ format, settings }) => ({
    // A copy of each frame: a frame that is kept as it came keeps far more memory than its own.
    ring: Buffer.alloc(Math.round(settings.ECHO_DELAY_MS / PTIME_MS) * format.bytesPerFrame),
    offset: 0,
    isFull: false,
  }),
  onAudio({ out, format, state }, frame) {
    const place = state.ring.subarray(state.offset, state.offset + format.bytesPerFrame);
    // The socket may hold on to what it is given, so that goes out as a copy, too.
    if (state.isFull) out.pass(Buffer.from(place));
    frame.copy(place);
    state.offset = (state.offset + format.bytesPerFrame) % state.ring.length;
    if (state.offset === 0) state.isFull = true;
  },
});
