import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Clip, defineHandler, samplesOf, tone } from '@kodama/handler-kit';
import { z } from 'zod';
import { type CallOptions, callHandler } from './call-handler.ts';
import type { HandledCall } from './handled-call.ts';

/** What comes to the handler: frames' moments and samples, and keys and texts with theirs. */
async function came(options: Partial<CallOptions>) {
  const framesAtMs: number[] = [];
  const frames: Buffer[] = [];
  const messages: unknown[] = [];
  const listens = defineHandler({
    name: 'listens',
    onAudio(call, frame) {
      framesAtMs.push(call.elapsedMs());
      frames.push(Buffer.from(frame));
    },
    onDtmf: (call, { digit, durationMs }) => void messages.push([call.elapsedMs(), digit, durationMs]),
    onText: (call, text) => void messages.push([call.elapsedMs(), text]),
    onEnd: (call, end) => void messages.push([call.elapsedMs(), 'end', end]),
  });
  const call: HandledCall = await callHandler(listens, { seconds: 1, ...options });
  return { call, framesAtMs, samples: [...samplesOf(Buffer.concat(frames))], messages };
}

describe('The script of a call', () => {
  it('brings a frame every 20 ms from the beginning to the end, silence where nothing is said', async () => {
    const { framesAtMs, samples, messages, call } = await came({ seconds: 0.5, sampleRateHz: 8000 });
    assert.deepEqual(
      framesAtMs,
      Array.from({ length: 25 }, (_, index) => index * 20),
    );
    assert.deepEqual(samples, Array(25 * 160).fill(0));
    assert.deepEqual(messages, [[500, 'end', 'peer']]);
    assert.deepEqual([...call.heard.said()], samples);
  });

  it('brings what the caller says at its moment to the sample, and silence around it', async () => {
    const hum = tone({ hz: 440, ms: 105 });
    const ramp = Int16Array.from({ length: 33 }, (_, i) => i + 1);
    const { samples } = await came({
      says: [
        { atMs: 700.5, audio: ramp },
        { atMs: 10, audio: hum },
      ],
    });
    const expected = new Int16Array(16_000);
    expected.set(hum.samplesAt(16000), 160);
    expected.set(ramp, 11_208);
    assert.deepEqual(samples, [...expected]);
  });

  it('cuts off what is said when the caller hangs up', async () => {
    const { samples } = await came({ says: tone({ hz: 440, ms: 5000 }), seconds: 0.2 });
    assert.deepEqual(samples, [...tone({ hz: 440, ms: 5000 }).samplesAt(16000).subarray(0, 3200)]);
  });

  it('brings frames at odd places of memory, as a socket does', async () => {
    const offsets = new Set<number>();
    const looks = defineHandler({ name: 'looks', onAudio: (_, frame) => void offsets.add(frame.byteOffset % 2) });
    await callHandler(looks, { seconds: 0.1 });
    assert.deepEqual([...offsets], [1]);
  });

  it('brings keys and texts at their moments, in the order of these', async () => {
    const { messages } = await came({
      presses: [
        { atMs: 805, digit: '#', durationMs: 250 },
        { atMs: 100, digit: '1' },
      ],
      texts: [
        { atMs: 100, text: 'at once' },
        { atMs: 99.5, text: '{"mode":5}' },
      ],
    });
    assert.deepEqual(messages, [
      [99.5, '{"mode":5}'],
      [100, '1', 100],
      [100, 'at once'],
      [805, '#', 250],
      [1000, 'end', 'peer'],
    ]);
  });

  it('brings what was to come in a stall at its end, all at once and in order', async () => {
    const { framesAtMs, messages } = await came({
      seconds: 0.4,
      presses: [{ atMs: 150, digit: '5' }],
      stalls: [{ fromMs: 110, toMs: 205 }],
    });
    const times = [0, 20, 40, 60, 80, 100, 205, 205, 205, 205, 205, 220, 240, 260, 280, 300, 320, 340, 360, 380];
    assert.deepEqual(framesAtMs, times);
    assert.deepEqual(messages[0], [205, '5', 100]);
  });

  describe('that says audio files', () => {
    let dir: string;
    let file: string;
    let hum: Clip;
    before(async () => {
      dir = await mkdtemp(join(tmpdir(), 'kodama-script-'));
      file = join(dir, 'hum.wav');
      hum = tone({ hz: 440, ms: 200 });
      const said = await callHandler(defineHandler({ name: 'silent' }), { seconds: 0.2, says: hum });
      await said.writeWav(file);
    });
    after(() => rm(dir, { recursive: true }));

    it('brings them by a path or a URL, mixed down', async () => {
      for (const says of [file, pathToFileURL(file)]) {
        const { samples } = await came({ says, seconds: 0.3 });
        assert.equal(samples.length, 4800);
        // Half as loud: its other side is silent.
        const half = [...hum.samplesAt(16000)].map((sample) => sample / 2);
        assert.ok(half.every((sample, i) => Math.abs(sample - (samples[i] ?? 0)) <= 1));
        assert.deepEqual(samples.slice(3200), Array(1600).fill(0));
      }
    });
  });
});

describe('The settings of a call', () => {
  const seen: unknown[] = [];
  const greeter = defineHandler({
    name: 'greeter',
    settings: {
      GREETER_HZ: z.coerce.number().min(100).max(3000).default(440).describe('pitch of the greeting, e.g. 440'),
      GREETER_NAME: z.string().describe('who greets, e.g. Echo'),
    },
    onStart: ({ settings }) => void seen.push(settings),
  });

  it('are read from texts, with their defaults', async () => {
    await callHandler(greeter, { seconds: 0.1, settings: { GREETER_NAME: 'Echo' } });
    await callHandler(greeter, { seconds: 0.1, settings: { GREETER_NAME: 'Echo', GREETER_HZ: '880' } });
    await callHandler(greeter, { seconds: 0.1, settings: { GREETER_NAME: 'Echo', GREETER_HZ: '' } });
    assert.deepEqual(seen, [
      { GREETER_HZ: 440, GREETER_NAME: 'Echo' },
      { GREETER_HZ: 880, GREETER_NAME: 'Echo' },
      { GREETER_HZ: 440, GREETER_NAME: 'Echo' },
    ]);
  });

  it('are not taken from the environment of the test', async () => {
    process.env.GREETER_NAME = 'somebody else';
    try {
      await assert.rejects(callHandler(greeter, { seconds: 0.1 }), { name: 'ConfigError' });
    } finally {
      delete process.env.GREETER_NAME;
    }
  });

  it('are refused with all that is wrong with them', async () => {
    const settings = { GREETER_HZ: '5', GREETER_PITCH: '440' };
    await assert.rejects(callHandler(greeter, { seconds: 0.1, settings }), {
      name: 'ConfigError',
      message:
        'handler greeter: 3 problems in the environment\n' +
        "  GREETER_PITCH: is none of the handler's settings, which are: GREETER_HZ, GREETER_NAME\n" +
        '  GREETER_HZ: Too small: expected number to be >=100 (pitch of the greeting, e.g. 440)\n' +
        '  GREETER_NAME: is required (who greets, e.g. Echo)',
    });
    await assert.rejects(callHandler(defineHandler({ name: 'bare' }), { seconds: 0.1, settings: { A: '1' } }), {
      message: "handler bare: 1 problem in the environment\n  A: is none of the handler's settings: it has none",
    });
  });
});
