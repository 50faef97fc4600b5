import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Clip, defineHandler, silence, tone } from '@kodama/handler-kit';
import { clicks } from '@kodama/simulator/heard';
import { type CallOptions, callHandler } from './call-handler.ts';
import { assertSounds } from './golden.ts';
import type { HandledCall } from './handled-call.ts';
import type { Sound } from './sounds.ts';

/** A call in which the caller hears this. */
const heard = (audio: Clip | Int16Array, options: Partial<CallOptions> = {}): Promise<HandledCall> =>
  callHandler(defineHandler({ name: 'plays', onStart: async ({ out }) => void (await out.play(audio)) }), {
    seconds: 1.5,
    ...options,
  });

const TWO_TONES = Clip.join(tone({ hz: 440, ms: 300 }), silence(200), tone({ hz: 880, ms: 400, levelDbfs: -10 }));
const TWO_SOUNDS: readonly Sound[] = [
  { fromMs: 0, toMs: 300, levelDbfs: -16.1, hz: 440 },
  { fromMs: 500, toMs: 900, levelDbfs: -10.1, hz: 880 },
];
const [FIRST, SECOND] = TWO_SOUNDS as [Sound, Sound];
const SHOWN_FIRST = '0 to 300 ms, -16.1 dBFS, 440 Hz';
const SHOWN_SECOND = '500 to 900 ms, -10.1 dBFS, 880 Hz';

