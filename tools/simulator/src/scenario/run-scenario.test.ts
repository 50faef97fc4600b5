import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseScenario } from './parse-scenario.ts';
import { type PlaceOptions, runScenario, type ScenarioResult } from './run-scenario.ts';
import { type Script, ScriptedCall } from './testing/scripted-call.ts';
import { VirtualTime } from './testing/virtual-time.ts';

const HEAD = 'name: A test\nanswerUrl: http://127.0.0.1:8080/ncco\n';

interface Run {
  readonly result: ScenarioResult;
  readonly call: ScriptedCall;
  readonly options: PlaceOptions;
}

/** Runs a scenario against a script; a name and an answer URL are put before the text. */
async function run(yaml: string, script: Script = {}): Promise<Run> {
  const time = new VirtualTime();
  const scenario = parseScenario(HEAD + yaml, { file: 'test.yaml', directory: import.meta.dirname });
  let call: ScriptedCall | undefined;
  let options: PlaceOptions | undefined;
  const place = async (given: PlaceOptions) => {
    options = given;
    call = new ScriptedCall(script, time);
    return call;
  };
  const result = await time.until(runScenario(scenario, place, time));
  assert.ok(call && options);
  return { result, call, options };
}

const verdicts = ({ expectations }: ScenarioResult) => expectations.map(({ passed }) => passed);
const founds = ({ expectations }: ScenarioResult) => expectations.map(({ found }) => found);

/** A frame of a tone that goes on from frame to frame; a quarter of full scale. */
function toneFrame(hz: number, atMs: number): Buffer {
  const samples = Int16Array.from(
    { length: 160 },
    (_, i) => 8192 * Math.sin(2 * Math.PI * hz * (atMs / 1000 + i / 8000)),
  );
  return Buffer.from(samples.buffer);
}

const between = (atMs: number, fromMs: number, toMs: number) => atMs >= fromMs && atMs < toMs;

/** Repeats what is said so much later. */
function echo(delayMs: number): Pick<Script, 'hears'> {
  const line: (Buffer | undefined)[] = Array(delayMs / 20).fill(Buffer.alloc(320));
  return {
    hears: (_, said) => {
      line.push(said ?? Buffer.alloc(320));
      return line.shift();
    },
  };
}

describe('the call of a scenario', () => {
  it('is placed as the scenario says, the event URL beside the answer URL unless given', async () => {
    const { options } = await run(
      'call: { from: 15550001, to: anonymous, method: POST }\nplatform: { rules: { 3.4.5: 1024 }, talkCharactersPerSecond: 30, standIns: { phone: { does: busy, rings: 2s } }, eventDelays: { late: 1s } }',
    );
    assert.deepEqual(options, {
      answerUrl: 'http://127.0.0.1:8080/ncco',
      eventUrl: 'http://127.0.0.1:8080/webhooks/event',
      answerMethod: 'POST',
      from: '15550001',
      to: 'anonymous',
      platform: {
        rules: { '3.4.5': '1024' },
        talkCharactersPerSecond: 30,
        standIns: { phone: { does: 'busy', ringMs: 2000 } },
        eventDelays: { lateMs: 1000, times: 1, reordered: false },
      },
    });
  });

  it('is not placed where nobody says what to call', async () => {
    const scenario = parseScenario('name: A test', { file: 'test.yaml', directory: '.' });
    await assert.rejects(
      runScenario(scenario, () => assert.fail('placed')),
      new TypeError('answerUrl: is missing, so there is no application to call'),
    );
  });

  it('is hung up after the last step', async () => {
    const { call, result } = await run('steps: [{ press: "5" }]');
    assert.deepEqual(call.done, ['0 press 5 100', '200 hangUp']);
    assert.equal(result.passed, true);
    assert.equal(result.call, call);
    assert.equal(result.report, await call.ended);
  });
});

describe('steps', () => {
  it('begin when those before have ended; what is said, when a WebSocket is open', async () => {
    const { call } = await run(
      `steps:
         - press: '1'
         - tone: 440 Hz
           for: 500ms
         - silence: 300ms
         - press: '23'
           hold: 50ms
         - sayWords: book a table
         - cutNetwork: 1s
         - resetNetwork
         - hangUp`,
      { connectsAtMs: 1000 },
    );
    assert.deepEqual(call.done, [
      '0 press 1 100',
      '1000 say',
      '1800 press 23 50',
      '2000 sayWords book a table',
      '2000 cutNetwork 1000',
      '3000 resetNetwork',
      '3000 hangUp',
    ]);
  });

  it('begin at their time while others go on, and hold up those after them', async () => {
    const { call } = await run(
      `steps:
         - tone: 440 Hz
           for: 2s
         - { press: '5', at: 500ms }
         - { press: '6', at: 100ms }
         - press: '7'`,
      { connectsAtMs: 1000 },
    );
    assert.deepEqual(call.done, [
      '1000 say',
      '1100 press 6 100',
      '1500 press 5 100',
      '3000 press 7 100',
      '3200 hangUp',
    ]);
  });

  it('do not wait for a WebSocket where the media begins at once', async () => {
    const { call } = await run('start: answered\nsteps: [{ tone: 440 Hz }, { press: "5", at: 2s }]', {
      connectsAtMs: 9000,
    });
    assert.deepEqual(call.done, ['0 say', '2000 press 5 100', '2200 hangUp']);
  });

  it('that cannot be carried out fail the scenario', async () => {
    const { result } = await run('steps: [{ say: speech }, { press: "5" }, { silence: 1s }, hangUp]', {
      onStart: (call) => call.time.after(500, () => call.end({})),
    });
    assert.equal(result.passed, false);
    assert.deepEqual(result.problems, [
      'steps[0]: the caller could not say speech, as no WebSocket was open',
      'steps[1]: the caller could not press 5, as the call was over',
    ]);
  });

  it('that take longer than the timeout end with it', async () => {
    const { result, call } = await run('timeout: 3s\nsteps: [{ tone: 440 Hz }]', {});
    assert.deepEqual(call.done, ['3000 hangUp']);
    assert.deepEqual(result.problems.at(-1), 'the scenario took longer than 3 s');
    assert.equal(result.passed, false);
  });
});

