import type { WriteStream } from 'node:tty';
import type { CallProgress } from '../media/echo-run.ts';

const REDRAW_MS = 100;
const WIDTH = 30;
const CLEAR_LINE = '\r\x1b[K';

/** Draws how many of the planned frames are sent, until it is disposed of; nothing where the stream is no terminal. */
export function drawProgress(progress: CallProgress, stream: WriteStream): Disposable {
  if (!stream.isTTY) return { [Symbol.dispose]() {} };
  const timer = setInterval(() => stream.write(CLEAR_LINE + bar(progress)), REDRAW_MS);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      stream.write(CLEAR_LINE);
    },
  };
}

function bar({ framesSent, framesPlanned }: CallProgress): string {
  if (framesPlanned === 0) return 'calling …';
  const filled = Math.floor((framesSent / framesPlanned) * WIDTH);
  return `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${framesSent} of ${framesPlanned} frames`;
}
