import type { SampleRateHz } from '../media/audio-format.ts';
import { Recording } from '../media/recording.ts';
import { decodeSound } from '../media/sound.ts';
import { shownUrl } from '../webhook/shown-url.ts';

/** Longest that a sound file may take to come, and largest that it may be. */
const LIMIT_MS = 10_000;
const LIMIT_BYTES = 64 * 1024 * 1024;

/** What is kept for those who play it next: so many sounds, and so long all together, but always the newest one. */
const KEPT_SOUNDS = 20;
const KEPT_MS = 30 * 60_000;

/** A sound that an application wants to be played, for one who plays it. */
export interface Sound {
  /** @see Recording.framesAt */
  framesAt(sampleRateHz: SampleRateHz, gain?: number): Promise<readonly Buffer[]>;
}

interface KeptSound {
  readonly recording: Promise<Recording>;
  /** 0 until it has come. */
  durationMs: number;
}

/** Sound files by their address: fetched, decoded and brought to each rate once for all who play them. */
export class Sounds {
  /** Oldest first. */
  readonly #kept = new Map<string, KeptSound>();
  readonly #closed = new AbortController();

  /**
   * A WAV of 16 bits, or an MP3.
   *
   * @param signal ends the waiting of this one; the others' goes on.
   * @throws {Error} with a sentence that says what is wrong with the file, or the signal's reason, as does its `framesAt`.
   */
  async get(url: string, signal: AbortSignal): Promise<Sound> {
    signal.throwIfAborted();
    const recording = await unlessAborted((this.#kept.get(url) ?? this.#fetch(url)).recording, signal);
    return { framesAt: (sampleRateHz, gain) => unlessAborted(recording.framesAt(sampleRateHz, gain), signal) };
  }

  /** Ends what is still being fetched or converted. */
  close(): void {
    this.#closed.abort();
    this.#kept.clear();
  }

  #fetch(url: string): KeptSound {
    const kept: KeptSound = { recording: fetchSound(url, this.#closed.signal), durationMs: 0 };
    this.#kept.set(url, kept);
    this.#forgetOldest();
    kept.recording.then(
      ({ durationMs }) => {
        kept.durationMs = durationMs;
        this.#forgetOldest();
      },
      () => {
        if (this.#kept.get(url) === kept) this.#kept.delete(url);
      },
    );
    return kept;
  }

  #forgetOldest(): void {
    let ms = 0;
    for (const [index, [url, { durationMs }]] of [...this.#kept].reverse().entries()) {
      ms += durationMs;
      if (index > 0 && (index >= KEPT_SOUNDS || ms > KEPT_MS)) this.#kept.delete(url);
    }
  }
}

async function fetchSound(url: string, signal: AbortSignal): Promise<Recording> {
  const bytes = await fetchBytes(url, AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]));
  // The finest conversion would keep a caller waiting for what a telephone does not carry.
  return new Recording(await decodeSound(bytes, shownUrl(url)), { quality: 'medium', signal });
}

async function fetchBytes(url: string, signal: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(url, { signal }).catch((error: Error) => {
    throw cannotBeFetched(url, error);
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${shownUrl(url)} replied with status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = response.body?.getReader();
  while (reader) {
    const { done, value } = await reader.read().catch((error: Error) => {
      throw cannotBeFetched(url, error);
    });
    if (done) break;
    length += value.length;
    if (length > LIMIT_BYTES) {
      await reader.cancel();
      throw new Error(`${shownUrl(url)} has more than the ${LIMIT_BYTES} bytes that are allowed`);
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks, length);
}

function cannotBeFetched(url: string, error: Error): Error {
  const cause = error.cause as NodeJS.ErrnoException | undefined;
  // A URL with a password is refused with a message that has it all.
  const why = (cause?.message || cause?.code || error.message).replaceAll(url, 'it');
  return new Error(`${shownUrl(url)} cannot be fetched: ${why}`, { cause: error });
}

/** @throws the signal's reason, as soon as it is aborted. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const leave = () => reject(signal.reason);
  if (signal.aborted) leave();
  signal.addEventListener('abort', leave, { once: true });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}
