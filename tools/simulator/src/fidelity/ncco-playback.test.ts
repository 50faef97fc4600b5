import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { suite } from 'node:test';
import wavefile from 'wavefile';
import { levelDbfs, strongestTone } from '../heard/analysis.ts';
import { callWith, event, hearsNoTone, hearsTone, line, shareOf, socketOf, until } from '../testing/ncco-call.ts';
import { rule } from '../testing/rule-test.ts';
import { pcmOf } from '../testing/signals.ts';
import { silent } from '../testing/socket-behaviours.ts';
import { toneWav } from '../testing/tone-samples.ts';

const NOTIFY = (eventUrl: string, mark: string) => ({ action: 'notify', payload: { mark }, eventUrl: [eventUrl] });
const INPUT = { action: 'input', type: ['dtmf'], dtmf: { maxDigits: 1, timeOut: 10 } };

const wav = (hz: number, ms: number, level?: number) => ({
  contentType: 'audio/wav',
  body: toneWav(hz, ms, 16_000, level),
});

const wav24 = { contentType: 'audio/wav', body: ofBits('24', toneWav(440, 100, 16_000)) };
const mp3 = { contentType: 'audio/mpeg', body: await readFile(new URL('../testing/tone.mp3', import.meta.url)) };

function ofBits(bits: string, file: Buffer): Buffer {
  const converted = new wavefile.WaveFile(file);
  converted.toBitDepth(bits);
  return Buffer.from(converted.toBuffer());
}