describe('an expectation among the steps', () => {
  it('is waited for, and no longer than until it comes true', async () => {
    const { result, call } = await run(
      'steps: [{ press: "5" }, { expect: { text: { with: { action: clear } } } }, { press: "6" }]',
      {
        onPress: (digits, call) => {
          if (digits === '5')
            call.time.after(1010, () => call.emit('text', { legUuid: 's', text: '{"action":"clear","x":1}' }));
        },
      },
    );
    assert.deepEqual(result.expectations, [
      { path: 'steps[1].expect', text: 'a text message with {"action":"clear"}', passed: true, found: 'it came once' },
    ]);
    assert.deepEqual(call.done, ['0 press 5 100', '1100 press 6 100', '1300 hangUp']);
  });

  it('fails after 5 s, or after its own time, and the steps go on', async () => {
    const { result, call } = await run(
      'steps: [{ expect: { event: answered } }, { expect: { event: { status: answered, within: 2s } } }, { press: "6" }]',
    );
    assert.deepEqual(verdicts(result), [false, false]);
    assert.deepEqual(founds(result), ['none came', 'none came']);
    assert.deepEqual(call.done[0], '5000 press 6 100');
  });

  it('does not count what happened before the step before it', async () => {
    const { result } = await run(
      'steps: [{ press: "1" }, { press: "2" }, { expect: { text: { has: tone, count: 1, within: 1s } } }]',
      { onPress: (digits, call) => call.emit('text', { legUuid: 's', text: `tone ${digits}` }) },
    );
    assert.deepEqual(verdicts(result), [true]);
  });

  it('of sound is about what is heard from the key on', async () => {
    let pressedMs = Number.POSITIVE_INFINITY;
    const { result } = await run(
      `steps:
         - silence: 1s
         - press: '5'
         - expect:
             - heard: { tone: 440 Hz, within: 500ms, for: 1s }
             - heard: { tone: 440 Hz, within: 200ms, for: 1s }
             - heard: { tone: 880 Hz, within: 300ms }`,
      {
        connectsAtMs: 100,
        onPress: (_, call) => {
          pressedMs = call.heard.durationMs;
        },
        hears: (atMs) => (between(atMs, pressedMs + 300, pressedMs + 1300) ? toneFrame(440, atMs) : Buffer.alloc(320)),
      },
    );
    assert.deepEqual(verdicts(result), [true, false, false]);
    const [first, second, third] = founds(result);
    assert.equal(first, 'heard after 300 ms, for 1 s');
    assert.equal(second, 'heard only after 300 ms');
    assert.match(third ?? '', /^heard a tone of 440 Hz at -\d+(\.\d)? dBFS$/);
  });
});

