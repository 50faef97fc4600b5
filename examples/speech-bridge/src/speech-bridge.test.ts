import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bytesOf, Clip, silence, tone } from '@kodama/handler-kit';
import { assertSounds, clicks, strongestTone } from '@kodama/handler-testing';
import { eventually } from '@kodama/media-gateway/testing';
import { called, timed } from './testing/called.ts';
import { StandIn } from './testing/stand-in.ts';
import type { StandInSession } from './testing/stand-in-session.ts';

/** Made before the calls, which are in real time: it takes some. */
const TWO_SECONDS = tone({ hz: 440, ms: 2000 });
const TEN_SECONDS = tone({ hz: 440, ms: 10_000 });
const LONG = Clip.join(TEN_SECONDS, TEN_SECONDS);
const WORD = tone({ hz: 300, ms: 200 });
for (const clip of [WORD, TWO_SECONDS, TEN_SECONDS, LONG]) for (const hz of [8000, 16_000, 24_000]) clip.samplesAt(hz);

/** Responds with this as soon as the caller has done. */
const answers = (audio: Clip, pieceBytes?: number) => (session: StandInSession) => {
  session.onSpeech = (what) => {
    if (what === 'ended') session.respond(audio, pieceBytes);
  };
};

describe('a call that is joined to a speech service', { concurrency: true }, () => {
  for (const sampleRateHz of [8000, 16000, 24000] as const) {
    it(`hears the response as it is, at ${sampleRateHz} Hz, though it comes at once and in pieces of odd length`, async () => {
      await using standIn = await StandIn.start({ onSession: answers(TWO_SECONDS, 1111) });
      const says = [{ atMs: 200, audio: WORD }];
      const call = await called(standIn, { says, seconds: 3.2, sampleRateHz });
      // The ear of the service is sure of the end 300 ms after it.
      const [sound] = call.sounds();
      const fromMs = sound?.fromMs ?? 0;
      assert.ok(fromMs > 680 && fromMs < 900, `it begins at ${fromMs} ms`);
      assertSounds(call, [{ fromMs, toMs: fromMs + 2000, levelDbfs: -16, hz: 440 }], { toleranceMs: 5 });
      assert.equal(call.heard.gaps().count, 0);
      assert.equal(clicks(call.heard.heard(), sampleRateHz), 0);
      assert.equal(call.figures.framesShed, 0);
    });

    it(`is heard by the service at 24 kHz, where it is at ${sampleRateHz} Hz itself`, async () => {
      await using standIn = await StandIn.start({ onSession: () => {} });
      await called(standIn, { says: tone({ hz: 1000, ms: 1000 }), seconds: 1, sampleRateHz });
      const [session] = standIn.sessions;
      const bytes = Buffer.concat(session?.audio ?? []);
      assert.ok(bytes.length > 0.95 * 48_000 && bytes.length <= 48_000, `${bytes.length} bytes`);
      const samples = Int16Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(i * 2));
      assert.equal(Math.round(strongestTone(samples, 24_000)?.hz ?? 0), 1000);
      assert.equal(clicks(samples.subarray(0, 20_000), 24_000), 0);
    });
  }

  it('hears no gap where the service sends at the pace of speech, in fits and starts', async () => {
    await using standIn = await StandIn.start({
      onSession(session) {
        const bytes = bytesOf(TWO_SECONDS.samplesAt(24_000));
        let sentMs = 0;
        session.begin();
        // The caller's frames are its clock; what is due goes out every 80 ms.
        session.onAudio = () => {
          if (session.audioMs - sentMs < 80) return;
          session.sendAudio(bytes.subarray(sentMs * 48, session.audioMs * 48));
          sentMs = session.audioMs;
        };
      },
    });
    const call = await called(standIn, { seconds: 1.8 });
    assert.equal(call.heard.gaps().count, 0);
    assert.equal(call.sounds().length, 1);
    assert.equal(clicks(call.heard.heard(0, 1500), 16_000), 0);
  });

  it('hears responses one after the other, and nothing that belongs to none', async () => {
    await using standIn = await StandIn.start({
      onSession(session) {
        session.sendAudio(bytesOf(tone({ hz: 2000, ms: 300 }).samplesAt(24_000)));
        session.respond(tone({ hz: 440, ms: 400 }), 777);
        session.sendAudio(bytesOf(tone({ hz: 2000, ms: 300 }).samplesAt(24_000)));
        session.respond(tone({ hz: 660, ms: 400 }), 777);
      },
    });
    const call = await called(standIn, { seconds: 1.5 });
    const [first] = call.sounds();
    const fromMs = first?.fromMs ?? 0;
    assertSounds(call, [
      { fromMs, toMs: fromMs + 400, levelDbfs: -16, hz: 440 },
      { fromMs: fromMs + 400, toMs: fromMs + 800, levelDbfs: -16, hz: 660 },
    ]);
  });

  it('tells the service of each key, and of the end', async () => {
    await using standIn = await StandIn.start({ onSession: () => {} });
    await called(standIn, {
      presses: [
        { atMs: 300, digit: '7' },
        { atMs: 400, digit: '#' },
      ],
      seconds: 0.6,
    });
    const [session] = standIn.sessions;
    assert.deepEqual(session?.messages.slice(1), [
      { type: 'key.pressed', digit: '7' },
      { type: 'key.pressed', digit: '#' },
      { type: 'session.end' },
    ]);
    await eventually('the end of the connection', () => session?.isClosed);
  });

  it('tells the service of keys that were pressed before it listened', async () => {
    await using refusing = await StandIn.start({ refusesWith: 503 });
    const calling = called(refusing, { presses: [{ atMs: 20, digit: '7' }], seconds: 2 });
    await eventually('the first try', () => refusing.refused);
    const { port } = refusing;
    await refusing[Symbol.asyncDispose]();
    await using second = await StandIn.start({ port, onSession: () => {} });
    await calling;
    assert.deepEqual(second.sessions[0]?.messages[1], { type: 'key.pressed', digit: '7' });
  });

  it('ends when the service says so, and not before the caller has heard the rest', async () => {
    await using standIn = await StandIn.start({
      onSession(session) {
        session.respond(TWO_SECONDS);
        session.say({ type: 'session.end' });
      },
    });
    const call = await called(standIn, { seconds: 8 });
    assert.equal(call.end.by, 'handler');
    const [sound] = call.sounds();
    const heardMs = (sound?.toMs ?? 0) - (sound?.fromMs ?? 0);
    assert.ok(Math.abs(heardMs - 2000) <= 5, `he heard ${heardMs} ms`);
    assert.ok(call.end.atMs >= (sound?.toMs ?? 0) - 20 && call.end.atMs < 3000, `it ended after ${call.end.atMs} ms`);
    assert.equal(standIn.sessions.length, 1);
  });
});