describe('assertSounds', () => {
  let call: HandledCall;
  before(async () => {
    call = await heard(TWO_TONES);
  });

  it('passes for what was heard', () => {
    assert.deepEqual(call.sounds(), TWO_SOUNDS);
    assertSounds(call, TWO_SOUNDS);
  });

  it('passes within the tolerance, and fails beyond it, in either direction', () => {
    const within: Partial<Sound>[] = [
      { fromMs: 540 },
      { toMs: 860 },
      { levelDbfs: -11.1 },
      { levelDbfs: -9.1 },
      { hz: 897 },
      { hz: 863 },
    ];
    for (const off of within) assertSounds(call, [FIRST, { ...SECOND, ...off }]);
    const beyond: [Partial<Sound>, string][] = [
      [{ fromMs: 459 }, 'begins 41 ms late'],
      [{ fromMs: 541 }, 'begins 41 ms early'],
      [{ toMs: 859 }, 'ends 41 ms late'],
      [{ toMs: 941 }, 'ends 41 ms early'],
      [{ levelDbfs: -11.2 }, '1.1 dB louder'],
      [{ levelDbfs: -9 }, '1.1 dB softer'],
      [{ hz: 898 }, '880 Hz, not 898 Hz'],
      [{ hz: 862 }, '880 Hz, not 862 Hz'],
    ];
    for (const [off, what] of beyond) {
      assert.throws(
        () => assertSounds(call, [FIRST, { ...SECOND, ...off }]),
        ({ name, message }) => name === 'SoundsDiffer' && message.endsWith(`  ${SHOWN_SECOND}  ${what}`),
        what,
      );
    }
  });

  it('takes a tolerance of one’s own', () => {
    const wide = { toleranceMs: 100, toleranceDb: 6, tolerancePercent: 10 };
    const off = { fromMs: 590, toMs: 810, levelDbfs: -15, hz: 950 };
    assertSounds(call, [FIRST, off], wide);
    for (const narrow of [{ toleranceMs: 80 }, { toleranceDb: 4 }, { tolerancePercent: 7 }]) {
      assert.throws(() => assertSounds(call, [FIRST, off], { ...wide, ...narrow }), { name: 'SoundsDiffer' });
    }
  });

  it('shows both lists side by side, with what is off behind each sound', () => {
    assert.throws(() => assertSounds(call, [{ ...FIRST, fromMs: 100, levelDbfs: -20, hz: 660 }, SECOND]), {
      message: `the caller did not hear what was expected: 1 of 2 sounds is off
  expected                           heard
  100 to 300 ms, -20 dBFS, 660 Hz    ${SHOWN_FIRST}    begins 100 ms early, 3.9 dB louder, 440 Hz, not 660 Hz
  ${SHOWN_SECOND}  ${SHOWN_SECOND}`,
    });
  });

  it('says what was not heard, and what was not expected', () => {
    assert.throws(() => assertSounds(call, [FIRST, { fromMs: 350, toMs: 440, levelDbfs: -20 }, SECOND]), {
      message: `the caller did not hear what was expected: 1 of 3 sounds is off
  expected                           heard
  ${SHOWN_FIRST}    ${SHOWN_FIRST}
  350 to 440 ms, -20 dBFS            -                                  was not heard
  ${SHOWN_SECOND}  ${SHOWN_SECOND}`,
    });
    assert.throws(() => assertSounds(call, []), {
      message: `the caller did not hear what was expected: 2 of 2 sounds are off
  expected  heard
  -         ${SHOWN_FIRST}    was not expected
  -         ${SHOWN_SECOND}  was not expected`,
    });
  });

  it('tells a tone from what is none', async () => {
    const two = await heard(tone({ hz: [697, 1209], ms: 300 }));
    assertSounds(two, [{ fromMs: 0, toMs: 300, levelDbfs: -16.1 }]);
    assert.throws(
      () => assertSounds(two, [{ fromMs: 0, toMs: 300, levelDbfs: -16.1, hz: 697 }]),
      /no tone, not 697 Hz/,
    );
    assert.throws(
      () => assertSounds(call, [{ fromMs: 0, toMs: 300, levelDbfs: -16.1 }, SECOND]),
      /440 Hz, not no tone/,
    );
  });

  it('finds what is missing in a sound', async () => {
    // The connection stands still for longer than the lead of 200 ms.
    const gap = await heard(tone({ hz: 440, ms: 1000 }), { stalls: [{ fromMs: 100, toMs: 310 }] });
    assert.throws(
      () => assertSounds(gap, [{ fromMs: 0, toMs: 1040, levelDbfs: -16.2, hz: 440 }]),
      / {2}0 to 1040 ms, -16\.2 dBFS, 440 Hz, 40 ms missing {2}40 ms missing in it$/,
    );
    assertSounds(gap, [{ fromMs: 0, toMs: 1040, levelDbfs: -16.2, hz: 440, gapMs: 40 }]);
  });

  it('leaves clicks to `clicks`, which finds the joint in a sound that is otherwise right', async () => {
    const samples = tone({ hz: 440, ms: 600 }).samplesAt(16000);
    const cut = Int16Array.of(...samples.subarray(0, 3000), ...samples.subarray(3018));
    const [clean, clicking] = [await heard(samples), await heard(cut)];
    for (const { sounds } of [clean, clicking]) assert.equal(sounds.call(clean).length, 1);
    assertSounds(clicking, clean.sounds());
    assert.equal(clicks(clean.heard.heard(), 16000), 0);
    assert.ok(clicks(clicking.heard.heard(), 16000) > 0);
  });

  it('fails where the handler did, whatever was heard, and says when and why', async () => {
    const boom = new Error('boom');
    const fails = defineHandler({
      name: 'fails',
      async onStart(call) {
        await call.sleep(340);
        throw boom;
      },
    });
    const failed = await callHandler(fails, { seconds: 1 });
    assert.throws(() => assertSounds(failed, []), {
      name: 'SoundsDiffer',
      message: 'the handler failed after 340 ms: Error: boom',
      cause: boom,
    });
  });

  it('refuses a list of what are no sounds, which nothing could differ from', () => {
    const lists = [[{}], [{ ...FIRST, toMs: Number.NaN }], [{ ...FIRST, pitchHz: 440 }], {}] as unknown as Sound[][];
    for (const list of lists) {
      assert.throws(() => assertSounds(call, list), {
        name: 'TypeError',
        message: /^assertSounds: the list that is expected has what is no sound:\n✖ /,
      });
    }
  });
});

