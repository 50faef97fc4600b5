/** What is worked on at a time. Long enough to be cheap, short enough that other calls do not wait for it. */
export const PIECE_MS = 200;

/** Cuts audio into views of itself. */
export function* piecesOf<Audio extends Uint8Array | Int16Array>(audio: Audio, length: number): Generator<Audio> {
  if (audio.length > 0 && audio.length <= length) yield audio;
  else for (let at = 0; at < audio.length; at += length) yield audio.subarray(at, at + length) as Audio;
}
