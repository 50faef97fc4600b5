import assert from 'node:assert/strict';
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { createReadStream, createWriteStream, readFile as readFileByCallback } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { defineHandler, samplesOf, silence, tone } from '@kodama/handler-kit';
import { type CallOptions, callHandler } from './call-handler.ts';
import type { HandledCall } from './handled-call.ts';

const beeps = defineHandler({
  name: 'beeps',
  onStart: async ({ out }) => void (await out.play(tone({ hz: 440, ms: 300 }))),
});

/** System timers (`setTimeout` and the like) that work sets, in all that it begins. */
async function timersSetIn(work: () => Promise<unknown>): Promise<number> {
  const inWork = new AsyncLocalStorage<true>();
  let count = 0;
  const hook = createHook({
    init(_id, type) {
      if (type === 'Timeout' && inWork.getStore()) count += 1;
    },
  }).enable();
  try {
    await inWork.run(true, work);
  } finally {
    hook.disable();
  }
  return count;
}

/** All that is to be seen of a call. */
const seenOf = (call: HandledCall) => ({
  heard: [...call.heard.heard()],
  heardPresence: [...call.heard.heardPresence()],
  said: [...call.heard.said()],
  marks: call.heard.marks,
  end: call.end,
  log: call.log,
  figures: call.figures,
  commands: call.commands,
});

