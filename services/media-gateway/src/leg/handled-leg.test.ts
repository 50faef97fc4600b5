import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { type CallEnd, defineHandler, type Handler, type HandlerCall, tone } from '@kodama/handler-kit';
import { eventually } from '../testing/eventually.ts';
import { startGateway } from '../testing/test-gateway.ts';
import { frame, VonageEnd } from '../testing/vonage-end.ts';

/** A gateway with one handler more, and a call that it has. */
async function callWith(handler: Handler, headers: object = {}) {
  const gateway = await startGateway({ handlers: [handler] });
  const uuid = randomUUID();
  const vonage = await VonageEnd.open(gateway.port);
  vonage.connected({ uuid, handler: handler.name, ...headers });
  return { gateway, vonage, uuid, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
}

const boom = () => {
  throw new Error('boom');
};

describe('a leg that a handler has', () => {
  it('goes to the handler that its first message names, with its facts', async () => {
    const calls: HandlerCall[] = [];
    const facts = defineHandler({ name: 'facts', onStart: (call) => void calls.push(call) });
    await using call = await callWith(facts, { conversation_uuid: 'CON-1', tier: 'gold' });
    const seen = await eventually('the call', () => calls[0]);
    assert.equal(seen.legUuid, call.uuid);
    assert.equal(seen.conversationUuid, 'CON-1');
    assert.deepEqual(seen.format, { sampleRateHz: 16000, bytesPerFrame: 640 });
    assert.deepEqual(seen.headers, { uuid: call.uuid, handler: 'facts', conversation_uuid: 'CON-1', tier: 'gold' });
    await call.vonage.hangUp();
    assert.equal((await call.gateway.ended(call.uuid)).handler, 'facts');
  });

  it('is echoed where its first message names none', async () => {
    await using gateway = await startGateway();
    const uuid = randomUUID();
    const vonage = await VonageEnd.open(gateway.port);
    vonage.connected({ uuid });
    await vonage.echoes(frame(640, 1));
    await vonage.hangUp();
    assert.equal((await gateway.ended(uuid)).handler, 'echo');
  });

  it('is closed with 1008 and a line where there is no such handler', async () => {
    for (const handler of ['nobody', '../echo', 5]) {
      await using gateway = await startGateway();
      const uuid = randomUUID();
      const vonage = await VonageEnd.open(gateway.port);
      vonage.connected({ uuid, handler });
      assert.deepEqual(await vonage.closed, { code: 1008, reason: 'there is no such handler' });
      assert.ok(gateway.lines.some(({ msg, legUuid }) => msg === 'there is no such handler' && legUuid === uuid));
      assert.equal((await gateway.ended(uuid)).closeReason, 'there is no such handler');
    }
  });

  it('gets its handler with the first text, also where audio came before it and was echoed', async () => {
    const keys: string[] = [];
    const listener = defineHandler({ name: 'listener', onDtmf: (_call, { digit }) => void keys.push(digit) });
    await using gateway = await startGateway({ handlers: [listener] });
    const vonage = await VonageEnd.open(gateway.port);
    await vonage.echoes(frame(640, 1));
    vonage.connected({ handler: 'listener' });
    vonage.audio(frame(640, 2));
    vonage.text({ event: 'websocket:dtmf', digit: '7', duration: 100 });
    await eventually('the key', () => keys.length > 0);
    assert.equal(vonage.frames.length, 1, 'the listener sends nothing back');
  });

  it('has what it queues played by exact frames, a command and its notify, and clear', async () => {
    const ends: string[] = [];
    const player = defineHandler({
      name: 'player',
      async onStart(call) {
        ends.push(await call.out.play(tone({ hz: 440, ms: 70 })));
        ends.push(await call.out.play(tone({ hz: 440, ms: 5000 })));
      },
      onDtmf: (call) => call.out.clear(),
    });
    await using call = await callWith(player);
    const notify = await eventually('the notify', () => call.vonage.texts[0]);
    assert.equal(call.vonage.frames.length, 4);
    call.vonage.text({ event: 'websocket:notify', payload: JSON.parse(notify).payload });
    await eventually('the second tone', () => call.vonage.frames.length > 6);
    call.vonage.text({ event: 'websocket:dtmf', digit: '1', duration: 100 });
    await eventually('the clear', () => call.vonage.texts.includes('{"action":"clear"}'));
    await eventually('both ends', () => ends.length === 2);
    assert.deepEqual(ends, ['played', 'cleared']);
    for (const sent of call.vonage.frames) assert.equal(sent.length, 640);
    await call.vonage.hangUp();
    const leg = await call.gateway.ended(call.uuid);
    assert.equal(leg.framesOut, call.vonage.frames.length);
    assert.equal(leg.bytesOut, leg.framesOut * 640);
  });

  it('can be ended by its handler, with 1000', async () => {
    const ends: CallEnd[] = [];
    const shy = defineHandler({
      name: 'shy',
      onStart: (call) => call.end(),
      onEnd: (_call, end) => void ends.push(end),
    });
    await using call = await callWith(shy);
    assert.deepEqual(await call.vonage.closed, { code: 1000, reason: 'the handler ended the call' });
    assert.deepEqual(ends, ['handler']);
    assert.equal((await call.gateway.ended(call.uuid)).closedBy, 'gateway');
  });

  describe('whose handler throws', () => {
    const faults: readonly [string, Omit<Parameters<typeof defineHandler>[0], 'name'>][] = [
      ['in state', { state: boom }],
      ['in onStart', { onStart: boom }],
      ['in onStart, later', { onStart: async () => boom() }],
      ['in onAudio', { onAudio: boom }],
      ['in onAudio, later', { onAudio: async () => boom() }],
      ['in onDtmf', { onDtmf: boom }],
      ['in onText, later', { onText: async () => boom() }],
      ['in onSent', { onStart: (call) => void call.out.write(new Uint8Array(640)), onSent: boom }],
      ['what is no error', { onAudio: () => Promise.reject(undefined) }],
    ];
    for (const [title, definition] of faults) {
      it(`${title}: that call ends with 1011, a line and a count, and no other does`, async () => {
        const ends: CallEnd[] = [];
        const onEnd = (_call: unknown, end: CallEnd) => void ends.push(end);
        await using call = await callWith(defineHandler({ name: 'faulty', ...definition, onEnd }));
        const other = await VonageEnd.open(call.gateway.port);
        other.connected();
        await other.echoes(frame(640, 1));

        call.vonage.audio(frame(640));
        call.vonage.text({ event: 'websocket:dtmf', digit: '1', duration: 100 });
        call.vonage.text('hello');
        assert.deepEqual(await call.vonage.closed, { code: 1011, reason: 'the handler failed' });
        // Without its state, nothing of a handler is called any more.
        assert.deepEqual(ends, 'state' in definition ? [] : ['failure']);
        const leg = await call.gateway.ended(call.uuid);
        assert.equal(leg.handlerErrorCount, 1);
        assert.equal(leg.closedBy, 'gateway');
        const lines = call.gateway.lines.filter(({ msg }) => msg === 'the handler failed');
        assert.equal(lines.length, 1);
        assert.equal(lines[0]?.legUuid, call.uuid);
        assert.equal(lines[0]?.handler, 'faulty');
        await other.echoes(frame(640, 2));
      });
    }

    it('at the end: a line and a count, and nothing else is different', async () => {
      await using call = await callWith(defineHandler({ name: 'faulty', onEnd: boom }));
      await call.vonage.settled();
      await call.vonage.hangUp();
      await call.gateway.ended(call.uuid);
      await eventually('the line', () => call.gateway.lines.some(({ msg }) => msg === 'the handler failed'));
      assert.equal((await call.gateway.ended(call.uuid)).closeCode, 1000);
    });
  });

  it('is not held up by a handler that hangs: frames are not handed to it, and counted', async () => {
    const hangs = defineHandler({ name: 'hangs', onAudio: () => new Promise<void>(() => {}) });
    await using call = await callWith(hangs);
    for (let number = 0; number < 60; number++) call.vonage.audio(frame(640, number));
    await call.vonage.settled();
    await call.vonage.hangUp();
    const leg = await call.gateway.ended(call.uuid);
    assert.deepEqual([leg.framesIn, leg.framesUnhandled], [60, 10]);
    assert.equal(call.gateway.lines.filter(({ msg }) => String(msg).startsWith('onAudio does not keep up')).length, 1);
  });

  it('is seen in its figures where its handler keeps the process', async () => {
    const slow = defineHandler({
      name: 'slow',
      onAudio() {
        const until = performance.now() + 25;
        while (performance.now() < until);
      },
    });
    await using call = await callWith(slow);
    for (let number = 0; number < 3; number++) call.vonage.audio(frame(640, number));
    await call.vonage.settled();
    await call.vonage.hangUp();
    const leg = await call.gateway.ended(call.uuid);
    assert.equal(leg.handlerSlowCount, 3);
    assert.ok(leg.handlerMaxMs >= 25);
    assert.equal(
      call.gateway.lines.filter(({ msg }) => msg === 'the handler keeps all calls of this process waiting').length,
      1,
    );
  });

  it('is over for a handler that never ends, loops and catches what it may', async () => {
    let rounds = 0;
    const stubborn = defineHandler({
      name: 'stubborn',
      async onStart(call) {
        for (;;) {
          rounds += 1;
          await call.out.play(tone({ hz: 440, ms: 20 })).catch(() => {});
        }
      },
    });
    await using call = await callWith(stubborn);
    await call.vonage.settled();
    await call.vonage.hangUp();
    await call.gateway.ended(call.uuid);
    await new Promise(setImmediate);
    const roundsAtEnd = rounds;
    for (let turn = 0; turn < 100; turn++) await new Promise(setImmediate);
    assert.equal(rounds, roundsAtEnd);
    assert.ok(rounds < 30, `${rounds} rounds`);
  });

  it('is bounded for a handler that floods', async () => {
    const flood = defineHandler({
      name: 'flood',
      onStart(call) {
        for (let second = 0; second < 100; second++) call.out.write(new Uint8Array(32_000));
        for (let time = 0; time < 1000; time++) call.out.clear();
        for (let second = 0; second < 100; second++) call.out.write(new Uint8Array(32_000));
      },
    });
    await using call = await callWith(flood);
    await call.vonage.settled();
    await eventually('audio', () => call.vonage.frames.length >= 10);
    assert.equal(call.vonage.texts.filter((text) => text.includes('clear')).length, 1);
    assert.ok(call.vonage.frames.length < 60, `${call.vonage.frames.length} frames at once`);
    await call.vonage.hangUp();
    const leg = await call.gateway.ended(call.uuid);
    // Of 5,000 frames twice, 1,500 may be queued, and a few went out at once.
    assert.ok(leg.framesShed > 6900 && leg.framesShed < 7000, `${leg.framesShed} frames shed`);
  });
});
