import assert from 'node:assert/strict';
import { suite } from 'node:test';
import type { CallOptions } from '../call/call-options.ts';
import type { SimulatedCall } from '../call/simulated-call.ts';
import type { SimulatorOptions } from '../platform/options.ts';
import { RuleSettings } from '../rules/rule-settings.ts';
import { Simulator } from '../simulator.ts';
import { type Application, type ApplicationOptions, startApplicationServer } from '../testing/application.ts';
import type { Fields } from '../testing/http-reply.ts';
import { event, hearsNoTone, hearsTone, line, shareOf, socketOf, until } from '../testing/ncco-call.ts';
import { rule } from '../testing/rule-test.ts';
import { pcmOf } from '../testing/signals.ts';
import { play, silent } from '../testing/socket-behaviours.ts';
import { toneFrames, toneRecording } from '../testing/tone.ts';

const room = (more: Fields = {}): Fields => ({ action: 'conversation', name: 'room', ...more });

interface Stage extends AsyncDisposable {
  readonly application: Application;
  /** Calls a number. */
  dial(to: string, options?: CallOptions): Promise<SimulatedCall>;
}

/** One application that answers by the number that is called. */
async function startStage(
  nccos: Readonly<Record<string, (application: Application) => readonly unknown[]>>,
  simulatorOptions: Partial<SimulatorOptions> = {},
  applicationOptions: ApplicationOptions = {},
): Promise<Stage> {
  const application = await startApplicationServer({
    answer: ({ query }, server) => nccos[query.to ?? '']?.(server) ?? [],
    keepAudio: true,
    ...applicationOptions,
  });
  const { answerUrl, eventUrl } = application;
  const simulator = await Simulator.start({ answerUrl, eventUrl, ...simulatorOptions });
  return {
    application,
    dial: (to, options) => simulator.call({ to, ...options }),
    async [Symbol.asyncDispose]() {
      await simulator[Symbol.asyncDispose]();
      await application[Symbol.asyncDispose]();
    },
  };
}

const speaks = (call: SimulatedCall, hz: number, ms = 6000) => void call.say(toneRecording(hz, ms, 16_000, 0.2));

/** What a call has heard of a tone since this moment of its own. */
const heardSince = ({ heard }: SimulatedCall, fromMs: number, hz: number) =>
  shareOf(heard.heard(fromMs), heard.sampleRateHz, hz);