// At the same time, as most of them wait for audio to pass.
suite('talk and stream', { concurrency: 8 }, () => {
  rule('2.0.5', 'the next action begins when the one before is over, and the call ends after the last', async () => {
    await using stage = await callWith(({ eventUrl }) => [NOTIFY(eventUrl, 'one'), NOTIFY(eventUrl, 'two')]);
    const report = await stage.call.ended;
    const marks = report.events.filter(({ name }) => name === 'notify').map(({ body }) => body.payload);
    assert.deepEqual(marks, [{ mark: 'one' }, { mark: 'two' }]);
    assert.equal(report.events.at(-1)?.body.disconnected_by, 'platform');
    assert.equal(report.verdict, 'passed');
  });

  rule('2.0.6', 'a talk takes the time of its words, so the next action waits for it', async () => {
    await using stage = await callWith(
      ({ eventUrl }) => [{ action: 'talk', text: 'Twenty characters ok', loop: 2 }, NOTIFY(eventUrl, 'after')],
      { simulator: { talkCharactersPerSecond: 50 } },
    );
    await stage.call.ended;
    const talk = await line(stage.call, /^talk: “Twenty characters ok”$/);
    const after = await line(stage.call, /^notify$/);
    assert.ok(after.atMs - talk.atMs >= 790, `${after.atMs - talk.atMs} ms`);
  });

  rule('2.0.6', 'a talk takes no time where it is told to be instant', async () => {
    await using stage = await callWith([{ action: 'talk', text: 'x'.repeat(1500) }]);
    const report = await stage.call.ended;
    assert.ok(report.durationMs < 5000, `${report.durationMs} ms`);
  });

  rule('2.1.9', 'the tags of SSML are not spoken, and take no time', async () => {
    const text = '<speak><prosody rate="slow">Ten letter</prosody></speak>';
    await using stage = await callWith(({ eventUrl }) => [{ action: 'talk', text }, NOTIFY(eventUrl, 'after')], {
      simulator: { talkCharactersPerSecond: 20 },
    });
    await stage.call.ended;
    const talk = await line(stage.call, /^talk: “Ten letter”$/);
    const after = await line(stage.call, /^notify$/);
    // 56 characters would take 2800 ms.
    assert.ok(after.atMs - talk.atMs >= 490 && after.atMs - talk.atMs < 2500, `${after.atMs - talk.atMs} ms`);
  });

  rule('2.1.3', 'with bargeIn the input begins while the text is spoken, and a key ends it', async () => {
    await using stage = await callWith(
      ({ eventUrl }) => [
        { action: 'talk', text: 'Please press a key', bargeIn: true, loop: 0 },
        INPUT,
        NOTIFY(eventUrl, 'after'),
      ],
      { simulator: { talkCharactersPerSecond: 1 } },
    );
    await line(stage.call, /^input: waits for keys$/);
    await stage.call.press('7');
    assert.deepEqual((await event(stage.call, 'input')).body.dtmf, { digits: '7', timed_out: false });
    // The talk would go on for ever, and the call with it.
    assert.equal((await stage.call.ended).verdict, 'passed');
  });

  rule('2.1.3', 'it stays in force until the input: a second talk is ended by the same key', async () => {
    await using stage = await callWith(
      [{ action: 'talk', text: 'Welcome', bargeIn: true, loop: 0 }, { action: 'talk', text: 'Press', loop: 0 }, INPUT],
      { simulator: { talkCharactersPerSecond: 1 } },
    );
    await line(stage.call, /^input: waits for keys$/);
    await stage.call.press('7');
    await stage.call.ended;
    assert.equal(stage.call.events.find(({ name }) => name === 'input')?.status, 204);
  });

  rule('2.1.3', 'the time for the first key runs from the end of the text', async () => {
    await using stage = await callWith(
      [
        { action: 'talk', text: 'Twenty characters ok', bargeIn: true },
        { action: 'input', type: ['dtmf'], dtmf: { timeOut: 0 } },
      ],
      { simulator: { talkCharactersPerSecond: 25 } },
    );
    await stage.call.ended;
    const waits = await line(stage.call, /^input: waits/);
    const input = await event(stage.call, 'input');
    assert.deepEqual(input.body.dtmf, { digits: null, timed_out: true });
    assert.ok(input.atMs - waits.atMs >= 750, `${input.atMs - waits.atMs} ms`);
  });

  rule('2.1.5', 'loop 0 talks until the caller hangs up', async () => {
    await using stage = await callWith(({ eventUrl }) => [
      { action: 'talk', text: 'On and on', loop: 0 },
      NOTIFY(eventUrl, 'never'),
    ]);
    await event(stage.call, 'answered');
    const report = await stage.call.hangUp();
    assert.ok(report.events.every(({ name }) => name !== 'notify'));
    assert.match(report.notes.join('\n'), /\[0\]\.loop: 0 is for ever/);
  });

  rule('2.2.3', 'a WAV file is played to the caller, and the next action waits for its end', async () => {
    await using stage = await callWith(({ audioUrl, eventUrl }) => [
      { action: 'stream', streamUrl: [audioUrl] },
      NOTIFY(eventUrl, 'after'),
    ]);
    await stage.call.ended;
    const { heard } = stage.call;
    assert.ok((strongestTone(heard.heard(), heard.sampleRateHz)?.hz ?? 0) > 435);
    const stream = await line(stage.call, /^stream: /);
    const after = await line(stage.call, /^notify$/);
    assert.ok(after.atMs - stream.atMs >= 970, `${after.atMs - stream.atMs} ms`);
  });

  rule('2.2.3', 'an MP3 file is played to the caller', async () => {
    await using stage = await callWith(({ origin }) => [{ action: 'stream', streamUrl: [`${origin}/tone.mp3`] }], {
      application: { paths: { '/tone.mp3': mp3 } },
    });
    const report = await stage.call.ended;
    const { heard } = stage.call;
    const found = strongestTone(heard.heard(), heard.sampleRateHz);
    assert.ok(found && Math.abs(found.hz - 440) < 5, JSON.stringify(found));
    assert.deepEqual(report.problems, []);
  });

  rule('2.2.3', 'what is neither, or is not there, is a problem, and the call goes on', async () => {
    for (const [path, sentence] of [
      ['/page.html', /stream: \S+page\.html is neither a WAV nor an MP3 file.*\[rule 2\.2\.3\]$/],
      ['/nowhere', /stream: \S+nowhere replied with status 404 \[rule 2\.2\.3\]$/],
      ['/24-bit.wav', /stream: \S+24-bit\.wav is a WAV file of 24 bits, not 16 bits \[rule 2\.2\.3\]$/],
      ['http://127.0.0.1:1/a.wav', /stream: http:\/\/127\.0\.0\.1:1\/a\.wav cannot be fetched: .* \[rule 2\.2\.3\]$/],
    ] as const) {
      await using stage = await callWith(
        ({ origin, eventUrl }) => [
          { action: 'stream', streamUrl: [path.startsWith('/') ? origin + path : path] },
          NOTIFY(eventUrl, 'after'),
        ],
        {
          application: { paths: { '/page.html': { contentType: 'text/html', body: '<html>' }, '/24-bit.wav': wav24 } },
        },
      );
      const report = await stage.call.ended;
      assert.match(report.problems.join('\n'), sentence);
      assert.equal(report.problems.length, 1);
      assert.ok(report.events.some(({ name }) => name === 'notify'));
    }
  });

  rule('2.2.2', 'a socket that is connected hears the sound too, and so does the caller', async () => {
    await using stage = await callWith(
      (application) => [
        { action: 'connect', endpoint: [socketOf(application)] },
        { action: 'stream', streamUrl: [`${application.origin}/tone.wav`] },
      ],
      { application: { paths: { '/tone.wav': wav(700, 1000) }, socket: silent, keepAudio: true } },
    );
    await hearsTone(stage.call, 700);
    const [connection] = stage.application.connections.all;
    assert.ok(connection);
    await connection.frames.first(({ audio }) => audio?.some((byte) => byte !== 0) ?? false);
    await stage.call.hangUp();
    const samples = pcmOf(connection.frames.all.map(({ audio }) => audio ?? Buffer.alloc(0)));
    const found = strongestTone(samples, 16_000);
    assert.ok(found && Math.abs(found.hz - 700) < 5, JSON.stringify(found));
  });

  rule('2.2.2', 'level -0.5 halves the sound, and -1 takes it away', async () => {
    const heardAt = async (level: number) => {
      await using stage = await callWith(
        ({ origin }) => [{ action: 'stream', streamUrl: [`${origin}/tone.wav`], level }],
        { application: { paths: { '/tone.wav': wav(440, 400) } } },
      );
      await stage.call.ended;
      const { heard } = stage.call;
      const present = heard.heardPresence();
      const first = present.indexOf(1) * 20;
      return levelDbfs(heard.heard(first, first + 400));
    };
    const [usual, half, none] = await Promise.all([heardAt(0), heardAt(-0.5), heardAt(-1)]);
    assert.ok(Math.abs(usual - half - 6) < 1, `${usual} and ${half} dBFS`);
    assert.ok(none < -90, `${none} dBFS`);
  });

  rule('2.2.2', 'loop 2 plays it twice', async () => {
    await using stage = await callWith(
      ({ origin }) => [{ action: 'stream', streamUrl: [`${origin}/tone.wav`], loop: 2 }],
      { application: { paths: { '/tone.wav': wav(440, 300) } } },
    );
    await stage.call.ended;
    const played = stage.call.heard.heardPresence().filter((tick) => tick === 1).length;
    assert.equal(played, 30);
  });

  rule('2.2.2', 'loop 0 with bargeIn plays until a key is pressed', async () => {
    await using stage = await callWith(({ audioUrl }) => [
      { action: 'stream', streamUrl: [audioUrl], loop: 0, bargeIn: true },
      INPUT,
      { action: 'wait', timeout: 2 },
    ]);
    await hearsTone(stage.call, 440);
    // More than the file is long.
    await until('the file has begun again', () => stage.call.heard.durationMs > 1500);
    await hearsTone(stage.call, 440);
    await stage.call.press('1');
    await hearsNoTone(stage.call, 440);
    assert.deepEqual((await event(stage.call, 'input')).body.dtmf, { digits: '1', timed_out: false });
  });

  rule('2.2.2', 'loop 0 with bargeIn plays until the caller says something', async () => {
    await using stage = await callWith(({ audioUrl }) => [
      { action: 'stream', streamUrl: [audioUrl], loop: 0, bargeIn: true },
      { action: 'input', type: ['speech'], speech: { endOnSilence: 0.4 } },
      { action: 'wait', timeout: 2 },
    ]);
    await hearsTone(stage.call, 440);
    stage.call.sayWords('sales please');
    await hearsNoTone(stage.call, 440);
    const { speech } = (await event(stage.call, 'input')).body;
    assert.deepEqual(speech, {
      timeout_reason: 'end_on_silence_timeout',
      results: [{ text: 'sales please', confidence: '0.9' }],
    });
  });

  rule('2.2.2', 'loop 0 without bargeIn is ended by no key', async () => {
    await using stage = await callWith(({ audioUrl }) => [{ action: 'stream', streamUrl: [audioUrl], loop: 0 }, INPUT]);
    await hearsTone(stage.call, 440);
    await stage.call.press('1');
    const atMs = stage.call.heard.durationMs;
    await until('half a second has passed', () => stage.call.heard.durationMs > atMs + 500);
    const { heard } = stage.call;
    assert.ok(shareOf(heard.heard(atMs), heard.sampleRateHz, 440) > 0.8);
    const report = await stage.call.hangUp();
    assert.ok(report.events.every(({ name }) => name !== 'input'));
  });
});
