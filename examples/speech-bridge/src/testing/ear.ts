import { levelDbfs, samplesOf } from '@kodama/handler-kit';
import { SERVICE_BYTES_PER_MS } from '../protocol.ts';

const WINDOW_BYTES = 20 * SERVICE_BYTES_PER_MS;

/** Above this is speech: a quiet line is at -60 and below. */
const SPEECH_DBFS = -40;

/** So many loud windows in a row are speech, and not a click: 60 ms. */
const LOUD_WINDOWS = 3;

/** So many quiet ones are the end of it: 300 ms. */
const QUIET_WINDOWS = 15;

/** Hears by its level when somebody begins to talk, and when he has done. */
export class Ear {
  #rest: Buffer = Buffer.alloc(0);
  #isTalking = false;
  /** Windows in a row that speak for the other state. */
  #against = 0;

  /** @returns what has happened in this audio, the last of it where it was more than one thing */
  hear(audio: Buffer): 'began' | 'ended' | undefined {
    let heard: 'began' | 'ended' | undefined;
    let bytes = Buffer.concat([this.#rest, audio]);
    for (; bytes.length >= WINDOW_BYTES; bytes = bytes.subarray(WINDOW_BYTES)) {
      const isLoud = levelDbfs(samplesOf(bytes.subarray(0, WINDOW_BYTES))) >= SPEECH_DBFS;
      this.#against = isLoud === this.#isTalking ? 0 : this.#against + 1;
      if (this.#against < (this.#isTalking ? QUIET_WINDOWS : LOUD_WINDOWS)) continue;
      this.#isTalking = !this.#isTalking;
      this.#against = 0;
      heard = this.#isTalking ? 'began' : 'ended';
    }
    this.#rest = bytes;
    return heard;
  }
}
