import type { AudioFormat } from '@kodama/shared/voice';
import type { SourceFormat } from '../pcm/source-format.ts';
import type { Clip } from '../wav/clip.ts';

/** Audio in the call's own format: bytes of 16-bit signed little-endian mono samples, or the samples themselves. */
export type CallAudio = Uint8Array | Int16Array;

/**
 * Audio to be played from its beginning to its end: bytes or samples, a {@link Clip}, or anything that gives them piece by
 * piece (an array, a generator, a Node stream, an async iterable). Pieces may have any length, also an odd number of bytes.
 */
export type AudioSource = CallAudio | Clip | Iterable<CallAudio> | AsyncIterable<CallAudio>;

export interface PlayOptions {
  /**
   * What the source's bytes are, where they are not in the call's own format: `{ sampleRateHz: 24000 }` for mono 16-bit
   * samples at another rate, `'wav'` for a file with its header. Of no meaning for a {@link Clip}, which knows itself.
   */
  readonly format?: SourceFormat | 'wav';
  /** Ends the playing early, as `clear` does, but leaves alone what was written besides. */
  readonly signal?: AbortSignal;
}

/** How playing came to its end: the caller has heard all of it, or it was cleared before that. */
export type PlayEnd = 'played' | 'cleared';

/**
 * A call's outgoing audio. Whatever goes in, what goes out is whole frames of the call's format, in time: nothing that is
 * done here can break the wire.
 *
 * Two ways lead out. `pass` sends a frame that came in straight on. `write` and `play` queue audio, which leaves at the pace
 * at which it is heard, a bounded lead ahead of it. While queued audio goes out it has the floor: `pass` drops its frames.
 *
 * Once the call is over, what only takes (`pass`, `write`, `flush`, `clear`, `live`) does nothing, and what is waited for
 * rejects with {@link CallOverError}, so that a handler that would go on for ever comes to its end.
 */
export interface AudioOut {
  readonly format: AudioFormat;

  /** Audio that is queued here or was sent ahead of its moment, ms: how far the caller is behind. 0 in silence. */
  readonly unplayedMs: number;

  /**
   * Sends a frame on at once, as it is: the same Buffer, no copy, no queue. For audio that comes in time by itself.
   *
   * @returns false where it was dropped and counted: the receiver is too slow, or queued audio has the floor. A frame that is
   * not exactly one of the call's format is never sent.
   */
  pass(frame: Buffer): boolean;

  /**
   * Queues audio of any length, behind all that was queued before. A rest that makes no whole frame waits for what comes
   * next; where nothing comes in time, or `flush` says so, it is filled up with silence. The audio is copied: the caller may
   * use its memory again.
   *
   * @returns false as a sign to wait for `drained` before writing more. The audio was taken all the same, unless more than the
   * limit (`MAX_QUEUED_AUDIO_MS`) would wait: what is above it is thrown away and counted.
   */
  write(audio: CallAudio): boolean;

  /** Says that what was written is complete: a rest that makes no whole frame is filled up with silence and goes out. */
  flush(): void;

  /** Fulfilled when there is room for more: at most {@link HIGH_WATER_MS} of audio are queued. */
  drained(): Promise<void>;

  /**
   * Plays a source from beginning to end: read no faster than it is sent, converted where its format is another, flushed at
   * its end. Sources that are played while another one is follow each other.
   *
   * @returns once the caller has heard all of it, or it was cleared.
   * @throws AudioFormatError for a format that cannot be converted, or a WAV file that is none; and what the source throws.
   */
  play(source: AudioSource, options?: PlayOptions): Promise<PlayEnd>;

  /** Flushes, and is fulfilled when Vonage says that all audio queued up to now has been heard or cleared. */
  played(): Promise<PlayEnd>;

  /** Barge-in: throws away all that the caller has not heard yet, here and at Vonage, and ends everything that plays. */
  clear(): void;

  /**
   * From now on, written audio is live: what would be heard more than `maxDelayMs` after it was written is thrown away, the
   * oldest first, so that a delay never stays. `false` goes back to playing all. Sources of `play` are never shortened.
   *
   * @param maxDelayMs 40 or more, and at least a frame (20) more than the longest piece that is written
   */
  live(maxDelayMs: number | false): void;
}

/** Queued audio above which `write` asks its user to wait, ms. */
export const HIGH_WATER_MS = 1000;