suite('conversation and transfer', { concurrency: 8 }, () => {
  rule('2.4.6', 'two calls in one room hear each other, and not themselves', async () => {
    await using stage = await startStage({ '1': () => [room()], '2': () => [room()] });
    const [one, two] = [await stage.dial('1'), await stage.dial('2')];
    speaks(one, 500);
    speaks(two, 900);
    await Promise.all([hearsTone(one, 900), hearsTone(two, 500)]);
    assert.ok(heardSince(one, 0, 500) < 0.05 && heardSince(two, 0, 900) < 0.05);
    const report = await one.hangUp();
    await hearsNoTone(two, 500);
    assert.deepEqual([report.problems, (await two.hangUp()).problems], [[], []]);
  });

  rule('2.4.6', 'calls in rooms of other names do not', async () => {
    await using stage = await startStage({ '1': () => [room()], '2': () => [room({ name: 'other' })] });
    const [one, two] = [await stage.dial('1'), await stage.dial('2')];
    await Promise.all([line(one, /^conversation: joins “room”$/), line(two, /^conversation: joins “other”$/)]);
    speaks(one, 500);
    const atMs = two.heard.durationMs;
    await until('half a second has passed', () => two.heard.durationMs > atMs + 500);
    assert.equal(heardSince(two, atMs, 500), 0);
  });

  rule('2.4.6', 'a third call hears the two others at once', async () => {
    await using stage = await startStage({ '1': () => [room()] });
    const [one, two, three] = [await stage.dial('1'), await stage.dial('1'), await stage.dial('1')];
    speaks(one, 500);
    speaks(two, 900);
    await until('the third hears both', () => {
      const atMs = three.heard.durationMs - 300;
      return heardSince(three, atMs, 500) > 0.3 && heardSince(three, atMs, 900) > 0.3;
    });
  });

  rule('2.4.6', 'a call whose socket runs at 8 kHz is there with all that it is connected to', async () => {
    await using stage = await startStage(
      {
        '1': () => [room()],
        '2': (application) => [
          { action: 'connect', endpoint: [socketOf(application, { 'content-type': 'audio/l16;rate=8000' })] },
          room(),
        ],
      },
      {},
      { socket: play(toneFrames(700, 6000, 8000, 0.2)) },
    );
    const [one, two] = [await stage.dial('1'), await stage.dial('2')];
    speaks(one, 500);
    await Promise.all([hearsTone(one, 700), hearsMixed(two, 500)]);
    const [connection] = stage.application.connections.all;
    await until('the socket hears the other call', () => {
      const last = connection?.frames.all.slice(-20).map(({ audio }) => audio ?? Buffer.alloc(0)) ?? [];
      return last.length === 20 && shareOf(pcmOf(last), 8000, 500) > 0.8;
    });
    assert.equal(two.heard.sampleRateHz, 8000);
    assert.deepEqual((await two.hangUp()).problems, []);
  });

  rule('2.4.4', 'one who is muted hears the others and is not heard', async () => {
    await using stage = await startStage({ '1': () => [room({ mute: true })], '2': () => [room()] });
    const [one, two] = [await stage.dial('1'), await stage.dial('2')];
    speaks(one, 500);
    speaks(two, 900);
    await hearsTone(one, 900);
    assert.equal(heardSince(two, 0, 500), 0);
  });

  rule('2.4.4', 'canSpeak and canHear say who hears the leg, and whom it hears', async () => {
    const legs = { one: 'leg-one', two: 'leg-two', three: 'leg-three' };
    await using stage = await startStage({
      '1': () => [room({ canSpeak: [legs.two] })],
      '2': () => [room()],
      '3': () => [room({ canHear: [legs.two] })],
    });
    const one = await stage.dial('1', { ids: { legUuid: legs.one } });
    const two = await stage.dial('2', { ids: { legUuid: legs.two } });
    const three = await stage.dial('3', { ids: { legUuid: legs.three } });
    speaks(one, 500);
    speaks(two, 900);
    speaks(three, 1300);
    await until('the second hears both others', () => heardSince(two, two.heard.durationMs - 300, 500) > 0.3);
    await until('so it does', () => heardSince(two, two.heard.durationMs - 300, 1300) > 0.3);
    await hearsTone(three, 900);
    assert.equal(heardSince(three, 0, 500), 0);
  });

  rule('2.4.3', 'nobody is heard before somebody comes who starts it', async () => {
    await using stage = await startStage({ '1': () => [room({ startOnEnter: false })], '2': () => [room()] });
    const [one, two] = [await stage.dial('1'), await stage.dial('1')];
    speaks(one, 500, 8000);
    const atMs = two.heard.durationMs;
    await until('half a second has passed', () => two.heard.durationMs > atMs + 500);
    assert.equal(heardSince(two, 0, 500), 0);
    await stage.dial('2');
    await hearsTone(two, 500);
  });

  rule('2.4.2', 'who waits for the start hears the music, and no longer', async () => {
    await using stage = await startStage({
      '1': ({ audioUrl }) => [room({ startOnEnter: false, musicOnHoldUrl: [audioUrl] })],
      '2': () => [room()],
    });
    const one = await stage.dial('1');
    await hearsTone(one, 440);
    const two = await stage.dial('2');
    await hearsNoTone(one, 440);
    assert.equal(heardSince(two, 0, 440), 0);
    assert.deepEqual((await one.hangUp()).problems, []);
  });

  rule(
    '2.4.3',
    'the room ends with one whose leaving ends it, and for the others the next action follows',
    async () => {
      await using stage = await startStage({
        '1': () => [room(), { action: 'talk', text: 'The room is closed' }],
        '2': () => [room({ endOnExit: true })],
      });
      const [one, two] = [await stage.dial('1'), await stage.dial('2')];
      await Promise.all([event(one, 'transfer'), event(two, 'transfer')]);
      await two.hangUp();
      const report = await one.ended;
      assert.ok(report.timeline.some(({ text }) => text === 'talk: “The room is closed”'));
      assert.equal(report.events.at(-1)?.body.disconnected_by, 'platform');
    },
  );

  rule('2.4.3', 'without endOnExit it goes on for the others', async () => {
    await using stage = await startStage({ '1': () => [room()] });
    const [one, two, three] = [await stage.dial('1'), await stage.dial('1'), await stage.dial('1')];
    await event(three, 'transfer');
    await three.hangUp();
    speaks(one, 500);
    await hearsTone(two, 500);
  });

  rule('2.4.3', 'a room that all have left is a new one for the next', async () => {
    await using stage = await startStage({ '1': () => [room()] });
    const [one] = [await stage.dial('1')];
    const first = await event(one, 'transfer');
    await one.hangUp();
    const second = await event(await stage.dial('1'), 'transfer');
    assert.notEqual(first.body.conversation_uuid_to, second.body.conversation_uuid_to);
  });

  rule('2.4.3', 'record brings a record event to the eventUrl of the action', async () => {
    await using stage = await startStage({
      '1': ({ origin }) => [
        room({
          record: true,
          eventUrl: [`${origin}/webhooks/room`],
          transcription: { eventUrl: [`${origin}/webhooks/text`], eventMethod: 'GET' },
        }),
      ],
    });
    const one = await stage.dial('1');
    await event(one, 'transfer');
    const report = await one.hangUp();
    assert.deepEqual(
      report.events.filter(({ url }) => !url.endsWith('/events')).map(({ name, url }) => [name, new URL(url).pathname]),
      [
        ['transfer', '/webhooks/room'],
        ['record', '/webhooks/room'],
        ['transcription', '/webhooks/text'],
      ],
    );
  });

  rule('4.3.4', 'who joins is told of by a transfer event', async () => {
    await using stage = await startStage({ '1': () => [room()] }, { rules: new RuleSettings({ '4.3.4': 'yes' }) });
    const [one, two] = [await stage.dial('1'), await stage.dial('1')];
    const [first, second] = [await event(one, 'transfer'), await event(two, 'transfer')];
    assert.deepEqual(Object.keys(first.body).sort(), [
      'conversation_uuid_from',
      'conversation_uuid_to',
      'timestamp',
      'type',
      'uuid',
    ]);
    assert.equal(first.body.conversation_uuid_from, one.ids.conversationUuid);
    assert.equal(first.body.uuid, one.ids.legUuid);
    assert.equal(first.body.conversation_uuid_to, second.body.conversation_uuid_to);
  });

  rule('4.3.4', 'no: nothing is told', async () => {
    await using stage = await startStage({ '1': () => [room()] }, { rules: new RuleSettings({ '4.3.4': 'no' }) });
    const one = await stage.dial('1');
    await line(one, /^conversation: /);
    const report = await one.hangUp();
    assert.ok(report.events.every(({ name }) => name !== 'transfer'));
  });

  rule('2.7.3', 'transfer moves a call into the conversation of another one', async () => {
    await using stage = await startStage({
      '1': () => [{ action: 'wait', timeout: 30 }],
      '2': () => [
        { action: 'transfer', conversationId: 'CON-of-the-first' },
        { action: 'talk', text: 'Never said' },
      ],
    });
    const one = await stage.dial('1', { ids: { conversationUuid: 'CON-of-the-first' } });
    const two = await stage.dial('2');
    speaks(one, 500);
    speaks(two, 900);
    await Promise.all([hearsTone(one, 900), hearsTone(two, 500)]);
    assert.equal((await event(two, 'transfer')).body.conversation_uuid_to, 'CON-of-the-first');
    await one.hangUp();
    // It is the last action: when the other call is over, so is this one.
    const report = await two.ended;
    assert.ok(report.timeline.every(({ text }) => !text.includes('Never said')));
    assert.match(report.notes.join('\n'), /\[1\]: comes after a transfer/);
    assert.equal(report.verdict, 'passed');
  });

  rule('2.7.3', 'it moves all legs of the call, the socket’s among them', async () => {
    await using stage = await startStage(
      {
        '1': () => [{ action: 'wait', timeout: 30 }],
        '2': (application) => [
          { action: 'connect', endpoint: [socketOf(application)] },
          { action: 'transfer', conversationId: 'CON-1' },
        ],
      },
      {},
      { socket: play(toneFrames(700, 6000, 16_000)) },
    );
    const one = await stage.dial('1', { ids: { conversationUuid: 'CON-1' } });
    await stage.dial('2');
    await hearsTone(one, 700);
  });

  rule('2.7.3', 'transfer into a named room, and muted', async () => {
    let roomUuid = '';
    await using stage = await startStage({
      '1': () => [room()],
      '2': () => [{ action: 'transfer', conversationId: roomUuid, mute: true }],
    });
    const one = await stage.dial('1');
    roomUuid = String((await event(one, 'transfer')).body.conversation_uuid_to);
    const two = await stage.dial('2');
    speaks(one, 500);
    speaks(two, 900);
    await hearsTone(two, 500);
    assert.equal(heardSince(one, 0, 900), 0);
  });

  rule('2.7.3', 'a conversation that there is not is a problem', async () => {
    await using stage = await startStage({ '1': () => [{ action: 'transfer', conversationId: 'CON-nowhere' }] });
    const report = await (await stage.dial('1')).ended;
    assert.deepEqual(report.problems, ['transfer: there is no conversation CON-nowhere [rule 2.7.3]']);
  });

  rule('2.4.6', 'what an NCCO still plays goes with the call into the room', async () => {
    await using stage = await startStage(
      {
        '1': ({ audioUrl }) => [
          { action: 'stream', streamUrl: [audioUrl], loop: 0, bargeIn: true },
          { action: 'input', type: ['dtmf'], mode: 'asynchronous' },
          { action: 'connect', endpoint: [{ type: 'phone', number: '12025550188' }] },
          room({ mute: true }),
        ],
        '2': () => [room()],
      },
      { standIns: { phone: { does: 'answers' } } },
      { socket: silent },
    );
    const [one, two] = [await stage.dial('1'), await stage.dial('2')];
    speaks(two, 900);
    await hearsMixed(one, 900);
    // The music that its NCCO plays is heard by the others as well, and stops with a key.
    await hearsTone(two, 440);
    await one.press('1');
    await hearsNoTone(two, 440);
  });
});

/** Waits until the caller hears a tone, whatever else he hears. */
const hearsMixed = (call: SimulatedCall, hz: number) =>
  until(`the caller hears ${hz} Hz among others`, () => {
    const { heard } = call;
    return heard.durationMs > 300 && heardSince(call, heard.durationMs - 300, hz) > 0.08;
  });