describe('A golden file', () => {
  let dir: string;
  let file: string;
  let call: HandledCall;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kodama-golden-'));
    file = join(dir, 'two-tones.golden.json');
    call = await heard(TWO_TONES);
  });
  afterEach(() => rm(file, { force: true }));
  after(() => rm(dir, { recursive: true }));

  const GOLDEN = `[
  { "fromMs": 0, "toMs": 300, "levelDbfs": -16.1, "hz": 440 },
  { "fromMs": 500, "toMs": 900, "levelDbfs": -10.1, "hz": 880 }
]
`;
  const shown = () => relative('', file);

  /** Does something as `UPDATE_GOLDEN=…` in the environment says. */
  function withUpdate(value: string, work: () => void): void {
    const before = process.env.UPDATE_GOLDEN;
    process.env.UPDATE_GOLDEN = value;
    try {
      work();
    } finally {
      if (before === undefined) delete process.env.UPDATE_GOLDEN;
      else process.env.UPDATE_GOLDEN = before;
    }
  }

  it('is not there at first: a test fails, says how to write it and what that would be, and writes nothing', async () => {
    assert.throws(() => withUpdate('', () => assertSounds(call, file)), {
      name: 'SoundsDiffer',
      message:
        `there is no file ${shown()} yet. Listen to the call (\`await call.writeWav('heard.wav')\`); if it is right, ` +
        `run this test once with UPDATE_GOLDEN=1 in the environment, which writes:\n${GOLDEN}`,
    });
    await assert.rejects(stat(file), { code: 'ENOENT' });
  });

  it('is written by UPDATE_GOLDEN=1, a sound a line, and then compared with', async () => {
    withUpdate('1', () => assertSounds(call, pathToFileURL(file)));
    assert.equal(await readFile(file, 'utf8'), GOLDEN);
    withUpdate('', () => assertSounds(call, file));
    withUpdate('', () => assertSounds(call, pathToFileURL(file)));
  });

  it('is an empty list where nothing was heard', async () => {
    const silent = await heard(silence(100));
    withUpdate('1', () => assertSounds(silent, file));
    assert.equal(await readFile(file, 'utf8'), '[]\n');
    withUpdate('', () => assertSounds(silent, file));
  });

  it('keeps what is missing in a sound', async () => {
    const gap = await heard(tone({ hz: 440, ms: 1000 }), { stalls: [{ fromMs: 100, toMs: 310 }] });
    withUpdate('1', () => assertSounds(gap, file));
    assert.match(await readFile(file, 'utf8'), /"hz": 440, "gapMs": \d+ \}\n/);
    withUpdate('', () => assertSounds(gap, file));
  });

  it('is compared within the tolerance, and left as it is then, also by an update', async () => {
    const near = GOLDEN.replace('500', '530').replace('-10.1', '-9.5');
    await writeFile(file, near);
    for (const update of ['', '1']) withUpdate(update, () => assertSounds(call, file));
    assert.equal(await readFile(file, 'utf8'), near);
    assert.throws(() => withUpdate('', () => assertSounds(call, file, { toleranceMs: 20 })), /begins 30 ms early/);
  });

  it('is named where what was heard differs, and left as it is unless it is to be updated', async () => {
    const other = GOLDEN.replace('440', '523');
    await writeFile(file, other);
    for (const update of ['', '0', 'true']) {
      assert.throws(() => withUpdate(update, () => assertSounds(call, file)), {
        name: 'SoundsDiffer',
        message: `the caller did not hear what ${shown()} says: 1 of 2 sounds is off
  expected                           heard
  0 to 300 ms, -16.1 dBFS, 523 Hz    ${SHOWN_FIRST}    440 Hz, not 523 Hz
  ${SHOWN_SECOND}  ${SHOWN_SECOND}
If what was heard is right, run this test once with UPDATE_GOLDEN=1 in the environment, which writes the file anew.`,
      });
      assert.equal(await readFile(file, 'utf8'), other);
    }
    withUpdate('1', () => assertSounds(call, file));
    assert.equal(await readFile(file, 'utf8'), GOLDEN);
  });

  it('says what is wrong with it where it cannot be read', async () => {
    const wrong: [string, RegExp][] = [
      ['[', /JSON/],
      ['{}', /expected array/],
      [
        '[{ "fromMs": "0", "toMs": 300, "levelDbfs": -16 }]',
        /expected number, received string\n {2}→ at \[0\]\.fromMs/,
      ],
      ['[{ "fromMs": 0, "toMs": 300, "levelDbfs": -16, "pitch": 5 }]', /Unrecognized key: "pitch"/],
    ];
    for (const [text, reason] of wrong) {
      await writeFile(file, text);
      assert.throws(
        () => withUpdate('', () => assertSounds(call, file)),
        ({ name, message }) =>
          name === 'SoundsDiffer' &&
          message.startsWith(`${shown()} is no golden file that can be read:\n`) &&
          reason.test(message),
        text,
      );
    }
  });

  it('is not written where the handler failed', async () => {
    const failed = await callHandler(
      defineHandler({ name: 'fails', onStart: () => Promise.reject(new Error('boom')) }),
      {
        seconds: 1,
      },
    );
    assert.throws(
      () => withUpdate('1', () => assertSounds(failed, file)),
      /the handler failed after 0 ms: Error: boom/,
    );
    await assert.rejects(stat(file), { code: 'ENOENT' });
  });
});
