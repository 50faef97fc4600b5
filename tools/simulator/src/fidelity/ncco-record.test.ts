import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { callWith, event, line, until } from '../testing/ncco-call.ts';
import { rule } from '../testing/rule-test.ts';
import { toneRecording } from '../testing/tone.ts';

const NEXT = { action: 'talk', text: 'Next' };

suite('record', { concurrency: 8 }, () => {
  rule('2.3.4', 'endOnKey ends it with that key alone, and the next action waits', async () => {
    await using stage = await callWith([{ action: 'record', endOnKey: '#' }, NEXT]);
    await line(stage.call, /^record: mp3$/);
    await stage.call.press('1');
    assert.ok(stage.call.events.every(({ name }) => name !== 'record'));
    await stage.call.press('#');
    const pressed = await line(stage.call, /^presses #/);
    await event(stage.call, 'record');
    const next = await line(stage.call, /^talk: “Next”$/);
    assert.ok(next.atMs >= pressed.atMs);
    assert.equal((await stage.call.ended).verdict, 'passed');
  });

  rule('2.3.3', 'endOnSilence ends it when the caller has been silent for so long', async () => {
    await using stage = await callWith([{ action: 'record', endOnSilence: 3 }, NEXT]);
    await stage.call.say(toneRecording(500, 1000, 16_000));
    const atMs = stage.call.heard.durationMs;
    await event(stage.call, 'record');
    assert.ok(stage.call.heard.durationMs - atMs > 2700, `${stage.call.heard.durationMs - atMs} ms`);
    await line(stage.call, /^talk: “Next”$/);
  });

  rule('2.3.5', 'timeOut ends it after so long', async () => {
    await using stage = await callWith([{ action: 'record', timeOut: 3, format: 'wav' }, NEXT]);
    const begun = await line(stage.call, /^record: wav$/);
    await stage.call.ended;
    const record = await event(stage.call, 'record');
    const next = await line(stage.call, /^talk: “Next”$/);
    assert.ok(record.atMs - begun.atMs >= 2990 && next.atMs - begun.atMs >= 2990);
    assert.ok(Number(record.body.size) >= 90_000, `${record.body.size} bytes`);
  });

  rule('4.2.7', 'the event has the recording’s address and no status', async () => {
    await using stage = await callWith([{ action: 'record', endOnKey: '*' }]);
    await stage.call.press('*');
    const { body } = await event(stage.call, 'record');
    assert.deepEqual(Object.keys(body).sort(), [
      'conversation_uuid',
      'end_time',
      'recording_url',
      'recording_uuid',
      'size',
      'start_time',
      'timestamp',
    ]);
    assert.equal(body.recording_url, `https://api-us-3.vonage.com/v1/files/${body.recording_uuid}`);
    assert.match(`${body.start_time} ${body.end_time}`, /^\S+T\d\d:\d\d:\d\dZ \S+T\d\d:\d\d:\d\dZ$/);
    assert.equal(body.conversation_uuid, stage.call.ids.conversationUuid);
    assert.equal(typeof body.size, 'number');
  });

  rule(
    '2.3.7',
    'continues: without a way to end it goes on beside the next actions until the call is over',
    async () => {
      await using stage = await callWith(
        ({ origin }) => [
          { action: 'record', eventUrl: [`${origin}/webhooks/record`], eventMethod: 'GET' },
          { action: 'wait', timeout: 20 },
        ],
        { simulator: { rules: new RuleSettings({ '2.3.7': 'continues' }) } },
      );
      await line(stage.call, /^wait: /);
      await stage.call.press('1#*');
      const report = await stage.call.hangUp();
      const names = report.events.map(({ name }) => name);
      assert.deepEqual(names.slice(-2), ['record', 'completed']);
      const seen = await stage.application.events.first(({ path }) => path === '/webhooks/record');
      assert.equal(seen.method, 'GET');
      assert.match(seen.query.recording_url ?? '', /^https:/);
    },
  );

  rule('2.3.7', 'skipped: the next action runs without a recording', async () => {
    await using stage = await callWith([{ action: 'record' }, NEXT], {
      simulator: { rules: new RuleSettings({ '2.3.7': 'skipped' }) },
    });
    const report = await stage.call.ended;
    assert.ok(report.events.every(({ name }) => name !== 'record'));
    assert.ok(report.timeline.some(({ text }) => text === 'talk: “Next”'));
  });

  rule('2.3.6', 'a transcription is told of by an event of its own, at its own address', async () => {
    await using stage = await callWith(({ origin }) => [
      {
        action: 'record',
        endOnKey: '#',
        transcription: { language: 'en-GB', eventUrl: [`${origin}/webhooks/text`], sentimentAnalysis: true },
      },
    ]);
    await stage.call.press('#');
    await stage.call.ended;
    const [record, transcription] = [await event(stage.call, 'record'), await event(stage.call, 'transcription')];
    assert.equal(record.url, stage.application.eventUrl);
    assert.equal(new URL(transcription.url).pathname, '/webhooks/text');
    assert.equal(transcription.body.recording_uuid, record.body.recording_uuid);
    assert.equal(transcription.body.status, 'transcribed');
  });

  rule('4.4.2', 'an NCCO in the reply to a record event is ignored', async () => {
    await using stage = await callWith(
      ({ origin }) => [{ action: 'record', endOnKey: '#', eventUrl: [`${origin}/record`] }, NEXT],
      { application: { paths: { '/record': [{ action: 'talk', text: 'Another' }] } } },
    );
    await stage.call.press('#');
    const report = await stage.call.ended;
    assert.ok(report.timeline.every(({ text }) => !text.includes('Another”')));
    assert.match(report.notes.join('\n'), /the record event was answered with a JSON array.*\[rule 4\.4\.2\]$/m);
  });

  rule('2.3.4', 'a caller who hangs up ends it too', async () => {
    await using stage = await callWith([{ action: 'record', endOnKey: '#' }, NEXT]);
    await line(stage.call, /^record: /);
    const report = await stage.call.hangUp();
    assert.ok(report.events.some(({ name }) => name === 'record'));
    assert.ok(report.timeline.every(({ text }) => text !== 'talk: “Next”'));
    await until('there is one record event', () => report.events.filter(({ name }) => name === 'record').length === 1);
  });
});
