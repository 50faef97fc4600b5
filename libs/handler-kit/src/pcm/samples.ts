const BYTES_PER_SAMPLE = Int16Array.BYTES_PER_ELEMENT;

/**
 * The samples of 16-bit little-endian audio, such as a frame of a call: a view of the same memory where the bytes allow it, else
 * a copy, as frames may begin at an odd address.
 *
 * @throws RangeError for an odd number of bytes
 */
export function samplesOf(frame: Uint8Array): Int16Array {
  const { byteLength, byteOffset } = frame;
  if (byteLength % BYTES_PER_SAMPLE !== 0) {
    throw new RangeError(`${byteLength} bytes are no whole number of 16-bit samples`);
  }
  if (byteOffset % BYTES_PER_SAMPLE === 0) {
    return new Int16Array(frame.buffer, byteOffset, byteLength / BYTES_PER_SAMPLE);
  }
  const samples = new Int16Array(byteLength / BYTES_PER_SAMPLE);
  bytesOf(samples).set(frame);
  return samples;
}

/** The same memory as bytes: 16-bit little-endian, as all machines have it on which Node runs in practice. */
export function bytesOf(samples: Int16Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}
