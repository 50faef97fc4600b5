import { Recording } from '../media/recording.ts';
import { decodeSound } from '../media/sound.ts';

/** Longest that a sound file may take to come, and largest that it may be. */
const LIMIT_MS = 10_000;
const LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Fetches a sound file that an application wants to be played: a WAV of 16 bits, or an MP3.
 *
 * @throws {Error} with a sentence that says what is wrong.
 */
export async function fetchSound(url: string, signal: AbortSignal): Promise<Recording> {
  const bytes = await fetchBytes(url, AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]));
  return new Recording(await decodeSound(bytes, url));
}

async function fetchBytes(url: string, signal: AbortSignal): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    throw new Error(`${url} cannot be fetched: ${cause?.message || cause?.code || (error as Error).message}`, {
      cause: error,
    });
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${url} replied with status ${response.status}`);
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length > LIMIT_BYTES) throw new Error(`${url} has ${bytes.length} bytes; ${LIMIT_BYTES} are allowed`);
  return bytes;
}