describe('a caller who talks while the service does', { concurrency: true }, () => {
  /** He talks once, to be answered, and again into the answer. */
  const says = [
    { atMs: 100, audio: WORD },
    { atMs: 2000, audio: WORD },
  ];
  /** From when he talks until the ear is sure, after 60 ms, and the word is back. */
  const BOUND_MS = 140;

  it('hears silence at once, of 20 s that had come ahead, and the service learns how much he heard', async () => {
    await using standIn = await StandIn.start({
      onSession(session) {
        session.onSpeech = (what) => {
          if (what === 'began') session.say({ type: 'speech.started' });
          else if (session.truncated.length === 0) {
            session.respond(LONG);
          }
        };
      },
    });
    const { handler, worstMs } = timed();
    const call = await called(standIn, { says, seconds: 3.2 }, handler);
    const [sound, ...others] = call.sounds();
    assert.deepEqual(others, []);
    const { fromMs = 0, toMs = 0 } = sound ?? {};
    assert.ok(toMs >= 2000 && toMs <= 2000 + BOUND_MS + worstMs(), `he heard it until ${toMs} ms`);
    const [truncated, ...more] = standIn.sessions[0]?.truncated ?? [];
    assert.deepEqual(more, []);
    assert.equal(truncated?.responseId, 'r-1-1');
    const heardMs = truncated?.heardMs ?? 0;
    assert.ok(
      Math.abs(heardMs - (toMs - fromMs)) <= 40 + worstMs(),
      `told of ${heardMs} ms, he heard ${toMs - fromMs}`,
    );
  });

  it('hears nothing of what still comes of that response, but the next one', async () => {
    await using standIn = await StandIn.start({
      onSession(session) {
        let responseId = '';
        session.onSpeech = (what) => {
          if (what === 'ended' && responseId === '') {
            responseId = session.begin();
            session.sendPieces(TEN_SECONDS);
          } else if (what === 'began' && responseId !== '') {
            session.say({ type: 'speech.started' });
            session.sendPieces(tone({ hz: 880, ms: 1000 }), 999);
            session.say({ type: 'response.finished', responseId });
            session.respond(tone({ hz: 660, ms: 500 }));
          }
        };
      },
    });
    const call = await called(standIn, { says, seconds: 3.2 });
    assert.deepEqual(
      call.sounds().map(({ hz }) => hz),
      [440, 660],
    );
    assert.deepEqual(
      standIn.sessions[0]?.truncated.map(({ responseId }) => responseId),
      ['r-1-1'],
    );
  });

  it('is told of with every response that he has not heard, and none that he has', async () => {
    await using standIn = await StandIn.start({
      onSession(session) {
        session.respond(tone({ hz: 330, ms: 300 }));
        session.respond(Clip.join(silence(200), tone({ hz: 440, ms: 5000 })));
        session.respond(tone({ hz: 550, ms: 500 }));
        session.onSpeech = (what) => {
          if (what === 'began') session.say({ type: 'speech.started' });
        };
      },
    });
    const { handler, worstMs } = timed();
    const call = await called(standIn, { says: [{ atMs: 1500, audio: WORD }], seconds: 2.2 }, handler);
    const heard = call.sounds().at(-1);
    const expectedMs = (heard?.toMs ?? 0) - (heard?.fromMs ?? 0) + 200;
    const [cut, unheard, ...others] = standIn.sessions[0]?.truncated ?? [];
    assert.deepEqual(others, []);
    assert.equal(cut?.responseId, 'r-1-2');
    const heardMs = cut?.heardMs ?? 0;
    assert.ok(Math.abs(heardMs - expectedMs) <= 40 + worstMs(), `told of ${heardMs} ms, he heard ${expectedMs}`);
    assert.deepEqual(unheard, { type: 'response.truncated', responseId: 'r-1-3', heardMs: 0 });
  });

  it('interrupts nothing where nothing plays', async () => {
    let told = 0;
    await using standIn = await StandIn.start({
      onSession(session) {
        session.onSpeech = () => {
          session.say({ type: 'speech.started' });
          told += 1;
        };
      },
    });
    const call = await called(standIn, { says: WORD, seconds: 1 });
    assert.equal(told, 2);
    assert.deepEqual(standIn.sessions[0]?.truncated, []);
    assert.deepEqual(call.commands, []);
  });
});
