import assert from 'node:assert/strict';

export interface StereoAudio {
  readonly sampleRateHz: number;
  readonly left: Int16Array;
  readonly right: Int16Array;
}

/** Reads a stereo 16-bit WAV file, whose header must speak of no more than there is. */
export function readStereoWav(file: Buffer): StereoAudio {
  assert.equal(file.toString('latin1', 0, 4), 'RIFF');
  assert.equal(file.toString('latin1', 8, 16), 'WAVEfmt ');
  assert.equal(file.readUInt16LE(20), 1, 'PCM');
  assert.equal(file.readUInt16LE(22), 2, 'channels');
  assert.equal(file.readUInt16LE(34), 16, 'bits');
  assert.equal(file.toString('latin1', 36, 40), 'data');
  const dataBytes = file.readUInt32LE(40);
  assert.equal(file.readUInt32LE(4), 36 + dataBytes);
  assert.ok(44 + dataBytes <= file.length, `the header speaks of ${dataBytes} bytes, the file has ${file.length}`);
  const sampleRateHz = file.readUInt32LE(24);
  return { sampleRateHz, ...sidesOf(file.subarray(44, 44 + dataBytes)) };
}

/** Takes interleaved samples apart. */
export function sidesOf(bytes: Buffer): Pick<StereoAudio, 'left' | 'right'> {
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
