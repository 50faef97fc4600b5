import type { HandlerCall } from '../handler/handler.ts';
import type { RecordingDisk } from './recording-disk.ts';
import { RecordingFile } from './recording-file.ts';
import { recordingName } from './recording-name.ts';
import { BLOCK_MS, StereoTimeline } from './stereo-timeline.ts';

export interface RecordingLimits {
  readonly directory: string;
  readonly longestMs: number;
  readonly minFreeBytes: number;
}

/** The recording of one call: begins to make its file at once, and waits for nothing before it is ended. */
export class CallRecording {
  readonly #call: HandlerCall;
  readonly #name: string;
  readonly #file: RecordingFile;
  readonly #timeline: StereoTimeline;
  /** Moments in a block. */
  readonly #block: number;

  constructor(call: HandlerCall, limits: RecordingLimits, disk: RecordingDisk) {
    const { conversationUuid, socketId, format } = call;
    this.#call = call;
    this.#name = recordingName({ startedAtEpochMs: call.epochMs(), conversationUuid, socketId });
    this.#timeline = new StereoTimeline(format);
    this.#block = (format.sampleRateHz * BLOCK_MS) / 1000;
    const { sampleRateHz } = format;
    this.#file = new RecordingFile({ ...limits, name: this.#name, sampleRateHz, disk, log: () => call.log });
  }

  /** Hot. */
  caller(frame: Uint8Array): void {
    if (this.#file.end !== undefined) return;
    const nowMs = this.#call.elapsedMs();
    this.#passOn(nowMs);
    this.#timeline.caller(frame, nowMs);
  }

  /** Hot. */
  ours(frame: Uint8Array, heardAtMs: number): void {
    if (this.#file.end !== undefined) return;
    this.#passOn(this.#call.elapsedMs());
    this.#timeline.ours(frame, heardAtMs);
  }

  cleared(): void {
    this.#timeline.clearOurs(this.#call.elapsedMs());
  }

  /** The call is over. Fulfilled when the file is finished and what came of it is logged; never rejects. */
  async end(): Promise<void> {
    if (this.#file.end === undefined) this.#passOnRest(this.#call.elapsedMs());
    await this.#file.close();
    if (!this.#file.exists) return;
    const { durationMs, fileBytes, unwrittenMs, end } = this.#file;
    const { cutMs, leftOutMs } = this.#timeline;
    this.#call.log.info(
      {
        file: this.#name,
        seconds: Math.round(durationMs / 10) / 100,
        bytes: fileBytes,
        endedBy: end,
        callerCutMs: Math.round(cutMs),
        oursLeftOutMs: Math.round(leftOutMs),
        unwrittenMs: Math.round(unwrittenMs),
      },
      'the call was recorded',
    );
  }

  #passOn(nowMs: number): void {
    for (let settled = this.#timeline.settled(nowMs); settled >= this.#block; settled -= this.#block) {
      this.#passOnNext(this.#block);
    }
  }

  #passOnRest(nowMs: number): void {
    for (let rest = this.#timeline.rest(nowMs); rest > 0; rest -= this.#block) {
      this.#passOnNext(Math.min(rest, this.#block));
    }
  }

  #passOnNext(length: number): void {
    if (this.#timeline.isEmpty(length)) {
      this.#timeline.skip(length);
      this.#file.skip(length);
      return;
    }
    const block = this.#file.borrow();
    if (block === undefined) {
      this.#timeline.skip(length);
      this.#file.miss(length);
      return;
    }
    this.#timeline.take(block.samples, length);
    this.#file.write(block, length);
  }
}
