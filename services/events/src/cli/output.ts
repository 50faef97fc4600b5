import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Where a command writes its results: as fast as they are read, and no further once nobody reads them. */
export class Output {
  readonly #stream: Writable;
  readonly #signal: AbortSignal;

  /** @param stop is called when nobody reads any more, as behind `| head`; `signal` is expected to be aborted by it. */
  constructor(stream: Writable, signal: AbortSignal, stop: () => void) {
    this.#stream = stream;
    this.#signal = signal;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      stop();
    });
  }

  async write(text: string | Uint8Array): Promise<void> {
    if (this.#signal.aborted || this.#stream.write(text)) return;
    await once(this.#stream, 'drain', { signal: this.#signal }).catch(() => {});
  }

  async line(text: string): Promise<void> {
    await this.write(`${text}\n`);
  }
}

/** Text that leaves a terminal as it is, whatever somebody sent: control characters become `\u001b` and the like. */
export function printable(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
