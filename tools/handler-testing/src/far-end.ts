import { type FrameSink, OPEN } from '@kodama/handler-kit/run';
import type { AudioFormat } from '@kodama/shared/voice';
import { HeardTrack, PlayOutBuffer } from '@kodama/simulator/heard';
import type { CallTime } from './call-time.ts';
import type { Line } from './line.ts';
import { WireFault } from './wire-fault.ts';

/** Frames that Vonage keeps of those that came before their time: a good minute. */
const PLAY_OUT_FRAMES = 3072;

/** Until an answer of Vonage's is there, ms: never in the moment in which a command is sent. */
const ANSWER_MS = 1;

/** A command of the handler's outgoing stream. */
export interface SentCommand {
  readonly atMs: number;
  readonly action: 'clear' | 'notify';
  readonly payload?: unknown;
}

export interface FarEndParts {
  readonly format: AudioFormat;
  readonly time: CallTime;
  readonly line: Line;
  readonly onNotified: (payload: unknown) => void;
  /** Called with the first one. */
  readonly onFault: (fault: WireFault) => void;
}

/** Vonage's side of the socket: keeps the audio that comes, plays a frame of it every 20 ms, and does what commands say. */
export class FarEnd implements FrameSink {
  readonly heard: HeardTrack;
  readonly commands: SentCommand[] = [];
  readonly #parts: FarEndParts;
  readonly #playOut = new PlayOutBuffer(PLAY_OUT_FRAMES);
  #fault: WireFault | undefined;

  constructor(parts: FarEndParts) {
    this.#parts = parts;
    this.heard = new HeardTrack(parts.format.sampleRateHz);
  }

  get fault(): WireFault | undefined {
    return this.#fault;
  }

  /** Open to its end: what is sent after it is a fault. */
  get readyState(): number {
    return OPEN;
  }

  get bufferedAmount(): number {
    return this.#parts.line.waitingOutBytes;
  }

  send(message: Buffer | string, { binary }: { readonly binary: boolean }): void {
    const { line, format } = this.#parts;
    if (line.isCut) {
      this.#onFault('something was sent after the end of the call');
    } else if (typeof message === 'string') {
      if (binary) this.#onFault('a text was sent as a binary message');
      else line.carry('out', message.length, () => this.#onText(message));
    } else if (!binary) {
      this.#onFault('audio was sent as a text message');
    } else if (message.length !== format.bytesPerFrame) {
      this.#onFault(
        `a binary message of ${message.length} bytes was sent: one frame at ${format.sampleRateHz} Hz has ${format.bytesPerFrame}`,
      );
    } else {
      line.carry('out', message.length, () => this.#onFrame(message));
    }
  }

  /** Once every 20 ms: what the caller says meanwhile, and hears. */
  tick(said: Buffer): void {
    this.heard.add(said, this.#playOut.next());
  }

  #onFrame(frame: Buffer): void {
    // Copied when the socket takes it, and not before: memory that is used again while it waits is sent as it is then.
    if (this.#playOut.add(Buffer.from(frame))) return;
    this.#onFault(`a frame was sent while ${PLAY_OUT_FRAMES} wait to be played: there is no room for more`);
  }

  #onText(text: string): void {
    const command = parseCommand(text);
    if (command === undefined) {
      this.#onFault(`a text was sent that is no command: ${text.slice(0, 80)}`);
      return;
    }
    this.commands.push({ atMs: this.#parts.line.nowMs(), ...command });
    if (command.action === 'notify') {
      const { payload } = command;
      const hasRoom = this.#playOut.mark(() => this.#notify(payload));
      if (!hasRoom) this.#onFault('more notify commands wait than there may be frames');
      return;
    }
    // What waited to be notified is thrown away with the audio.
    this.#playOut.clear();
    this.heard.mark('cleared');
  }

  #notify(payload: unknown): void {
    const { time, line, onNotified } = this.#parts;
    time.outside.after(ANSWER_MS, () => line.carry('in', 0, () => onNotified(payload)));
  }

  #onFault(message: string): void {
    if (this.#fault) return;
    this.#fault = new WireFault(`after ${Math.round(this.#parts.line.nowMs())} ms: ${message}`);
    this.#parts.onFault(this.#fault);
  }
}

function parseCommand(text: string): Omit<SentCommand, 'atMs'> | undefined {
  let command: { readonly action?: unknown; readonly payload?: unknown } | null;
  try {
    command = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (command?.action === 'clear') return { action: 'clear' };
  const { action, payload } = command ?? {};
  const isObject = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  return action === 'notify' && isObject ? { action, payload } : undefined;
}
