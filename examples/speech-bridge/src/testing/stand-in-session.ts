import { bytesOf, type Clip } from '@kodama/handler-kit';
import type { WebSocket } from 'ws';
import {
  type MessageFromService,
  type MessageToService,
  type ResponseTruncated,
  SERVICE_AUDIO,
  SERVICE_BYTES_PER_MS,
} from '../protocol.ts';
import { Ear } from './ear.ts';

/** How large the pieces are in which a response is sent, unless it is said: 100 ms. */
const PIECE_BYTES = 100 * SERVICE_BYTES_PER_MS;

/** One connection to the stand-in, as the service sees it. */
export class StandInSession {
  readonly socket: WebSocket;
  /** What the other side sent with the request for the upgrade. */
  readonly authorization: string | undefined;
  readonly messages: MessageToService[] = [];
  /** All audio that came. */
  readonly audio: Buffer[] = [];
  isClosed = false;
  /** Calls back when the caller begins to talk, and when he has done. */
  onSpeech: (what: 'began' | 'ended') => void = () => {};
  onAudio: () => void = () => {};
  onMessage: (message: MessageToService) => void = () => {};
  readonly #ear = new Ear();
  readonly #number: number;
  #audioBytes = 0;
  #responses = 0;

  /** @param number of this connection, so that no two responses have the same id */
  constructor(socket: WebSocket, authorization: string | undefined, number: number) {
    this.socket = socket;
    this.authorization = authorization;
    this.#number = number;
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isClosed = true;
    });
    socket.on('message', (data: Buffer, isBinary) => this.#take(data, isBinary));
  }

  /** How long what came from the caller is. */
  get audioMs(): number {
    return this.#audioBytes / SERVICE_BYTES_PER_MS;
  }

  /** The cut-off responses that were told of. */
  get truncated(): ResponseTruncated[] {
    return this.messages.filter((message) => message.type === 'response.truncated');
  }

  say(message: MessageFromService): void {
    this.socket.send(JSON.stringify(message));
  }

  /** Sends bytes, whatever they are, as a binary message. */
  sendAudio(bytes: Uint8Array): void {
    this.socket.send(bytes);
  }

  /**
   * A whole response, all of it at once.
   *
   * @param pieceBytes of each message; an odd number parts samples
   * @returns its id
   */
  respond(audio: Clip, pieceBytes = PIECE_BYTES): string {
    const responseId = this.begin();
    this.sendPieces(audio, pieceBytes);
    this.say({ type: 'response.finished', responseId });
    return responseId;
  }

  /** @returns the id of the response that begins */
  begin(): string {
    this.#responses += 1;
    const responseId = `r-${this.#number}-${this.#responses}`;
    this.say({ type: 'response.started', responseId });
    return responseId;
  }

  sendPieces(audio: Clip, pieceBytes = PIECE_BYTES): void {
    const bytes = bytesOf(audio.samplesAt(SERVICE_AUDIO.sampleRateHz));
    for (let at = 0; at < bytes.length; at += pieceBytes) this.sendAudio(bytes.subarray(at, at + pieceBytes));
  }

  /** Cuts the connection, as a crash would. */
  drop(): void {
    this.socket.terminate();
  }

  /** Reads nothing any more, and answers no ping. */
  stopReading(): void {
    this.socket.pause();
  }

  #take(data: Buffer, isBinary: boolean): void {
    if (!isBinary) {
      const message: MessageToService = JSON.parse(data.toString());
      this.messages.push(message);
      this.onMessage(message);
      return;
    }
    this.audio.push(data);
    this.#audioBytes += data.length;
    this.onAudio();
    const heard = this.#ear.hear(data);
    if (heard) this.onSpeech(heard);
  }
}
