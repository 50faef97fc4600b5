import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, it, type TestContext } from 'node:test';
import { loadConfig } from '@kodama/shared/config';
import { audioFormat, type ConversationUuid, type SampleRateHz } from '@kodama/shared/voice';
import { z } from 'zod';
import { type CallEnd, defineHandler, type Handler, type HandlerLogger, isHandler } from '../handler/handler.ts';
import { LiveCall } from '../handler/live-call.ts';
import type { AudioOut } from '../out/audio-out.ts';
import { readStereoWav, silencesIn, toneFrame, toneLevel } from '../testing/stereo-audio.ts';
import { recorded } from './recorded.ts';
import { recordingName } from './recording-name.ts';

const SOCKET_ID = '0d9b6c1e-1f2a-4c3d-8e5f-60718293a4b5';
const STARTED_AT = Date.UTC(2026, 0, 31, 9, 5, 7, 45);

async function directory(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'recorded-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A call on a clock of its own, as a handler is given it. */
class TestCall {
  nowMs = 0;
  readonly lines: { level: string; fields: Record<string, unknown>; message: string }[] = [];
  readonly handler: Handler;
  readonly call: LiveCall;

  constructor(
    handler: Handler,
    env: Record<string, string>,
    options: { rate?: SampleRateHz; conversation?: string } = {},
  ) {
    const line = (level: string) => (fields: object, message: string) =>
      void this.lines.push({ level, fields: { ...fields }, message });
    const log: HandlerLogger = { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
    this.handler = handler;
    this.call = new LiveCall({
      facts: {
        conversationUuid: options.conversation as ConversationUuid | undefined,
        legUuid: undefined,
        socketId: SOCKET_ID,
        headers: {},
        format: audioFormat(options.rate ?? 8000),
      },
      settings: loadConfig('test', z.object(handler.settings ?? {}), env),
      out: {} as AudioOut,
      log: () => log,
      signal: () => new AbortController().signal,
      elapsedMs: () => this.nowMs,
      epochMs: () => STARTED_AT + this.nowMs,
      sleep: () => Promise.resolve(),
      askEnd: () => {},
    });
    this.call.state = handler.state?.(this.call as never);
    void handler.onStart?.(this.call);
  }

  get rate(): number {
    return this.call.format.sampleRateHz;
  }

  said(hz: number): void {
    void this.handler.onAudio?.(this.call, toneFrame(hz, this.nowMs, this.rate));
  }

  sent(hz: number, heardAtMs: number): void {
    this.handler.onSent?.(this.call, toneFrame(hz, heardAtMs, this.rate), heardAtMs);
  }

  /** Every second, waits for the disk: this clock runs ahead of it otherwise. */
  async disk(): Promise<void> {
    if (this.nowMs % 1000 !== 0) return;
    const isWriting = () => process.getActiveResourcesInfo().some((type) => type.startsWith('FSReq'));
    do await new Promise(setImmediate);
    while (isWriting());
  }

  async end(by: CallEnd = 'peer'): Promise<void> {
    await this.handler.onEnd?.(this.call, by);
  }
}

const quiet = defineHandler({ name: 'quiet' });

async function onlyFile(dir: string) {
  const [name, ...others] = await readdir(dir);
  assert.ok(name !== undefined && others.length === 0);
  return { name, bytes: await readFile(join(dir, name)) };
}

describe('recorded', () => {
  for (const rate of [8000, 16000, 24000] as const) {
    it(`records the caller on the left and us on the right when it is heard, at ${rate} Hz`, async (t) => {
      const dir = await directory(t);
      const call = new TestCall(recorded(quiet), { RECORDINGS_DIR: dir }, { rate, conversation: 'CON-1' });
      for (; call.nowMs < 6000; call.nowMs += 20) {
        await call.disk();
        // The caller speaks but from 2 s to 3 s, where nothing comes.
        if (call.nowMs < 2000 || call.nowMs >= 3000) call.said(400);
        // We speak a second ahead: heard from 1 s on; from 3.5 s on it is cleared; and again from 5 s on.
        if (call.nowMs < 3500 || call.nowMs >= 4000) call.sent(1000, call.nowMs + 1000);
        if (call.nowMs === 3500) void call.handler.onCleared?.(call.call);
      }
      await call.end();
      const { name, bytes } = await onlyFile(dir);
      assert.equal(name, `2026-01-31T09-05-07-045Z_CON-1_${SOCKET_ID}.wav`);
      const { sampleRateHz, left, right } = readStereoWav(bytes);
      assert.equal(sampleRateHz, rate);
      assert.equal(left.length, rate * 6);
      const near = (level: number, expected: number) => assert.ok(Math.abs(level - expected) < 0.01, `${level}`);
      for (const fromMs of [0, 1000, 3000, 4000, 5000]) {
        near(toneLevel(left, rate, 400, fromMs, fromMs + 1000), 0.5);
        near(toneLevel(left, rate, 1000, fromMs, fromMs + 1000), 0);
      }
      for (const [fromMs, toMs] of [
        [1000, 3500],
        [5000, 6000],
      ] as const) {
        near(toneLevel(right, rate, 1000, fromMs, toMs), 0.5);
        near(toneLevel(right, rate, 400, fromMs, toMs), 0);
      }
      const rounded = (audio: Int16Array) => silencesIn(audio, rate).map((times) => times.map(Math.round));
      assert.deepEqual(rounded(left), [[2000, 3000]]);
      assert.deepEqual(rounded(right), [
        [0, 1000],
        [3500, 5000],
      ]);
      assert.deepEqual(call.lines, [
        {
          level: 'info',
          fields: {
            file: name,
            seconds: 6,
            bytes: 44 + rate * 6 * 4,
            endedBy: 'call',
            callerCutMs: 0,
            oursLeftOutMs: 0,
            unwrittenMs: 0,
          },
          message: 'the call was recorded',
        },
      ]);
    });
  }

  it('keeps what comes before the file is there, and never waits for it', async (t) => {
    const dir = join(await directory(t), 'not', 'there', 'yet');
    const call = new TestCall(recorded(quiet), { RECORDINGS_DIR: dir });
    // Without a turn of the event loop in between.
    for (; call.nowMs < 3000; call.nowMs += 20) call.said(400);
    await call.end();
    const { bytes } = await onlyFile(dir);
    const { left } = readStereoWav(bytes);
    assert.equal(left.length, 24_000);
    assert.deepEqual(silencesIn(left, 8000), []);
  });

  it('makes files that nobody else may read', async (t) => {
    const dir = join(await directory(t), 'recordings');
    const call = new TestCall(recorded(quiet), { RECORDINGS_DIR: dir });
    await call.end();
    const { name } = await onlyFile(dir);
    assert.equal((await stat(join(dir, name))).mode & 0o777, 0o600);
    assert.equal((await stat(dir)).mode & 0o777, 0o700);
  });

  it('neither overwrites a file nor follows a link, and the call goes on', async (t) => {
    const dir = await directory(t);
    const name = recordingName({ startedAtEpochMs: STARTED_AT, conversationUuid: undefined, socketId: SOCKET_ID });
    const victim = join(await directory(t), 'victim');
    for (const place of [() => writeFile(join(dir, name), 'mine'), () => symlink(victim, join(dir, name))]) {
      await rm(join(dir, name), { force: true });
      await place();
      const heard: number[] = [];
      const inner = defineHandler({ name: 'inner', onAudio: (_, frame) => void heard.push(frame.length) });
      const call = new TestCall(recorded(inner), { RECORDINGS_DIR: dir });
      for (; call.nowMs < 2000; call.nowMs += 20) call.said(400);
      await call.end();
      assert.equal(heard.length, 100);
      assert.deepEqual(
        call.lines.map(({ level, fields }) => [level, fields]),
        [['error', { directory: dir, file: name, code: 'EEXIST' }]],
      );
    }
    await assert.rejects(readFile(victim), { code: 'ENOENT' });
  });

  it('says why there is no recording where the directory cannot be made', async (t) => {
    const dir = await directory(t);
    await writeFile(join(dir, 'file'), '');
    const call = new TestCall(recorded(quiet), { RECORDINGS_DIR: join(dir, 'file', 'recordings') });
    call.said(400);
    await call.end();
    assert.deepEqual(
      call.lines.map(({ level, fields }) => [level, fields.code]),
      [['error', 'ENOTDIR']],
    );
  });

  it('leaves the space free that it is told to', async (t) => {
    const dir = await directory(t);
    const call = new TestCall(recorded(quiet), { RECORDINGS_DIR: dir, RECORDINGS_MIN_FREE_MB: '100000000' });
    await call.end();
    assert.deepEqual(await readdir(dir), []);
    assert.deepEqual(
      call.lines.map(({ level, fields }) => [level, fields.minFreeBytes]),
      [['warn', 1e14]],
    );
  });

  it('ends after the minutes that it is told, while the call goes on', async (t) => {
    const dir = await directory(t);
    let frames = 0;
    const inner = defineHandler({ name: 'inner', onAudio: () => void frames++ });
    const call = new TestCall(recorded(inner), { RECORDINGS_DIR: dir, RECORDING_MAX_MINUTES: '1' });
    for (; call.nowMs < 90_000; call.nowMs += 20) {
      await call.disk();
      call.said(400);
    }
    assert.equal(readStereoWav((await onlyFile(dir)).bytes).left.length, 480_000);
    await call.end();
    assert.equal(frames, 4500);
    assert.equal((await onlyFile(dir)).bytes.length, 44 + 480_000 * 4);
    assert.deepEqual(
      call.lines.map(({ fields }) => [fields.endedBy, fields.seconds]),
      [['limit', 60]],
    );
  });

  it('lets the handler inside see its own call, and passes on all that it is given and gives back', async (t) => {
    const dir = await directory(t);
    const seen: unknown[] = [];
    const answer = Promise.resolve();
    const inner = defineHandler({
      name: 'inner',
      settings: { GREETING: z.string().default('hello').describe('what is said') },
      state: (call) => ({ greeting: call.settings.GREETING, socketId: call.socketId }),
      onStart: (call) => void seen.push(['start', call.state, call.format.sampleRateHz, call.elapsedMs()]),
      onAudio(call, frame) {
        seen.push(['audio', call.state.greeting, frame.length]);
        return answer;
      },
      onDtmf: (_, key) => void seen.push(['dtmf', key.digit]),
      onText: (_, text) => void seen.push(['text', text]),
      onSent: (_, frame, heardAtMs) => void seen.push(['sent', frame.length, heardAtMs]),
      onCleared(call) {
        seen.push(['cleared', call.state.greeting]);
        return answer;
      },
      onEnd: (_, end) => void seen.push(['end', end]),
    });
    const handler = recorded(inner, 'inner-recorded');
    assert.ok(isHandler(handler));
    assert.equal(handler.name, 'inner-recorded');
    assert.equal(recorded(inner).name, 'inner');
    const test = new TestCall(handler, { RECORDINGS_DIR: dir, GREETING: 'good morning' });
    const { call } = test;
    test.nowMs = 20;
    assert.equal(handler.onAudio?.(call, Buffer.alloc(320)), answer);
    void handler.onDtmf?.(call, { digit: '7', durationMs: 100 });
    void handler.onText?.(call, 'hm');
    handler.onSent?.(call, Buffer.alloc(320), 40);
    assert.equal(handler.onCleared?.(call), answer);
    await test.end('gateway');
    assert.deepEqual(seen, [
      ['start', { greeting: 'good morning', socketId: SOCKET_ID }, 8000, 0],
      ['audio', 'good morning', 320],
      ['dtmf', '7'],
      ['text', 'hm'],
      ['sent', 320, 40],
      ['cleared', 'good morning'],
      ['end', 'gateway'],
    ]);
  });

  it('gives the handler inside one and the same call object every time', async (t) => {
    const calls = new Set<unknown>();
    const inner = defineHandler({
      name: 'inner',
      onStart: (call) => void calls.add(call),
      onAudio: (call) => void calls.add(call),
      onSent: (call) => void calls.add(call),
    });
    const call = new TestCall(recorded(inner), { RECORDINGS_DIR: await directory(t) });
    call.said(400);
    call.said(400);
    call.sent(400, 0);
    assert.equal(calls.size, 1);
    await call.end();
  });

  it('passes on what the handler throws, and finishes the file all the same', async (t) => {
    const dir = await directory(t);
    const failure = new Error('inner');
    const fail = () => {
      throw failure;
    };
    const inner = defineHandler({ name: 'inner', onAudio: fail, onSent: fail, onEnd: fail });
    const call = new TestCall(recorded(inner), { RECORDINGS_DIR: dir });
    assert.throws(() => call.said(400), failure);
    assert.throws(() => call.sent(400, 0), failure);
    call.nowMs = 100;
    await assert.rejects(call.end('failure'), failure);
    assert.equal(readStereoWav((await onlyFile(dir)).bytes).left.length, 800);
    assert.throws(
      () => new TestCall(recorded(defineHandler({ name: 'inner', state: fail })), { RECORDINGS_DIR: dir }),
      failure,
    );
  });

  it('leaves a good file that lacks a second and a half at most when its process is killed', async (t) => {
    const dir = await directory(t);
    await mkdir(dir, { recursive: true });
    const child = spawn(
      process.execPath,
      ['--conditions=kodama:source', '--input-type=module', '--eval', KILLED_PROCESS, dir],
      { cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    t.after(() => child.kill('SIGKILL'));
    let saidMs = 0;
    for await (const line of createInterface({ input: child.stdout })) {
      saidMs = Number(line);
      if (saidMs >= 4000) child.kill('SIGKILL');
    }
    assert.equal(
      child.signalCode ?? (await new Promise((resolve) => child.on('exit', (_, by) => resolve(by)))),
      'SIGKILL',
    );
    const { bytes } = await onlyFile(dir);
    const { left, right } = readStereoWav(bytes);
    const lacksMs = saidMs - left.length / 8;
    t.diagnostic(`lacks ${lacksMs} ms`);
    assert.ok(lacksMs <= 1500, `${lacksMs} ms are missing`);
    assert.deepEqual(silencesIn(left, 8000), []);
    assert.deepEqual(silencesIn(right, 8000), []);
    assert.ok(Math.abs(toneLevel(right, 8000, 1000, 0, 2500) - 0.5) < 0.01);
  });
});

/** Records a call in real time until it is killed, and says how far it is. */
const KILLED_PROCESS = `
  import { recorded } from './recorded.ts';
  import { defineHandler } from '../handler/handler.ts';
  import { toneFrame } from '../testing/stereo-audio.ts';
  const handler = recorded(defineHandler({ name: 'quiet' }));
  const call = {
    socketId: '${SOCKET_ID}', format: { sampleRateHz: 8000, bytesPerFrame: 320 },
    settings: { RECORDINGS_DIR: process.argv[1], RECORDING_MAX_MINUTES: 1, RECORDINGS_MIN_FREE_MB: 0 },
    log: console, elapsedMs: () => performance.now() - startedAtMs, epochMs: () => Date.now(),
  };
  const startedAtMs = performance.now();
  call.state = handler.state(call);
  handler.onStart(call);
  let saidMs = 0;
  setInterval(() => {
    for (; saidMs <= call.elapsedMs(); saidMs += 20) {
      handler.onAudio(call, toneFrame(400, saidMs, 8000));
      handler.onSent(call, toneFrame(1000, saidMs, 8000), saidMs);
      console.log(saidMs);
    }
  }, 10);
`;