describe('what is heard', () => {
  const talking: Script = {
    connectsAtMs: 1000,
    hears: (atMs) => (between(atMs, 1400, 2400) ? toneFrame(440, atMs) : Buffer.alloc(320)),
  };

  it('is a tone that begins in time and lasts', async () => {
    const { result } = await run(
      `steps: [{ silence: 3s }, hangUp]
expect:
  - heard: { tone: 440 Hz, within: 500ms, for: 1s, level: at least -20 dBFS }
  - heard: { tone: 440 Hz, for: 1.1s }
  - heard: { tone: 440 Hz, within: 300ms }
  - heard: { tone: 440 Hz, level: at least -10 dBFS }
  - heard: { level: -16 dBFS to -14 dBFS, for: 500ms }
  - heard: sound
  - heard: { silence: true, for: 600ms }
  - heard: { silence: true, for: 1.7s }
  - heard: speech
  - heard: nothing
  - heard: { nothing: true, for: 300ms }`,
      talking,
    );
    assert.deepEqual(verdicts(result), [true, false, false, false, true, true, true, false, false, false, true]);
    const found = founds(result);
    assert.equal(found[1], 'heard it for 1 s only');
    assert.equal(found[2], 'heard only after 400 ms');
    assert.equal(found[9], 'heard a sound at -15.1 dBFS after 400 ms');
    assert.equal(found[10], 'heard nothing');
  });

  it('is silence where nothing comes', async () => {
    const { result } = await run('steps: [{ silence: 1s }]\nexpect: [{ heard: { tone: 440 Hz, within: 500ms } }]', {
      connectsAtMs: 0,
      hears: () => Buffer.alloc(320),
    });
    assert.deepEqual(founds(result), ['heard silence at -100 dBFS']);
  });

  it('is the echo of what was said, so much later', async () => {
    const { result, call } = await run(
      `steps: [{ say: speech }]
expect:
  - heard: { echo: true, delay: < 200ms }
  - heard: { echo: true, delay: 200ms to 1s }
  - heard: speech
  - gaps: none`,
      { connectsAtMs: 1000, ...echo(80) },
    );
    assert.deepEqual(verdicts(result), [true, false, true, true]);
    assert.deepEqual(founds(result).slice(0, 2), ['heard it 80 ms later', 'heard it 80 ms later']);
    assert.equal(call.done.at(-1)?.endsWith('hangUp'), true);
  });

  it('is no echo where it is something else', async () => {
    const { result } = await run('steps: [{ say: speech }]\nexpect: [{ heard: echo }]', {
      connectsAtMs: 0,
      hears: (atMs) => toneFrame(440, atMs),
    });
    assert.deepEqual(verdicts(result), [false]);
    assert.match(founds(result)[0] ?? '', /^heard a tone of 440 Hz at -15\.\d dBFS, which is not what he said$/);
  });

  it('has gaps where there was no audio in time', async () => {
    const { result } = await run(
      `steps: [{ silence: 2s }]
expect:
  - gaps: none
  - gaps: 2
  - gaps: { longest: at most 100ms }
  - gaps: { longest: at most 80ms }`,
      {
        connectsAtMs: 500,
        hears: (atMs) => (between(atMs, 800, 900) || between(atMs, 1200, 1220) ? undefined : Buffer.alloc(320)),
      },
    );
    assert.deepEqual(verdicts(result), [false, true, true, false]);
    assert.equal(founds(result)[0], '2 gaps, the longest 100 ms');
  });
});

describe('what is expected of the whole call', () => {
  it('is waited for before the caller hangs up', async () => {
    const { call, result } = await run('expect: [{ action: { name: talk, text: welcome } }, { event: completed }]', {
      onStart: (call) => {
        const action = { action: 'wait', timeoutSeconds: 1 } as const;
        const talk = {
          action: 'talk',
          text: 'You are Welcome',
          bargeIn: false,
          loop: 1,
          level: 0,
          language: 'en-US',
          style: 0,
          premium: false,
        } as const;
        call.time.after(1000, () => call.emit('action', { index: 0, action }));
        call.time.after(2000, () => call.emit('action', { index: 1, action: talk }));
      },
    });
    assert.deepEqual(verdicts(result), [true, true]);
    assert.deepEqual(call.done, ['2000 hangUp']);
  });

  it('is which events came, of which leg, with what, and how they were answered', async () => {
    const { result } = await run(
      `expect:
  - event: { status: answered, leg: caller }
  - event: { status: answered, leg: socket }
  - event: { status: completed, count: 2, answered: 2xx }
  - event: { status: completed, count: at most 1 }
  - event: { status: input, answered: 500, with: { dtmf: { digits: 5 } } }
  - event: { status: input, answered: 2xx }
  - events: { answered: 2xx }
  - event: { status: answered, within: 500ms }`,
      {
        onStart: (call) => {
          call.time.after(100, () => call.deliver('answered', 'caller-leg'));
          call.time.after(900, () =>
            call.deliver('input', 'caller-leg', { status: 500, body: { dtmf: { digits: '5', timed_out: false } } }),
          );
        },
      },
    );
    assert.deepEqual(verdicts(result), [true, false, true, false, true, false, false, true]);
    const found = founds(result);
    assert.equal(
      found[1],
      "it did not come; there came answered of the caller's leg (answered 204), input of the caller's leg (answered 500), completed of the socket's leg (answered 204), completed of the caller's leg (answered 204)",
    );
    assert.equal(found[6], 'input (answered 500)');
  });

  it('is how the WebSocket closed, and who closed it', async () => {
    const { result } = await run(
      `steps: [{ silence: 5s }]
expect:
  - closed: 1006
  - closed: { code: 1006, by: platform, reason: frame }
  - closed: { by: application }
  - closed: { code: 1006, within: 1s }
  - verdict: failed
  - problems: none`,
      {
        connectsAtMs: 100,
        onStart: (call) =>
          call.time.after(2000, () =>
            call.end(
              { closedBy: 'platform', verdict: 'failed', problems: ['a frame had 3 bytes'] },
              1006,
              'wrong frame size',
            ),
          ),
      },
    );
    assert.deepEqual(verdicts(result), [true, true, false, false, true, false]);
    assert.equal(founds(result)[2], 'it closed with 1006 (wrong frame size), by the platform');
    assert.equal(founds(result)[5], 'a frame had 3 bytes');
    assert.equal(result.passed, false);
  });
});
