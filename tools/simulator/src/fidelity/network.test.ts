import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { event, until } from '../testing/ncco-call.ts';
import { echo, silent } from '../testing/socket-behaviours.ts';
import { notesOf, socketCall, taken } from '../testing/socket-call.ts';
import { toneRecording } from '../testing/tone.ts';

const CUT_MS = 1000;

suite('a network that fails', { concurrency: 4 }, () => {
  test('lets nothing through while it is cut, and all of it at once afterwards; the call survives, with a gap', async () => {
    // Only what the caller says is sent: a hundred frames there and a hundred back.
    await using stage = await socketCall({ socket: echo }, { expectsEcho: true, ...taken({ '3.3.4': 'nothing' }) });
    const { frames } = stage.connection;
    const said = stage.call.say(toneRecording(1000, 2000, 16_000));
    await frames.first((_, index) => index === 20);
    await stage.call.cutNetwork(CUT_MS);
    await said;
    const heardFrames = () => stage.call.heard.heardPresence().reduce((sum, one) => sum + one, 0);
    await until('the caller has heard all of it', () => heardFrames() === 100);

    const report = await stage.call.hangUp();
    assert.deepEqual([report.framesSent, report.framesEchoed, report.problems], [100, 100, []]);
    // Those of the cut came together: between the last one before and the first one after it is the gap.
    const at = frames.all.map(({ atMs }) => atMs);
    const waits = at.slice(1).map((ms, index) => ms - (at[index] ?? 0));
    const cut = waits.indexOf(Math.max(...waits));
    assert.ok((waits[cut] ?? 0) > CUT_MS * 0.8, `${waits[cut]} ms`);
    const burst = at.filter((ms) => ms >= (at[cut + 1] ?? 0) && ms < (at[cut + 1] ?? 0) + CUT_MS / 4);
    assert.ok(burst.length >= 35, `${burst.length} frames at once`);
    assert.ok(report.longestGapMs > CUT_MS * 0.8, `${report.longestGapMs} ms`);
    assert.equal(stage.call.heard.gaps().longestMs, report.longestGapMs);
    // What came at once is played in real time, so the caller is behind by about the cut from then on.
    assert.ok(report.longestQueueMs > CUT_MS * 0.6, `${report.longestQueueMs} ms`);
  });

  test('keeps a key that is pressed while it is cut', async () => {
    await using stage = await socketCall({ socket: silent });
    const cut = stage.call.cutNetwork(400);
    await stage.call.press('5', { durationMs: 20 });
    const { heard } = stage.call;
    const pressedMs = heard.durationMs;
    await until('another 100 ms are over', () => heard.durationMs >= pressedMs + 100);
    assert.equal(stage.connection.texts.all.length, 1);
    await cut;
    const { message } = await stage.connection.texts.first((_, index) => index === 1);
    assert.deepEqual(message, { event: 'websocket:dtmf', digit: '5', duration: 20 });
  });

  test('does not keep the call from its end', async () => {
    await using stage = await socketCall({ socket: silent });
    const cut = stage.call.cutNetwork(60_000);
    const { closeCode, closedBy } = await stage.call.hangUp();
    await cut;
    assert.deepEqual([closeCode, closedBy, (await stage.connection.closed).code], [1000, 'caller', 1000]);
  });

  test('ends the leg when it breaks the connection: 1006, a disconnected event, and no fault of the application’s', async () => {
    await using stage = await socketCall({ socket: echo }, { expectsEcho: true });
    await stage.connection.frames.first((_, index) => index === 5);
    stage.call.resetNetwork();
    assert.equal((await stage.connection.closed).code, 1006);
    const report = await stage.call.ended;
    assert.ok(await event(stage.call, 'disconnected'));
    assert.deepEqual([report.closedBy, report.closeCode], ['connection', 1006]);
    assert.deepEqual([report.verdict, report.problems], ['passed', []]);
    assert.match(
      notesOf(report).join(),
      /^the connection broke with 1006 after \d+ frames, as it was told to \[rule 3\.6\.2\]$/,
    );
  });
});