describe('callHandler', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kodama-call-'));
  });
  after(() => rm(dir, { recursive: true }));

  it('comes out the same every time, to the sample and the millisecond', async () => {
    const file = join(dir, 'speech.wav');
    await (await callHandler(beeps, { seconds: 1 })).writeWav(file);
    const busy = defineHandler({
      name: 'busy',
      state: () => ({ frames: 0 }),
      async onStart(call) {
        await call.out.play(createReadStream(file), { format: 'wav' });
        call.log.info({ bytes: (await readFile(file)).length, elapsedMs: call.elapsedMs() }, 'read');
        for (let step = 0; step < 5; step++) {
          await call.sleep(33);
          call.out.write(tone({ hz: 300 + step * 100, ms: 45 }).samplesAt(call.format.sampleRateHz));
        }
      },
      onAudio({ out, state }, frame) {
        state.frames += 1;
        if (state.frames % 3 === 0) out.pass(frame);
      },
      async onDtmf({ out, log, elapsedMs }, { digit }) {
        out.clear();
        log.info({ digit, end: await out.play(tone({ hz: 880, ms: 200 })) }, String(typeof elapsedMs));
      },
    });
    const options: CallOptions = {
      says: tone({ hz: 200, ms: 2500 }),
      presses: [
        { atMs: 333, digit: '1' },
        { atMs: 1890, digit: '2' },
      ],
      stalls: [{ fromMs: 2000, toMs: 2111 }],
      seconds: 3,
    };
    const first = seenOf(await callHandler(busy, options));
    assert.deepEqual(seenOf(await callHandler(busy, options)), first);
    assert.deepEqual([first.commands.length > 2, first.log.length, first.end.by], [true, 3, 'peer']);
  });

  it('goes by a clock of its own, and sets no timer of the system’s', async () => {
    const times: number[] = [];
    const waits = defineHandler({
      name: 'waits',
      async onStart(call) {
        const startedAtMs = call.epochMs();
        await call.sleep(59_000);
        times.push(call.elapsedMs(), call.epochMs() - startedAtMs);
        await call.out.play(tone({ hz: 440, ms: 200 }));
        times.push(call.elapsedMs());
      },
      onEnd: (call) => void times.push(call.elapsedMs()),
    });
    assert.equal(
      await timersSetIn(async () => {
        const call = await callHandler(waits, { seconds: 60 });
        assert.deepEqual([call.end, call.heard.durationMs], [{ by: 'peer', atMs: 60_000 }, 60_000]);
      }),
      0,
    );
    const [playedMs = 0] = times.splice(2, 1);
    assert.deepEqual(times, [59_000, 59_000, 60_000]);
    assert.ok(playedMs >= 59_200 && playedMs <= 59_225, `played until ${playedMs} ms`);
    // What would be a timer is seen.
    assert.notEqual(await timersSetIn(() => callHandler(beeps, { seconds: 0.04, realTime: true })), 0);
  });

  it('is the same where several calls are made at once', async () => {
    const alone = seenOf(await callHandler(beeps, { seconds: 2, says: tone({ hz: 300, ms: 700 }) }));
    const calls = await Promise.all(
      Array.from({ length: 4 }, () => callHandler(beeps, { seconds: 2, says: tone({ hz: 300, ms: 700 }) })),
    );
    for (const call of calls) assert.deepEqual(seenOf(call), alone);
  });

  it('waits for what the handler does in turns of its own, however many there are', async () => {
    const times: number[] = [];
    const turns = defineHandler({
      name: 'turns',
      async onStart(call) {
        for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
        times.push(call.elapsedMs());
      },
    });
    await callHandler(turns, { seconds: 1 });
    assert.deepEqual(times, [0]);
  });

  it('waits for files, however they are read or written: no time passes meanwhile', async () => {
    const file = join(dir, 'long');
    await writeFile(file, Buffer.alloc(1_000_000, 1));
    const uses: Record<string, () => Promise<unknown>> = {
      promise: () => readFile(file),
      callback: () => promisify(readFileByCallback)(file),
      stream: () => buffer(createReadStream(file)),
      copy: () => pipeline(createReadStream(file), createWriteStream(`${file}-2`)),
      'open and close': async () => (await open(file)).close(),
    };
    for (const [title, use] of Object.entries(uses)) {
      const times: number[] = [];
      const reads = defineHandler({
        name: 'reads',
        async onStart(call) {
          for (let time = 0; time < 5; time++) await use();
          times.push(call.elapsedMs());
        },
      });
      await callHandler(reads, { seconds: 1 });
      assert.deepEqual(times, [0], title);
    }
  });

  it('does not wait for what another call does', async () => {
    let isDone = false;
    const turning = defineHandler({
      name: 'turning',
      async onStart() {
        while (!isDone) await new Promise(setImmediate);
      },
    });
    const other = callHandler(turning, { seconds: 0.1, realTime: true });
    try {
      assert.equal((await callHandler(beeps, { seconds: 60 })).end.atMs, 60_000);
    } finally {
      isDone = true;
      await other;
    }
  });

  it('gives the handler the facts of the call, the same ones every time unless they are said', async () => {
    const facts: unknown[] = [];
    const noting = defineHandler({
      name: 'noting',
      onStart: ({ conversationUuid, legUuid, socketId, headers, format }) =>
        void facts.push({ conversationUuid, legUuid, socketId, headers, format }),
    });
    await callHandler(noting, { seconds: 0.1 });
    await callHandler(noting, { seconds: 0.1, sampleRateHz: 8000, headers: { uuid: 'leg-5', tier: 'gold' } });
    const ids = {
      conversationUuid: 'CON-00000000-0000-4000-8000-000000000001',
      legUuid: '00000000000040008000000000000002',
      socketId: '00000000-0000-4000-8000-000000000003',
    };
    const headers = { uuid: ids.legUuid, conversation_uuid: ids.conversationUuid, handler: 'noting' };
    assert.deepEqual(facts, [
      { ...ids, headers, format: { sampleRateHz: 16000, bytesPerFrame: 640 } },
      {
        ...ids,
        legUuid: 'leg-5',
        headers: { ...headers, uuid: 'leg-5', tier: 'gold' },
        format: { sampleRateHz: 8000, bytesPerFrame: 320 },
      },
    ]);
  });

  it('ends by the caller, by the gateway, by the handler, or by its failure, and says when', async () => {
    const boom = new Error('boom');
    const ends: string[] = [];
    const ending = defineHandler({
      name: 'ending',
      async onDtmf(call, { digit }) {
        if (digit === '#') call.end();
        await call.sleep(50);
        throw boom;
      },
      onEnd: (_, end) => void ends.push(end),
    });
    const ended = async (options: Partial<CallOptions>) => (await callHandler(ending, { seconds: 1, ...options })).end;
    assert.deepEqual(await ended({}), { by: 'peer', atMs: 1000 });
    assert.deepEqual(await ended({ seconds: 0.05 }), { by: 'peer', atMs: 60 });
    assert.deepEqual(await ended({ endedBy: 'gateway' }), { by: 'gateway', atMs: 1000 });
    assert.deepEqual(await ended({ presses: [{ atMs: 300, digit: '#' }] }), { by: 'handler', atMs: 300 });
    assert.deepEqual(await ended({ presses: [{ atMs: 300, digit: '1' }] }), { by: 'failure', atMs: 350, error: boom });
    assert.deepEqual(ends, ['peer', 'peer', 'gateway', 'handler', 'failure']);
  });

  it('has the error that ended the call, also where the handler had logged another one, and where it is none', async () => {
    const odd = defineHandler({
      name: 'odd',
      onStart({ log }) {
        log.error({ err: new Error('another') }, 'no matter');
        return Promise.reject(undefined);
      },
    });
    const call = await callHandler(odd, { seconds: 1 });
    assert.deepEqual(call.end, { by: 'failure', atMs: 0 });
    assert.deepEqual(
      call.log.map(({ atMs, level, msg, hook }) => [atMs, level, msg, hook]),
      [
        [0, 'error', 'no matter', undefined],
        [0, 'error', 'the handler failed', 'onStart'],
      ],
    );
  });

  it('bounds the outgoing stream as it is told', async () => {
    const floods = defineHandler({ name: 'floods', onStart: ({ out }) => void out.write(new Int16Array(16_000 * 40)) });
    assert.equal((await callHandler(floods, { seconds: 1 })).figures.framesShed > 0, true);
    const { figures } = await callHandler(floods, { seconds: 1, limits: { maxQueuedMs: 50_000, leadMs: 40 } });
    // What is heard in a second, and two frames of lead.
    assert.deepEqual([figures.framesShed, figures.framesOut], [0, 52]);
  });

  it('writes what was said and heard as a file with two sides', async () => {
    const call = await callHandler(beeps, { seconds: 1, says: tone({ hz: 1000, ms: 500 }), sampleRateHz: 8000 });
    const file = join(dir, 'both.wav');
    await call.writeWav(file);
    const samples = samplesOf((await readFile(file)).subarray(44));
    const side = (at: number) => [...samples.filter((_, i) => i % 2 === at)];
    assert.deepEqual(side(0), [...call.heard.said()]);
    assert.deepEqual(side(1), [...call.heard.heard()]);
    assert.deepEqual([...call.heard.said(0, 500)], [...tone({ hz: 1000, ms: 500 }).samplesAt(8000)]);
  });

  it('says what is wrong with its options', async () => {
    const wrong: readonly [string, Record<string, unknown> | undefined][] = [
      ['callHandler: after the handler it takes options, of which `seconds` has to be there', undefined],
      ['seconds: is to be a number above 0, not undefined', { seconds: undefined }],
      ['seconds: is to be a number above 0, not 0', { seconds: 0 }],
      ['seconds: is to be a number above 0, not Infinity', { seconds: Number.POSITIVE_INFINITY }],
      ['sampleRateHz: is to be 8000, 16000 or 24000, not 44100', { sampleRateHz: 44_100 }],
      ['presses: a digit is one of 0 to 9, * and #, not A', { presses: [{ atMs: 0, digit: 'A' }] }],
      ['presses: 1000 ms is not within the call, which is of 1 s', { presses: [{ atMs: 1000, digit: '1' }] }],
      ['texts: -1 ms is not within the call, which is of 1 s', { texts: [{ atMs: -1, text: '' }] }],
      ['says: NaN ms is not within the call, which is of 1 s', { says: [{ atMs: Number.NaN, audio: silence(20) }] }],
      ['stalls: one that begins at 500 ms cannot end at 500 ms', { stalls: [{ fromMs: 500, toMs: 500 }] }],
      [
        "says: audio is a file's path or URL, a Clip, or an Int16Array of samples at the call's rate, not a Buffer",
        { says: Buffer.alloc(640) },
      ],
      [
        'says: what begins at 300 ms would lie over what goes on until 500 ms',
        {
          says: [
            { atMs: 300, audio: silence(20) },
            { atMs: 0, audio: silence(500) },
          ],
        },
      ],
    ];
    for (const [message, options] of wrong) {
      const given = options && { seconds: 1, ...options };
      await assert.rejects(callHandler(beeps, given as unknown as CallOptions), { name: 'TypeError', message });
    }
    await assert.rejects(callHandler({ name: 'beeps' }, { seconds: 1 }), {
      message: 'callHandler: this is no handler; defineHandler makes one',
    });
    await assert.rejects(callHandler(beeps, { seconds: 1, says: join(dir, 'none.wav') }), {
      name: 'AudioError',
      message: `there is no file ${join(dir, 'none.wav')}`,
    });
  });
});
