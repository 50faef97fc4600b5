import type { WriteStream } from 'node:tty';
import type { CallProgress } from '../call/place-call.ts';

const REDRAW_MS = 100;
const WIDTH = 30;
/** Of a terminal that does not tell how wide it is. */
const USUAL_COLUMNS = 80;
const CLEAR_LINE = '\r\x1b[K';

/** Draws how many of the planned frames are spoken, until it is disposed of; nothing where the stream is no terminal. */
export function drawProgress(progress: CallProgress, stream: WriteStream): Disposable {
  if (!stream.isTTY) return { [Symbol.dispose]() {} };
  const timer = setInterval(() => stream.write(CLEAR_LINE + bar(progress, stream.columns || USUAL_COLUMNS)), REDRAW_MS);
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      stream.write(CLEAR_LINE);
    },
  };
}

function bar({ framesSpoken, framesPlanned }: CallProgress, columns: number): string {
  if (framesPlanned === 0) return 'calling …';
  const counts = ` ${framesSpoken} of ${framesPlanned} frames`;
  // A line that wraps is cleared in its last row only; a full one wraps on some terminals.
  const width = Math.max(0, Math.min(WIDTH, columns - 1 - counts.length));
  const filled = Math.floor((framesSpoken / framesPlanned) * width);
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)}${counts}`;
}
