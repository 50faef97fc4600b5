import { setTimeout as sleep } from 'node:timers/promises';
import type { Timeline } from '../call/call-timeline.ts';
import type { Findings } from '../call/findings.ts';
import { bytesPerFrame, FRAME_MS, type SampleRateHz } from '../media/audio-format.ts';
import { silence } from '../media/conversation.ts';
import { Measurements } from '../media/distribution.ts';
import { EchoCheck } from '../media/echo-check.ts';
import { FramePlayer } from '../media/frame-player.ts';
import { FrameResampler } from '../media/frame-resampler.ts';
import { PlayOutBuffer } from '../media/play-out-buffer.ts';
import type { WebSocketEndpoint } from '../ncco/actions.ts';
import type { RuleSettings } from '../rules/rule-settings.ts';
import { MOST_UNREAD_BYTES, type SocketClose, VonageSocket } from '../socket/vonage-socket.ts';
import { withPlayed } from './caller.ts';
import type { Leg } from './leg.ts';
import { LegParty } from './leg-party.ts';
import { SocketCommands } from './socket-commands.ts';

export interface SocketLegParts {
  readonly leg: Leg;
  readonly endpoint: WebSocketEndpoint;
  /** The rate of the socket: what the endpoint asks for, unless told otherwise. */
  readonly sampleRateHz: SampleRateHz;
  readonly conversationRateHz: SampleRateHz;
  readonly authorization: string | undefined;
  readonly rules: RuleSettings;
  readonly findings: Findings;
  readonly timeline: Timeline;
  readonly expectsEcho: boolean;
  /** The frame clock's time. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onText: (text: string) => void;
  /** Called with each frame that comes from the application, where somebody wants it. */
  readonly onFrame: ((frame: Buffer) => void) | undefined;
}

/** The application's place in a conversation: what it sends is played in real time, and it hears everyone else. */
export class SocketLeg extends LegParty {
  readonly sampleRateHz: SampleRateHz;
  readonly playOut: PlayOutBuffer;
  readonly echo: EchoCheck | undefined;
  /** What REST plays into this leg alone. */
  readonly played = new FramePlayer();
  /** Of each frame that was sent. */
  latenessMs = new Measurements();
  framesSent = 0;
  framesReceived = 0;
  framesWrongSize = 0;
  framesFragmented = 0;
  dtmfSent = 0;
  /** The call was told to break the connection: that is no fault of the application's. */
  wasReset = false;

  readonly #parts: SocketLegParts;
  readonly #frameBytes: number;
  readonly #silence: Buffer | undefined;
  #socket: VonageSocket | undefined;
  #toSocket: FrameResampler | undefined;
  #fromSocket: FrameResampler | undefined;
  #isQuiet = false;
  /** What waits for {@link begin}, as an application may speak first; undefined afterwards. */
  #early: (() => void)[] | undefined = [];
  readonly #commands: SocketCommands;

