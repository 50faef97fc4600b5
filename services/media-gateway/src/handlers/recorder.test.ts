import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { defineHandler, recorded, tone } from '@kodama/handler-kit';
import { readStereoWav } from '@kodama/handler-kit/testing';
import { assertSounds, callHandler, type HandledCall, type Sound, soundsIn } from '@kodama/handler-testing';
import { delayedEcho } from './delayed-echo.ts';
import { menu } from './menu.ts';
import { recorder } from './recorder.ts';

const HEADER_BYTES = 44;
const BYTES_PER_MOMENT = 4;

/** A directory of the test's own; the recordings go into one in it that is not there yet. */
function place(t: TestContext) {
  const outside = mkdtempSync(join(tmpdir(), 'kodama-recorder-'));
  t.after(() => rmSync(outside, { recursive: true }));
  const directory = join(outside, 'recordings');
  return { outside, directory, settings: { RECORDINGS_DIR: directory, RECORDINGS_MIN_FREE_MB: '0' } };
}

/** The one recording in a directory: what its header says has to be there to the byte. */
function recordingIn(directory: string) {
  const [name = '', ...others] = readdirSync(directory);
  assert.deepEqual(others, []);
  const file = readFileSync(join(directory, name));
  const { sampleRateHz, left, right, bytesBehind } = readStereoWav(file);
  assert.equal(bytesBehind, 0);
  return {
    name,
    sampleRateHz,
    ms: (left.length * 1000) / sampleRateHz,
    left: soundsIn(left, sampleRateHz),
    right: soundsIn(right, sampleRateHz),
  };
}

/** Times to 25 ms: what is heard is counted in ticks of 20 ms here, and to the moment in the file. */
function assertSameSounds(actual: readonly Sound[], expected: readonly Sound[]): void {
  const seen = JSON.stringify(actual);
  assert.equal(actual.length, expected.length, seen);
  for (const [index, sound] of expected.entries()) {
    const { fromMs = Number.NaN, toMs = Number.NaN, hz, levelDbfs = Number.NaN } = actual[index] ?? {};
    assert.ok(Math.abs(fromMs - sound.fromMs) <= 25 && Math.abs(toMs - sound.toMs) <= 25, seen);
    assert.ok(hz === sound.hz && Math.abs(levelDbfs - sound.levelDbfs) <= 0.3, seen);
  }
}

const linesOf = (call: HandledCall) => call.log.map(({ level, msg }) => [level, msg]);
const RECORDED = ['info', 'the call was recorded'];

const HELLO = tone({ hz: 440, ms: 500 });

