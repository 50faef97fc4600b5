import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { callWith, event, line, until } from '../testing/ncco-call.ts';
import { rule } from '../testing/rule-test.ts';

const AFTER = (eventUrl: string) => ({ action: 'notify', payload: { mark: 'after' }, eventUrl: [eventUrl] });
const keys = (dtmf: object, more: object = {}) => ({ action: 'input', type: ['dtmf'], dtmf, ...more });
const words = (speech: object = {}) => ({
  action: 'input',
  type: ['speech'],
  speech: { endOnSilence: 0.4, ...speech },
});

suite('input, notify and wait', { concurrency: 8 }, () => {
  rule('2.6.3', 'maxDigits ends it, and the call goes on', async () => {
    await using stage = await callWith(({ eventUrl }) => [keys({ maxDigits: 3 }), AFTER(eventUrl)]);
    await stage.call.press('12345', { durationMs: 20 });
    const report = await stage.call.ended;
    const { body } = await event(stage.call, 'input');
    assert.deepEqual(body.dtmf, { digits: '123', timed_out: false });
    assert.deepEqual(body.speech, { error: 'Speech was not enabled' });
    assert.equal(body.uuid, stage.call.ids.legUuid);
    assert.deepEqual(
      report.events.map(({ name }) => name),
      ['started', 'ringing', 'answered', 'input', 'notify', 'completed'],
    );
    assert.deepEqual(report.problems, []);
  });

  rule('2.6.3', 'four digits end it unless maxDigits is given', async () => {
    await using stage = await callWith([{ action: 'input', type: ['dtmf'] }]);
    await stage.call.press('98765', { durationMs: 20 });
    await stage.call.ended;
    assert.deepEqual((await event(stage.call, 'input')).body.dtmf, { digits: '9876', timed_out: false });
  });

  rule('2.6.2', 'timeOut runs from the last key', async () => {
    await using stage = await callWith([keys({ timeOut: 1 })]);
    await stage.call.press('42');
    const pressed = await line(stage.call, /^presses 2/);
    await stage.call.ended;
    const input = await event(stage.call, 'input');
    assert.deepEqual(input.body.dtmf, { digits: '42', timed_out: true });
    assert.ok(input.atMs - pressed.atMs >= 990, `${input.atMs - pressed.atMs} ms`);
  });

  rule('2.6.2', 'timeOut without a key has no digits', async () => {
    await using stage = await callWith([keys({ timeOut: 0 })]);
    await stage.call.ended;
    assert.deepEqual((await event(stage.call, 'input')).body.dtmf, { digits: null, timed_out: true });
  });

  rule('2.6.2', 'submitOnHash ends it at once, and the hash is no digit of it', async () => {
    await using stage = await callWith([keys({ submitOnHash: true, timeOut: 10 })]);
    await stage.call.press('12#');
    await stage.call.ended;
    assert.deepEqual((await event(stage.call, 'input')).body.dtmf, { digits: '12', timed_out: false });
  });

  rule('2.6.2', 'without submitOnHash the hash is a key like any other', async () => {
    await using stage = await callWith([keys({ maxDigits: 3, timeOut: 10 })]);
    await stage.call.press('1#*');
    await stage.call.ended;
    assert.deepEqual((await event(stage.call, 'input')).body.dtmf, { digits: '1#*', timed_out: false });
  });

  rule('2.6.4', 'words are recognised, and end with a silence', async () => {
    await using stage = await callWith([words()]);
    await line(stage.call, /^input: waits for words$/);
    stage.call.sayWords('my account');
    stage.call.sayWords('please');
    const said = await line(stage.call, /^says “please”$/);
    await stage.call.ended;
    const input = await event(stage.call, 'input');
    assert.deepEqual(input.body.speech, {
      timeout_reason: 'end_on_silence_timeout',
      results: [{ text: 'my account please', confidence: '0.9' }],
    });
    assert.ok(input.atMs - said.atMs >= 390, `${input.atMs - said.atMs} ms`);
  });

  rule('2.6.4', 'words that were said before are for the next input', async () => {
    await using stage = await callWith([{ action: 'wait', timeout: 0.3 }, words()]);
    stage.call.sayWords('early');
    await stage.call.ended;
    const { speech } = (await event(stage.call, 'input')).body as { speech: { results: unknown[] } };
    assert.deepEqual(speech.results, [{ text: 'early', confidence: '0.9' }]);
  });

  rule('2.6.4', 'maxDuration ends it, though the caller goes on speaking', async () => {
    await using stage = await callWith([words({ maxDuration: 1, endOnSilence: 5 })]);
    await line(stage.call, /^input: waits/);
    stage.call.sayWords('and so on');
    await stage.call.ended;
    const { speech } = (await event(stage.call, 'input')).body as { speech: { timeout_reason: string } };
    assert.equal(speech.timeout_reason, 'max_duration');
  });

  rule('2.6.4', 'saveAudio names a recording', async () => {
    await using stage = await callWith([words({ saveAudio: true })]);
    stage.call.sayWords('yes');
    await stage.call.ended;
    const { speech } = (await event(stage.call, 'input')).body as { speech: { recording_url: string } };
    assert.match(speech.recording_url, /^https:\/\/api-us-3\.vonage\.com\/v1\/files\//);
  });

  rule('2.6.5', 'startTimeout ends it where nobody speaks', async () => {
    await using stage = await callWith([words({ startTimeout: 1 })]);
    const waits = await line(stage.call, /^input: waits/);
    await stage.call.ended;
    const input = await event(stage.call, 'input');
    assert.deepEqual(input.body.speech, { timeout_reason: 'start_timeout', results: [] });
    assert.ok(input.atMs - waits.atMs >= 990, `${input.atMs - waits.atMs} ms`);
  });

  rule('2.6.1', 'with both types, keys or words end it, whichever come', async () => {
    const both = {
      action: 'input',
      type: ['dtmf', 'speech'],
      dtmf: { maxDigits: 1, timeOut: 10 },
      speech: { endOnSilence: 0.4 },
    };
    await using stage = await callWith([both, both]);
    await line(stage.call, /^input: waits for keys or words$/);
    await stage.call.press('5');
    await event(stage.call, 'input');
    stage.call.sayWords('five');
    const report = await stage.call.ended;
    const inputs = report.events.filter(({ name }) => name === 'input').map(({ body }) => [body.dtmf, body.speech]);
    const said = { timeout_reason: 'end_on_silence_timeout', results: [{ text: 'five', confidence: '0.9' }] };
    assert.deepEqual(inputs, [
      [{ digits: '5', timed_out: false }, { results: [] }],
      [{ digits: null, timed_out: false }, said],
    ]);
  });

  rule('2.6.1', 'the time for keys is of no matter to somebody who speaks', async () => {
    await using stage = await callWith([
      { action: 'input', type: ['dtmf', 'speech'], dtmf: { timeOut: 1 }, speech: { endOnSilence: 1.5 } },
    ]);
    stage.call.sayWords('slowly');
    await stage.call.ended;
    const { speech } = (await event(stage.call, 'input')).body as { speech: { timeout_reason: string } };
    assert.equal(speech.timeout_reason, 'end_on_silence_timeout');
  });

  rule('2.6.6', 'an asynchronous input lets the next action begin, and each key is an event', async () => {
    await using stage = await callWith([
      { action: 'input', type: ['dtmf'], mode: 'asynchronous' },
      { action: 'wait', timeout: 20 },
    ]);
    await line(stage.call, /^wait: 20 s$/);
    await stage.call.press('12', { durationMs: 20 });
    await until('both keys are told of', () => stage.call.events.filter(({ name }) => name === 'input').length === 2);
    const report = await stage.call.hangUp();
    const digits = report.events.filter(({ name }) => name === 'input').map(({ body }) => body.dtmf);
    assert.deepEqual(digits, [
      { digits: '1', timed_out: false },
      { digits: '2', timed_out: false },
    ]);
  });

  rule('2.6.7', 'an NCCO in the reply takes the place of what is left', async () => {
    await using stage = await callWith(
      ({ eventUrl, origin }) => [keys({ maxDigits: 1 }, { eventUrl: [`${origin}/keys`] }), AFTER(eventUrl)],
      { application: { paths: { '/keys': [{ action: 'talk', text: 'You pressed a key' }] } } },
    );
    await stage.call.press('1');
    const report = await stage.call.ended;
    await line(stage.call, /^talk: “You pressed a key”$/);
    assert.ok(report.events.every(({ name }) => name !== 'notify'));
    assert.equal(report.verdict, 'passed');
  });

  rule('2.6.7', 'an empty reply, other text and an empty array let the next action follow', async () => {
    for (const reply of [{ status: 204 }, { body: 'ok', contentType: 'text/plain' }, []]) {
      await using stage = await callWith(
        ({ eventUrl, origin }) => [keys({ timeOut: 0 }, { eventUrl: [`${origin}/keys`] }), AFTER(eventUrl)],
        { application: { paths: { '/keys': reply } } },
      );
      const report = await stage.call.ended;
      assert.ok(report.events.some(({ name }) => name === 'notify'));
      assert.deepEqual(report.problems, []);
    }
  });

  rule('1.4.1', 'a bad NCCO in a reply is a problem and an error event, and the call goes on', async () => {
    await using stage = await callWith(
      ({ eventUrl, origin }) => [keys({ timeOut: 0 }, { eventUrl: [`${origin}/keys`] }), AFTER(eventUrl)],
      { application: { paths: { '/keys': [{ action: 'talk' }] } } },
    );
    const report = await stage.call.ended;
    assert.match(report.problems[0] ?? '', /^the reply to the input event: the NCCO cannot be carried out/);
    assert.match(report.problems[1] ?? '', /^\[0\]\.text: is missing.* \[rule 2\.1\.1\]$/);
    const { body, url } = await event(stage.call, 'error');
    assert.match(String(body.reason), /\[0\]\.text: is missing/);
    assert.equal(url, stage.application.eventUrl);
    assert.ok(report.events.some(({ name }) => name === 'notify'));
  });

  rule('2.0.4', 'the event goes by GET to the eventUrl of the action, with nested values as JSON text', async () => {
    await using stage = await callWith(({ origin }) => [
      keys({ maxDigits: 1 }, { eventUrl: [`${origin}/webhooks/keys?tenant=7`], eventMethod: 'GET' }),
    ]);
    await stage.call.press('9');
    await stage.call.ended;
    const seen = await stage.application.events.first(({ path }) => path === '/webhooks/keys');
    assert.equal(seen.method, 'GET');
    assert.equal(seen.query.tenant, '7');
    assert.deepEqual(JSON.parse(seen.query.dtmf ?? ''), { digits: '9', timed_out: false });
    assert.ok(stage.application.events.all.filter((one) => one !== seen).every(({ method }) => method === 'POST'));
  });

  rule('4.2.9', '`from` and `to` change places, or stay as they were asked with', async () => {
    for (const [settings, from] of [
      [{ '4.2.9': 'swapped' }, '12025550123'],
      [{ '4.2.9': 'as-asked' }, '14155550177'],
    ] as const) {
      await using stage = await callWith([keys({ timeOut: 0 })], {
        simulator: { rules: new RuleSettings(settings) },
      });
      await stage.call.ended;
      assert.equal((await event(stage.call, 'input')).body.from, from);
    }
  });

  rule('2.7.1', 'notify sends its payload, and an empty reply lets the flow go on', async () => {
    await using stage = await callWith(({ origin }) => [
      { action: 'notify', payload: { step: { number: 1 } }, eventUrl: [`${origin}/webhooks/notify`] },
      { action: 'talk', text: 'Goes on' },
    ]);
    await stage.call.ended;
    const seen = await stage.application.events.first(({ path }) => path === '/webhooks/notify');
    assert.deepEqual(Object.keys(seen.fields).sort(), ['conversation_uuid', 'payload', 'timestamp']);
    assert.deepEqual(seen.fields.payload, { step: { number: 1 } });
    await line(stage.call, /^talk: “Goes on”$/);
  });

  rule(
    '2.7.1',
    'an NCCO in the reply takes the place of what is left, and so does one in the reply to its own notify',
    async () => {
      let replies = 0;
      const nextReply = (origin: string) => {
        replies++;
        if (replies > 1) return [{ action: 'talk', text: 'The second' }];
        return [
          { action: 'notify', payload: { step: 2 }, eventUrl: [`${origin}/next`] },
          { action: 'talk', text: 'Never said' },
        ];
      };
      await using stage = await callWith(
        ({ origin }) => [
          { action: 'notify', payload: { step: 1 }, eventUrl: [`${origin}/next`] },
          { action: 'talk', text: 'Never said' },
        ],
        { application: { paths: { '/next': (_, { origin }) => nextReply(origin) } } },
      );
      const report = await stage.call.ended;
      assert.equal(report.events.filter(({ name }) => name === 'notify').length, 2);
      assert.ok(report.timeline.every(({ text }) => !text.includes('Never said')));
      await line(stage.call, /^talk: “The second”$/);
    },
  );

  rule('2.7.2', 'wait takes its time, 0.1 s at the least', async () => {
    await using stage = await callWith(({ eventUrl }) => [
      { action: 'wait', timeout: 0.5 },
      { action: 'wait', timeout: 0 },
      AFTER(eventUrl),
    ]);
    const report = await stage.call.ended;
    const first = await line(stage.call, /^wait: 0\.5 s$/);
    const second = await line(stage.call, /^wait: 0\.1 s$/);
    const after = await line(stage.call, /^notify$/);
    assert.ok(second.atMs - first.atMs >= 490, `${second.atMs - first.atMs} ms`);
    assert.ok(after.atMs - second.atMs >= 90, `${after.atMs - second.atMs} ms`);
    assert.match(report.notes.join('\n'), /\[1\]\.timeout: 0 is out of the range/);
    assert.equal(report.verdict, 'passed');
  });
});