  private constructor(parts: SocketLegParts) {
    super(parts.leg);
    this.#parts = parts;
    this.sampleRateHz = parts.sampleRateHz;
    this.playOut = new PlayOutBuffer(Number(parts.rules.value('3.4.5')));
    this.echo = parts.expectsEcho ? new EchoCheck(parts.now) : undefined;
    this.#frameBytes = bytesPerFrame(parts.sampleRateHz);
    this.#commands = new SocketCommands({
      ...parts,
      playOut: this.playOut,
      sendEvent: (event, fields) => this.#open.sendEvent(event, fields),
      cut: () => this.#open.break('platform'),
    });
    this.#silence = parts.rules.is('3.3.4', 'frames') ? silence(parts.sampleRateHz) : undefined;
  }

  /** @throws {SocketError} where the application does not let it open. */
  static async open(parts: SocketLegParts): Promise<SocketLeg> {
    const leg = new SocketLeg(parts);
    await leg.#openSocket();
    return leg;
  }

  get closed(): Promise<SocketClose> {
    return this.#open.closed;
  }

  get textMessages(): number {
    return this.#commands.received;
  }

  /** What was wrong with the connection where it broke. */
  get protocolError(): string | undefined {
    return this.#socket?.protocolError;
  }

  get #open(): VonageSocket {
    if (!this.#socket) throw new Error('the socket is used before it is open');
    return this.#socket;
  }

  override speak(): Buffer | undefined {
    if (!this.#open.isOpen) return undefined;
    const frame = this.playOut.next();
    return this.#fromSocket ? this.#fromSocket.convert(frame) : frame;
  }

  override hear(mix: Buffer | undefined, dueMs: number): void {
    const heard = this.#toSocket ? this.#toSocket.convert(mix) : mix;
    if (this.#isQuiet || !this.#open.isOpen) return;
    const frame = withPlayed(heard, this.played.next()) ?? this.#silence;
    if (!frame) return;
    if (!this.#open.sendAudio(frame)) {
      this.#parts.findings.problem(
        `the application does not read what it is sent: ${MOST_UNREAD_BYTES} bytes wait for it, and no more are sent`,
      );
      return;
    }
    this.framesSent++;
    this.latenessMs.add(this.#parts.now() - dueMs);
    this.echo?.sent(frame, dueMs);
  }

  /** The leg is in the call: what the application has said already is heard now. */
  begin(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const handle of early) if (!this.#open.isCut) handle();
  }

  /** The figures of time are to tell of the frames from the next one on. */
  timeFromHere(): void {
    this.latenessMs = new Measurements();
    this.echo?.timeFromHere();
  }

  sendDtmf(digit: string, durationMs: number): void {
    this.#open.sendEvent('websocket:dtmf', { digit, duration: durationMs });
    this.dtmfSent++;
  }

  /** Sends no audio any more, and waits until all that was sent is back, and played: at most so long. */
  async settle(limitMs: number): Promise<void> {
    this.#isQuiet = true;
    const endMs = performance.now() + limitMs;
    const gone = this.closed.then(() => {});
    await Promise.race([this.echo?.settled(limitMs), gone]);
    while (this.playOut.frames > 0 && this.#open.isOpen && performance.now() < endMs) await sleep(FRAME_MS);
  }

  hold(): void {
    this.#open.hold();
  }

  release(): void {
    this.#open.release();
  }

  /** Breaks the connection, as a network does. */
  reset(): void {
    this.wasReset = true;
    this.#open.break('connection');
  }

  /** It was closed from this side, in the way in which Vonage ends a leg, and not cut. */
  get wasHungUp(): boolean {
    return this.#socket?.isHungUp ?? false;
  }

  hangUp(by: 'caller' | 'platform'): Promise<SocketClose> {
    return this.#open.hangUp(by);
  }

  async #openSocket(): Promise<void> {
    const { endpoint, sampleRateHz, conversationRateHz, authorization, rules, signal } = this.#parts;
    if (sampleRateHz !== conversationRateHz) {
      this.#toSocket = await FrameResampler.create(conversationRateHz, sampleRateHz);
      this.#fromSocket = await FrameResampler.create(sampleRateHz, conversationRateHz);
    }
    try {
      this.#socket = await VonageSocket.open({
        uri: endpoint.uri,
        sampleRateHz,
        headers: endpoint.headers,
        authorization,
        rules,
        signal,
        onAudio: (message, inFragments) => {
          if (this.#early) this.#early.push(() => this.#onAudio(message, inFragments));
          else this.#onAudio(message, inFragments);
        },
        onText: (text) => {
          if (this.#early) this.#early.push(() => this.#commands.onText(text));
          else this.#commands.onText(text);
        },
      });
    } catch (error) {
      this.#closeConverters();
      throw error;
    }
    void this.#socket.closed.then(() => this.#closeConverters());
  }

  #onAudio(message: Buffer, inFragments: boolean): void {
    const { rules, findings, onFrame } = this.#parts;
    if (inFragments) {
      this.framesFragmented++;
      if (rules.is('3.4.4', 'ignored')) {
        findings.problem(
          'the application sent audio in a WebSocket message of several fragments: it is not played',
          '3.4.4',
        );
        return;
      }
      findings.note('the application sends audio in WebSocket messages of several fragments', '3.4.4');
    }
    if (message.length !== this.#frameBytes) {
      this.#onWrongSize(message.length);
      return;
    }
    this.framesReceived++;
    onFrame?.(message);
    this.echo?.received(message);
    if (!this.playOut.add(message)) this.#onOverflow();
  }

  #onOverflow(): void {
    const { rules, findings } = this.#parts;
    const sentence = `the application is more than ${rules.value('3.4.5')} frames ahead of what is played`;
    if (rules.is('3.4.6', 'dropped')) {
      findings.problem(`${sentence}: what has no room is dropped`, '3.4.6');
    } else {
      findings.problem(`${sentence}: Vonage closes the connection`, '3.4.6');
      this.#open.break('platform');
    }
  }

  #onWrongSize(bytes: number): void {
    this.framesWrongSize++;
    this.#parts.findings.problem(
      `the application sent a binary message of ${bytes} bytes; one frame at ${this.sampleRateHz} Hz has ${this.#frameBytes}: Vonage closes the connection, which the application sees as 1006`,
      '3.4.2',
    );
    this.#open.break('platform');
  }

  #closeConverters(): void {
    this.#toSocket?.close();
    this.#fromSocket?.close();
    this.#toSocket = undefined;
    this.#fromSocket = undefined;
  }
}