describe('recorder', () => {
  for (const sampleRateHz of [8000, 16000, 24000] as const) {
    it(`echoes, and records what was said left and what was heard right, in time, at ${sampleRateHz} Hz`, async (t) => {
      const { directory, settings } = place(t);
      const says = [
        { atMs: 500, audio: tone({ hz: 440, ms: 800 }) },
        { atMs: 2000, audio: tone({ hz: 1000, ms: 300 }) },
      ];
      const call = await callHandler(recorder, { says, seconds: 3, sampleRateHz, settings });
      const sounds = [
        { fromMs: 500, toMs: 1300, levelDbfs: -16, hz: 440 },
        { fromMs: 2000, toMs: 2300, levelDbfs: -16, hz: 1000 },
      ];
      assertSounds(call, sounds);
      const recording = recordingIn(directory);
      assert.deepEqual([recording.sampleRateHz, recording.ms], [sampleRateHz, 3000]);
      assertSameSounds(recording.left, sounds);
      assertSameSounds(recording.right, sounds);
    });
  }

  it('does not mix the sides up: an echo that is late is late on the right alone', async (t) => {
    const { directory, settings } = place(t);
    const says = [{ atMs: 500, audio: HELLO }];
    const call = await callHandler(recorded(delayedEcho), { says, seconds: 3, settings });
    const { left, right } = recordingIn(directory);
    assertSameSounds(left, [{ fromMs: 500, toMs: 1000, levelDbfs: -16, hz: 440 }]);
    assertSameSounds(right, [{ fromMs: 1100, toMs: 1600, levelDbfs: -16, hz: 440 }]);
    assertSameSounds(right, call.sounds());
  });

  it('has what plays on the right as it was heard: not what a key cut off', async (t) => {
    const { directory, settings } = place(t);
    const presses = [
      { atMs: 1000, digit: '3' },
      { atMs: 2990, digit: '1' },
    ] as const;
    const says = [{ atMs: 2000, audio: HELLO }];
    const call = await callHandler(recorded(menu), { says, presses, seconds: 5, settings });
    const { left, right } = recordingIn(directory);
    assertSameSounds(left, [{ fromMs: 2000, toMs: 2500, levelDbfs: -16, hz: 440 }]);
    const cut = right.findLast(({ hz }) => hz === 1000);
    assert.ok(cut && Math.abs(cut.toMs - 2990) <= 25, JSON.stringify(right));
    assertSameSounds(right, call.sounds());
  });

  it('puts what the network held up back where it was said', async (t) => {
    const { directory, settings } = place(t);
    const says = [{ atMs: 500, audio: tone({ hz: 440, ms: 2000 }) }];
    const stalls = [{ fromMs: 1000, toMs: 2000, way: 'in' }] as const;
    await callHandler(recorder, { says, stalls, seconds: 4, settings });
    const { left, ms } = recordingIn(directory);
    assert.equal(ms, 4000);
    assertSameSounds(left, [{ fromMs: 500, toMs: 2500, levelDbfs: -16, hz: 440 }]);
  });

  it('names its file by time, conversation and socket, and no id leads out of the directory', async (t) => {
    const { outside, directory, settings } = place(t);
    const hostile = '../../../CON-1/..C:nul|*?<>%00$(id)';
    const names: string[] = [];
    for (const conversation of [undefined, hostile, '/etc/passwd', '..', '']) {
      const headers = conversation === undefined ? {} : { conversation_uuid: conversation, uuid: hostile };
      await callHandler(recorder, { seconds: 0.1, headers, settings });
      names.push(recordingIn(directory).name);
      assert.deepEqual(readdirSync(outside), ['recordings']);
      rmSync(directory, { recursive: true });
    }
    const start = '2026-01-01T00-00-00-000Z';
    const socket = '00000000-0000-4000-8000-000000000003';
    assert.deepEqual(
      names,
      ['CON-00000000-0000-4000-8000-000000000001', 'CON-1Cnul00id', 'etcpasswd', 'unknown', 'unknown'].map(
        (conversation) => `${start}_${conversation}_${socket}.wav`,
      ),
    );
  });

  it('ends a recording at its longest, to the moment, and not the call', async (t) => {
    const { directory, settings } = place(t);
    const says = [
      { atMs: 59_500, audio: tone({ hz: 440, ms: 1000 }) },
      { atMs: 62_000, audio: HELLO },
    ];
    const limited = { ...settings, RECORDING_MAX_MINUTES: '1' };
    const call = await callHandler(recorder, { says, seconds: 64, settings: limited });
    assertSounds(call, [
      { fromMs: 59_500, toMs: 60_500, levelDbfs: -16, hz: 440 },
      { fromMs: 62_000, toMs: 62_500, levelDbfs: -16, hz: 440 },
    ]);
    const { ms, left } = recordingIn(directory);
    assert.equal(ms, 60_000);
    assertSameSounds(left, [{ fromMs: 59_500, toMs: 60_000, levelDbfs: -16, hz: 440 }]);
    assert.deepEqual(linesOf(call), [RECORDED]);
    assert.deepEqual([call.log[0]?.endedBy, call.log[0]?.seconds], ['limit', 60]);
  });

  describe('that cannot record', () => {
    const troubles: readonly [string, (outside: string) => Record<string, string>, string[]][] = [
      [
        'for want of space',
        (outside) => ({ RECORDINGS_DIR: outside, RECORDINGS_MIN_FREE_MB: '100000000' }),
        ['warn', 'too little disk space is free: this call is recorded no further'],
      ],
      [
        'for there cannot be such a directory',
        (outside) => {
          writeFileSync(join(outside, 'file'), '');
          return { RECORDINGS_DIR: join(outside, 'file', 'recordings') };
        },
        ['error', 'the recording has failed; the call goes on without it'],
      ],
    ];
    for (const [why, prepare, line] of troubles) {
      it(`${why} says so once, and the call goes on`, async (t) => {
        const { outside } = place(t);
        const settings = prepare(outside);
        const before = readdirSync(outside);
        const call = await callHandler(recorder, { says: HELLO, seconds: 2, settings });
        assertSounds(call, [{ fromMs: 0, toMs: 500, levelDbfs: -16, hz: 440 }]);
        assert.equal(call.end.by, 'peer');
        assert.deepEqual([call.figures.framesOut, call.figures.handlerErrorCount], [100, 0]);
        assert.deepEqual(linesOf(call), [line]);
        assert.deepEqual(readdirSync(outside), before);
      });
    }

    it('with settings like these does not start', async () => {
      const bad = { RECORDING_MAX_MINUTES: '0', RECORDINGS_MIN_FREE_MB: '-1' };
      await assert.rejects(callHandler(recorder, { seconds: 1, settings: bad }), (error: Error) => {
        assert.match(error.message, /RECORDING_MAX_MINUTES: must be[\s\S]*RECORDINGS_MIN_FREE_MB: must be/);
        return true;
      });
    });
  });

  describe('at the end of its call', () => {
    const ends = [
      ['the caller hangs up', recorder, 'peer', 1340],
      ['the gateway stops', recorder, 'gateway', 1340],
      [
        'the handler inside ends it',
        recorded(
          defineHandler({
            name: 'shy',
            async onStart(call) {
              await call.sleep(1230);
              call.end();
            },
          }),
        ),
        'handler',
        1230,
      ],
      [
        'the handler inside fails',
        recorded(
          defineHandler({
            name: 'faulty',
            async onStart(call) {
              await call.sleep(1230);
              throw new Error('boom');
            },
          }),
        ),
        'failure',
        1230,
      ],
    ] as const;
    for (const [how, handler, by, endMs] of ends) {
      it(`has all of it in the file: ${how}`, async (t) => {
        const { directory, settings } = place(t);
        const says = [{ atMs: 500, audio: tone({ hz: 440, ms: 800 }) }];
        const endedBy = by === 'gateway' ? by : 'peer';
        const call = await callHandler(handler, { says, seconds: 1.34, endedBy, settings });
        assert.deepEqual([call.end.by, call.end.atMs], [by, endMs]);
        const { ms, left } = recordingIn(directory);
        assert.equal(ms, endMs);
        assertSameSounds(left, [{ fromMs: 500, toMs: Math.min(1300, endMs), levelDbfs: -16, hz: 440 }]);
        assert.deepEqual(linesOf(call).at(-1), RECORDED);
        assert.equal(call.log.at(-1)?.bytes, HEADER_BYTES + endMs * 16 * BYTES_PER_MOMENT);
      });
    }
  });
});
