import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A connection on which a test says what no HTTP client would. Everything that comes back is kept. */
export class RawConnection implements Disposable {
  readonly openedAt = performance.now();
  readonly #socket: Socket;
  #received = '';
  #goneAt: number | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1').on('data', (text: string) => {
      this.#received += text;
    });
    // That a peer resets a connection is one of the things that are looked for.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#goneAt = performance.now();
    });
  }

  static async open(url: string): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  write(text: string): void {
    if (!this.#socket.destroyed) this.#socket.write(text, 'latin1');
  }

  /** How long it lived, ms; undefined while it does. */
  get livedMs(): number | undefined {
    return this.#goneAt === undefined ? undefined : this.#goneAt - this.openedAt;
  }

  get received(): string {
    return this.#received;
  }

  /** All whole answers so far. */
  get answers(): RawAnswer[] {
    return answersIn(this.#received);
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

/** The lines with their ends, and the empty line behind them. */
export function lines(...all: string[]): string {
  return `${all.join('\r\n')}\r\n\r\n`;
}

function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let at = 0; at < text.length; ) {
    const headEnd = text.indexOf('\r\n\r\n', at);
    if (headEnd < 0) break;
    const [first = '', ...rest] = text.slice(at, headEnd).split('\r\n');
    const headers = Object.fromEntries(
      rest.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
    );
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1]);
    const bodyEnd = headEnd + 4 + Number(headers['content-length'] ?? 0);
    if (bodyEnd > text.length) break;
    answers.push({ status, headers, body: text.slice(headEnd + 4, bodyEnd) });
    at = bodyEnd;
  }
  return answers;
}
