import assert from 'node:assert/strict';

const HEADER_BYTES = 44;
const BYTES_PER_MOMENT = 4;

export interface StereoAudio {
  readonly sampleRateHz: number;
  readonly left: Int16Array;
  readonly right: Int16Array;
  /** What the file has beyond what its header speaks of. */
  readonly bytesBehind: number;
}

/** Reads a stereo 16-bit WAV file, whose header must agree with itself and speak of no more than there is. */
export function readStereoWav(file: Buffer): StereoAudio {
  const tags = [0, 8, 12, 36].map((at) => file.toString('latin1', at, at + 4));
  assert.deepEqual(tags, ['RIFF', 'WAVE', 'fmt ', 'data']);
  const sampleRateHz = file.readUInt32LE(24);
  assert.deepEqual(
    {
      formatBytes: file.readUInt32LE(16),
      encoding: file.readUInt16LE(20),
      channels: file.readUInt16LE(22),
      bytesPerSecond: file.readUInt32LE(28),
      bytesPerMoment: file.readUInt16LE(32),
      bits: file.readUInt16LE(34),
    },
    {
      formatBytes: 16,
      encoding: 1,
      channels: 2,
      bytesPerSecond: sampleRateHz * BYTES_PER_MOMENT,
      bytesPerMoment: BYTES_PER_MOMENT,
      bits: 16,
    },
  );
  const dataBytes = file.readUInt32LE(40);
  assert.equal(file.readUInt32LE(4), dataBytes + HEADER_BYTES - 8);
  assert.equal(dataBytes % BYTES_PER_MOMENT, 0);
  const bytesBehind = file.length - HEADER_BYTES - dataBytes;
  assert.ok(bytesBehind >= 0, `the header speaks of ${-bytesBehind} bytes more than the file has`);
  return { sampleRateHz, bytesBehind, ...sidesOf(file.subarray(HEADER_BYTES, HEADER_BYTES + dataBytes)) };
}

/** Takes interleaved samples apart. */
function sidesOf(bytes: Buffer): Pick<StereoAudio, 'left' | 'right'> {
  const moments = bytes.length / 4;
  const left = new Int16Array(moments);
  const right = new Int16Array(moments);
  for (let i = 0; i < moments; i++) {
    left[i] = bytes.readInt16LE(i * 4);
    right[i] = bytes.readInt16LE(i * 4 + 2);
  }
  return { left, right };
}

/** A sine tone of half scale as frames of 20 ms, its phase as if it had begun at the time 0. */
export function toneFrame(hz: number, fromMs: number, sampleRateHz: number): Buffer {
  const frame = Buffer.alloc((sampleRateHz / 50) * 2);
  for (let i = 0; i < frame.length / 2; i++) {
    const time = fromMs / 1000 + i / sampleRateHz;
    frame.writeInt16LE(Math.round(16_384 * Math.sin(2 * Math.PI * hz * time)), i * 2);
  }
  return frame;
}

/** The amplitude of a tone in a stretch of audio, of full scale 1 (Goertzel). */
export function toneLevel(audio: Int16Array, sampleRateHz: number, hz: number, fromMs: number, toMs: number): number {
  const part = audio.subarray((fromMs * sampleRateHz) / 1000, (toMs * sampleRateHz) / 1000);
  const turn = 2 * Math.cos((2 * Math.PI * hz) / sampleRateHz);
  let last = 0;
  let beforeLast = 0;
  for (const sample of part) {
    const next = sample / 32_768 + turn * last - beforeLast;
    beforeLast = last;
    last = next;
  }
  const power = last * last + beforeLast * beforeLast - turn * last * beforeLast;
  return (2 * Math.sqrt(Math.max(0, power))) / part.length;
}

/** Where the audio is silent for at least so long, as [from, to] in ms. */
export function silencesIn(audio: Int16Array, sampleRateHz: number, leastMs = 3): [number, number][] {
  const found: [number, number][] = [];
  const add = (from: number, to: number) => {
    const ms = (at: number) => (at * 1000) / sampleRateHz;
    if (ms(to - from) >= leastMs) found.push([ms(from), ms(to)]);
  };
  let from = 0;
  for (const [at, sample] of audio.entries()) {
    if (sample === 0) continue;
    add(from, at);
    from = at + 1;
  }
  add(from, audio.length);
  return found;
}
