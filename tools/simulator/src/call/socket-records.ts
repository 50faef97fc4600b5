import type { SocketLeg } from '../legs/socket-leg.ts';
import type { SocketClose, SocketFault } from '../socket/vonage-socket.ts';
import type { Findings } from './findings.ts';
import { judgeSocket, NO_SOCKET, type SocketFigures, socketFigures } from './socket-figures.ts';

/** What a report tells of a call's sockets: figures of the first one, and what is wrong with any. */
export class SocketRecords {
  /** Why the first socket, as long as none has opened, could not be opened. */
  failureCode: SocketFault | null = null;
  /** How long it took to open the first one, ms. */
  openMs: number | null = null;
  readonly #findings: Findings;
  #first: SocketLeg | undefined;
  #figures: SocketFigures = NO_SOCKET;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  get hasOpened(): boolean {
    return this.#first !== undefined;
  }

  get figures(): SocketFigures {
    return this.#figures;
  }

  opened(socket: SocketLeg, openMs: number): void {
    this.#first ??= socket;
    this.openMs ??= openMs;
  }

  closed(socket: SocketLeg, uri: string, close: SocketClose): void {
    const figures = socketFigures(socket, uri, close);
    judgeSocket(figures, socket, this.#findings);
    if (socket === this.#first) this.#figures = figures;
  }

  notOpened(code: SocketFault, uri: string): void {
    if (this.#first) return;
    this.failureCode ??= code;
    if (this.#figures.socketUri === null) this.#figures = { ...NO_SOCKET, socketUri: uri };
  }
}
