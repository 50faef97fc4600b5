import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { inspect } from 'node:util';
import { callLines } from '../cli/report-text.ts';
import { Simulator } from '../simulator.ts';
import { type ApplicationOptions, startApplicationServer } from '../testing/application.ts';
import { close } from '../testing/socket-behaviours.ts';

const SECRET = 'never-to-be-seen-000000000000000';
const VALUE = 'Bearer never-to-be-seen-value';
const HIDDEN = [SECRET, Buffer.from(SECRET).toString('hex'), Buffer.from(SECRET).toString('base64'), VALUE, 'eyJ'];

/** All that can be had of a call and its simulator, as text. */
async function allTextOf(application: ApplicationOptions): Promise<string> {
  await using server = await startApplicationServer(application);
  await using simulator = await Simulator.start({
    answerUrl: server.answerUrl,
    eventUrl: server.eventUrl,
    signing: { secret: SECRET },
  });
  const texts: string[] = [];
  const show = (...values: readonly unknown[]) => {
    for (const value of values) texts.push(inspect(value, { depth: null, showHidden: true, getters: true }));
  };
  const call = simulator.begin();
  call.on('timeline', (entry) => show(entry));
  call.on('event', (delivery) => show(delivery));
  call.on('text', (text) => show(text));
  call.on('socketOpen', (socket) => show(socket));
  await call.connected();
  show(call, simulator);
  const report = await call.ended;
  show(report, call, simulator);
  texts.push(JSON.stringify(report), String(call), String(simulator), inspect(callLines(report)));
  return texts.join('\n');
}

const upgradeTo = (authorization: object): ApplicationOptions => ({
  endpoint: { authorization },
  socket: close(),
});
const custom = { type: 'custom', value: VALUE };

suite('what is secret stays so', { concurrency: 8 }, () => {
  for (const [what, application] of [
    ['a good call whose socket has a token', upgradeTo({ type: 'vonage' })],
    ['a good call whose socket has a value of the NCCO', upgradeTo(custom)],
    ['a socket that refuses the value', { ...upgradeTo(custom), upgrade: { status: 401 } }],
    ['a socket that refuses the token', { ...upgradeTo({ type: 'vonage' }), upgrade: { status: 401 } }],
    ['a value that no header can have', upgradeTo({ type: 'custom', value: `${VALUE}\n` })],
    ['a value of an unknown type', upgradeTo({ type: 'Custom', value: VALUE })],
    ['a value in the wrong place', { connect: { authorization: custom }, socket: close() }],
    ['an answer URL that refuses the token', { answer: { status: 401 } }],
    ['an answer URL that never replies', { answer: 'hang-up' }],
    ['an event URL that refuses the token', { answer: [], events: { status: 403 } }],
  ] as const satisfies readonly (readonly [string, ApplicationOptions])[]) {
    test(`in ${what}`, async () => {
      const text = await allTextOf(application);
      assert.ok(text.length > 1000);
      for (const hidden of HIDDEN) {
        const at = text.indexOf(hidden);
        assert.equal(at, -1, `found: ${text.slice(Math.max(0, at - 200), at + 100)}`);
      }
    });
  }

  test('in the error of a simulator that cannot be started', async () => {
    for (const more of [{ answerUrl: 'nowhere' }, { limits: { answerMs: 1 } }, { answerMethod: 'PUT' as 'GET' }]) {
      const options = { answerUrl: 'http://127.0.0.1:1/', signing: { secret: SECRET }, ...more };
      await assert.rejects(
        Simulator.start(options),
        (error: Error) => !inspect(error, { depth: null }).includes(SECRET),
      );
    }
  });
});
