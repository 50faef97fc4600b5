import { setTimeout as sleep } from 'node:timers/promises';
import { VonageEnd } from '@kodama/media-gateway/testing';
import { until } from './wait.ts';

const FRAME_MS = 20;

export interface TalkingCallerOptions {
  readonly handler: string;
  /** Default 16000. */
  readonly sampleRateHz?: 8000 | 16000 | 24000;
}

/**
 * A caller who talks without a pause, straight to a media gateway, a frame every 20 ms: all samples of his first frame are 1,
 * of the second 2, and so on. So whatever is made of his audio shows which of it is there.
 */
export class TalkingCaller {
  readonly legUuid = crypto.randomUUID();
  readonly conversationUuid = `CON-${crypto.randomUUID()}`;
  readonly sampleRateHz: number;
  readonly end: VonageEnd;
  #sent = 0;

  private constructor(end: VonageEnd, sampleRateHz: number) {
    this.end = end;
    this.sampleRateHz = sampleRateHz;
  }

  static async call(port: number, { handler, sampleRateHz = 16_000 }: TalkingCallerOptions): Promise<TalkingCaller> {
    const caller = new TalkingCaller(await VonageEnd.open(port), sampleRateHz);
    const { legUuid, conversationUuid } = caller;
    const headers = { uuid: legUuid, conversation_uuid: conversationUuid, handler };
    caller.end.connected(headers, `audio/l16;rate=${sampleRateHz}`);
    void caller.#talk();
    return caller;
  }

  get sent(): number {
    return this.#sent;
  }

  /** The numbers of the frames that came back, in their order. */
  get echoed(): number[] {
    return this.end.frames.map((frame) => frame.readInt16LE());
  }

  /** Waits until so many frames have come back. */
  async hears(frames: number): Promise<void> {
    await until(() => this.end.frames.length >= frames, { what: `${frames} frames to come back`, everyMs: 5 });
  }

  async #talk(): Promise<void> {
    const { socket } = this.end;
    const samples = (this.sampleRateHz / 1000) * FRAME_MS;
    const beganMs = performance.now();
    while (socket.readyState === socket.OPEN) {
      // What a busy process was late with comes at once.
      while (beganMs + this.#sent * FRAME_MS <= performance.now()) {
        this.#sent += 1;
        this.end.audio(new Uint8Array(new Int16Array(samples).fill(this.#sent).buffer));
      }
      await sleep(FRAME_MS / 2);
    }
  }
}
