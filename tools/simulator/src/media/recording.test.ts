import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import wavefile from 'wavefile';
import { AudioError, loadAudio, type Recording } from './recording.ts';
import { readWav, writeWav } from './wav.ts';

/** Loads a WAV file made of the channels at full scale 1, in the format that is asked for. */
async function loadWav(channels: number[][], sampleRateHz: number, bitDepth: string): Promise<Recording> {
  const wav = new wavefile.WaveFile();
  wav.fromScratch(channels.length, sampleRateHz, '64', channels.length === 1 ? (channels[0] ?? []) : channels);
  if (bitDepth === 'mu-law') {
    wav.toBitDepth('16');
    wav.toMuLaw();
  } else {
    wav.toBitDepth(bitDepth);
  }
  return loadBytes(wav.toBuffer());
}

async function loadBytes(bytes: Uint8Array): Promise<Recording> {
  const directory = await mkdtemp(join(tmpdir(), 'simulator-'));
  try {
    const path = join(directory, 'in.wav');
    await writeFile(path, bytes);
    return await loadAudio(path);
  } finally {
    await rm(directory, { recursive: true });
  }
}

for (const [rate, bytes] of [
  [8000, 320],
  [16000, 640],
  [24000, 960],
] as const) {
  test(`at ${rate} Hz every frame of the shipped recording is ${bytes} bytes`, async () => {
    const recording = await loadAudio();
    const frames = await recording.framesAt(rate);
    assert.ok(frames.every((frame) => frame.length === bytes));
    assert.equal(frames.length, Math.ceil(recording.durationMs / 20));
    assert.ok(recording.durationMs > 6000 && recording.durationMs < 8000);
  });
}

test('frames of one rate are made once', async () => {
  const recording = await loadAudio();
  assert.equal(await recording.framesAt(8000), await recording.framesAt(8000));
});

test('a gain multiplies every sample, as far as 16 bits go', async () => {
  const recording = await loadAudio({ samples: Int16Array.of(1000, -1001, 20_000, -20_000), sampleRateHz: 8000 });
  const [softer] = await recording.framesAt(8000, 0.5);
  const [louder] = await recording.framesAt(8000, 2);
  const four = (frame: Buffer | undefined) => [0, 2, 4, 6].map((at) => frame?.readInt16LE(at));
  assert.deepEqual(four(softer), [500, -500, 10_000, -10_000]);
  assert.deepEqual(four(louder), [2000, -2002, 32_767, -32_768]);
});

test('silence fills up the last frame', async () => {
  const recording = await loadAudio({ samples: Int16Array.from({ length: 161 }, (_, i) => i + 1), sampleRateHz: 8000 });
  const [first, second, ...more] = await recording.framesAt(8000);
  assert.equal(more.length, 0);
  assert.equal(first?.readInt16LE(318), 160);
  assert.equal(second?.readInt16LE(0), 161);
  assert.ok(second?.subarray(2).every((byte) => byte === 0));
});

test('audio of just one frame gets no second one', async () => {
  const recording = await loadAudio({ samples: new Int16Array(160), sampleRateHz: 8000 });
  assert.equal((await recording.framesAt(8000)).length, 1);
});

test('samples are little-endian and keep their extremes', async () => {
  const recording = await loadAudio({ samples: Int16Array.of(-32768, 32767, 0x0102), sampleRateHz: 8000 });
  const [frame] = await recording.framesAt(8000);
  assert.deepEqual([...(frame?.subarray(0, 6) ?? [])], [0x00, 0x80, 0xff, 0x7f, 0x02, 0x01]);
});

for (const [bitDepth, tolerance] of [
  ['8', 300],
  ['16', 2],
  ['24', 2],
  ['32', 2],
  ['32f', 2],
  ['64', 2],
  ['mu-law', 700],
] as const) {
  test(`reads WAV files of ${bitDepth} bits`, async () => {
    const recording = await loadWav([[0, 0.5, -0.5, 0.25]], 8000, bitDepth);
    const frame = (await recording.framesAt(8000))[0] as Buffer;
    for (const [index, expected] of [0, 16384, -16384, 8192].entries()) {
      const actual = frame.readInt16LE(index * 2);
      assert.ok(Math.abs(actual - expected) <= tolerance, `sample ${index} is ${actual} instead of ${expected}`);
    }
  });
}

test('two channels become their average', async () => {
  const recording = await loadWav(
    [
      [0.5, 0.5],
      [0, -0.5],
    ],
    8000,
    '16',
  );
  const frame = (await recording.framesAt(8000))[0] as Buffer;
  assert.ok(Math.abs(frame.readInt16LE(0) - 8192) <= 2);
  assert.ok(Math.abs(frame.readInt16LE(2)) <= 2);
});

test('what is written can be read again, sample for sample', () => {
  const pcm = Buffer.from(Int16Array.of(-32768, -1, 0, 1, 32767).buffer);
  const { samples, sampleRateHz } = readWav(writeWav(pcm, 24000));
  assert.equal(sampleRateHz, 24000);
  assert.deepEqual(
    [...samples].map((sample) => sample * 32768),
    [-32768, -1, 0, 1, 32767],
  );
});

test('a file that is not there, not a WAV file, or empty is an AudioError that says so', async () => {
  await assert.rejects(loadAudio('/does/not/exist.wav'), { name: 'AudioError', message: /there is no file/ });
  await assert.rejects(loadBytes(Buffer.from('hello')), { name: 'AudioError', message: /not a WAV file/ });
  await assert.rejects(loadAudio({ samples: new Int16Array(0), sampleRateHz: 8000 }), AudioError);
});

test('a rate that cannot be converted is an AudioError that names the limits', async () => {
  const samples = new Int16Array(160);
  const message = /^the audio has \S+ samples a second, not a whole number from 1000 to 192000$/;
  for (const sampleRateHz of [0, 999, 192_001, 8000.5, Number.NaN]) {
    await assert.rejects(loadAudio({ samples, sampleRateHz }), { name: 'AudioError', message });
  }
  for (const sampleRateHz of [1000, 192_000]) {
    const frames = await (await loadAudio({ samples, sampleRateHz })).framesAt(24000);
    assert.equal(frames.length, Math.ceil(8000 / sampleRateHz));
  }
});
