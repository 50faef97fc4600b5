import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import { ManualClock } from '@kodama/shared/time';
import { audioFormat, SAMPLE_RATES_HZ } from '@kodama/shared/voice';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { eventually } from '../testing/eventually.ts';
import { OPCODE, RawPeer } from '../testing/raw-peer.ts';
import { startGateway } from '../testing/test-gateway.ts';
import { frame, VonageEnd } from '../testing/vonage-end.ts';

/** Ids of a leg of its own, as our NCCO's headers carry them. */
function newIds() {
  return { uuid: randomUUID(), conversation_uuid: `CON-${randomUUID()}` };
}

const connected = (ids: object) =>
  JSON.stringify({ event: 'websocket:connected', 'content-type': 'audio/l16;rate=16000', ...ids });

/** Has the gateway look for silent legs when it is told to, and not twice a second; to be called before there is a gateway. */
function looksAtLegs(t: TestContext): () => void {
  t.mock.timers.enable({ apis: ['setInterval'] });
  return () => t.mock.timers.tick(500);
}

describe('a leg', () => {
  describe('opens', () => {
    for (const sampleRateHz of SAMPLE_RATES_HZ) {
      const { bytesPerFrame } = audioFormat(sampleRateHz);

      it(`with the first text, and echoes frames of ${bytesPerFrame} bytes at ${sampleRateHz} Hz`, async () => {
        await using gateway = await startGateway();
        const ids = newIds();
        const vonage = await VonageEnd.open(gateway.port);
        vonage.connected(ids, `audio/l16;rate=${sampleRateHz}`);
        await vonage.echoes(frame(bytesPerFrame, 1), frame(bytesPerFrame, 2), frame(bytesPerFrame, 3));
        await vonage.hangUp();

        const leg = await gateway.ended(ids.uuid);
        assert.equal(leg.conversationUuid, ids.conversation_uuid);
        assert.equal(leg.traceId, ids.conversation_uuid.slice(4).replaceAll('-', ''));
        assert.equal(leg.gatewayId, 'gateway-1');
        assert.equal(leg.sampleRateHz, sampleRateHz);
        assert.deepEqual([leg.framesIn, leg.framesOut], [3, 3]);
        assert.deepEqual([leg.bytesIn, leg.bytesOut], [3 * bytesPerFrame, 3 * bytesPerFrame]);
        assert.deepEqual([leg.framesWrongSize, leg.framesDropped, leg.dtmfDigitCount], [0, 0, 0]);
        assert.ok(leg.turnaroundP50Us > 0 && leg.turnaroundP50Us <= leg.turnaroundP99Us);
        assert.ok(leg.turnaroundP99Us <= leg.turnaroundMaxUs);
      });
    }

    it('with the old form of the first text, which has no event', async () => {
      await using gateway = await startGateway();
      const ids = newIds();
      const vonage = await VonageEnd.open(gateway.port);
      vonage.text({ 'content-type': 'audio/l16;rate=8000', ...ids });
      await vonage.echoes(frame(320));
      await vonage.hangUp();
      assert.equal((await gateway.ended(ids.uuid)).sampleRateHz, 8000);
    });

    it('with audio, where that comes before the text, and takes the ids and the rate of the text later', async () => {
      await using gateway = await startGateway();
      const ids = newIds();
      const vonage = await VonageEnd.open(gateway.port);
      await vonage.echoes(frame(640, 1), frame(640, 2));
      vonage.connected(ids, 'audio/l16;rate=8000');
      await vonage.echoes(frame(320, 3));
      vonage.audio(frame(640, 4));
      await vonage.settled();
      await vonage.hangUp();
      const leg = await gateway.ended(ids.uuid);
      assert.equal(leg.sampleRateHz, 8000);
      assert.deepEqual([leg.framesIn, leg.framesOut, leg.framesWrongSize], [3, 3, 1]);
      assert.deepEqual([leg.bytesIn, leg.bytesOut], [1600, 1600]);
      assert.equal(vonage.frames.length, 3);
    });

    it('with audio alone, and is recorded though it never said whose it was', async () => {
      await using gateway = await startGateway();
      const vonage = await VonageEnd.open(gateway.port);
      await vonage.echoes(frame(960));
      await vonage.hangUp();
      const call = await eventually('the record', async () => (await gateway.store.list({ limit: 10 })).calls[0]);
      assert.equal(call.conversationUuid, null);
      assert.equal(call.legs[0]?.sampleRateHz, 24000);
      assert.equal(call.legs[0]?.framesOut, 1);
    });

    it('once: a second such text changes nothing, and ends nothing where its format is no good', async () => {
      await using gateway = await startGateway();
      const ids = newIds();
      const vonage = await VonageEnd.open(gateway.port);
      vonage.connected(ids);
      vonage.connected({ uuid: 'another' }, 'audio/l16;rate=8000');
      vonage.connected({ uuid: 'another' }, 'audio/pcmu;rate=8000');
      vonage.text({ 'content-type': 'text/plain' });
      await vonage.echoes(frame(640));
      vonage.audio(frame(320));
      await vonage.settled();
      await vonage.hangUp();
      const leg = await gateway.ended(ids.uuid);
      assert.equal(leg.sampleRateHz, 16000);
      assert.deepEqual([leg.framesOut, leg.framesWrongSize], [1, 1]);
      assert.equal(await gateway.store.find('another'), undefined);
    });

    it('not with a format that is not served: closed with 1003, and what comes then is no audio of a leg', async () => {
      await using gateway = await startGateway();
      const ids = newIds();
      const peer = await RawPeer.connect(gateway.port);
      peer.send(OPCODE.TEXT, JSON.stringify({ 'content-type': 'audio/l16;rate=44100', ...ids }));
      peer.send(OPCODE.BINARY, frame(640));
      peer.send(OPCODE.BINARY, frame(640));
      await eventually('the close frame', () => peer.closeCode);
      assert.equal(peer.closeCode, 1003);
      peer.socket.end();
      await eventually('the socket to be forgotten', () => gateway.registry.size === 0);
      assert.equal(peer.binary.length, 0);
      assert.equal((await gateway.store.list({ limit: 1 })).calls.length, 0);
      const line = gateway.lines.find(({ msg }) => msg === 'socket closed before it became a leg');
      assert.equal(line?.closeCode, 1003);
      assert.equal(line?.legUuid, ids.uuid, 'the line says whose call failed');
    });
  });

  describe('echoes', () => {
    it('random frames byte for byte', async () => {
      await using gateway = await startGateway();
      const formats = fc.constantFrom(...SAMPLE_RATES_HZ).chain((rate) => {
        const { bytesPerFrame } = audioFormat(rate);
        const oneFrame = fc.uint8Array({ minLength: bytesPerFrame, maxLength: bytesPerFrame });
        return fc.tuple(fc.constant(rate), fc.array(oneFrame, { minLength: 1, maxLength: 20 }));
      });
      await fc.assert(
        fc.asyncProperty(formats, async ([rate, frames]) => {
          const vonage = await VonageEnd.open(gateway.port);
          vonage.connected({}, `audio/l16;rate=${rate}`);
          await vonage.echoes(...frames);
          await vonage.hangUp();
        }),
        { numRuns: 20 },
      );
    });

    it('a frame that came in fragments as one message', async () => {
      await using gateway = await startGateway();
      const peer = await RawPeer.connect(gateway.port);
      peer.send(OPCODE.TEXT, connected(newIds()));
      const whole = frame(640, 99);
      peer.send(OPCODE.BINARY, whole.subarray(0, 321), { fin: false });
      peer.send(OPCODE.PING, 'in between');
      peer.send(OPCODE.CONTINUATION, whole.subarray(321, 400), { fin: false });
      peer.send(OPCODE.CONTINUATION, whole.subarray(400));
      await eventually('the echo', () => peer.binary.length > 0);
      const [echoed] = peer.frames.filter(({ opcode }) => opcode === OPCODE.BINARY);
      assert.deepEqual(echoed, { fin: true, rsv: 0, opcode: OPCODE.BINARY, payload: whole });
      peer.socket.destroy();
    });

    it('no message that is not exactly one frame: it drops and counts it, and says so once', async () => {
      await using gateway = await startGateway();
      const ids = newIds();
      const vonage = await VonageEnd.open(gateway.port);
      vonage.connected(ids);
      await vonage.echoes(frame(640, 1));
      const wrongSizes = [0, 1, 319, 320, 639, 641, 960, 1280, 4096];
      for (const bytes of wrongSizes) vonage.audio(Buffer.alloc(bytes));
      await vonage.echoes(frame(640, 2));
      await vonage.hangUp();
      const leg = await gateway.ended(ids.uuid);
      assert.deepEqual([leg.framesIn, leg.framesOut, leg.framesWrongSize], [2, 2, wrongSizes.length]);
      assert.equal(leg.bytesIn, 1280);
      assert.equal(gateway.lines.filter(({ msg }) => String(msg).startsWith('audio that is not one frame')).length, 1);
    });

    it('no wrong size before the first text either', async () => {
      await using gateway = await startGateway();
      const ids = newIds();
      const vonage = await VonageEnd.open(gateway.port);
      for (const bytes of [0, 100, 1920]) vonage.audio(Buffer.alloc(bytes));
      vonage.connected(ids);
      await vonage.echoes(frame(640));
      await vonage.hangUp();
      const leg = await gateway.ended(ids.uuid);
      assert.deepEqual([leg.framesIn, leg.framesWrongSize], [1, 3]);
    });

    it('no text, whatever it says, and goes on', async () => {
      await using gateway = await startGateway();
      const ids = newIds();
      const vonage = await VonageEnd.open(gateway.port);
      vonage.connected(ids);
      for (const text of [
        { event: 'websocket:cleared' },
        { event: 'websocket:notify', payload: { a: 1 } },
        { event: 'websocket:dtmf', digit: '1', duration: 100 },
        { event: 'websocket:something-new' },
        'junk',
        '',
        'x'.repeat(640),
        'x'.repeat(4096),
      ]) {
        vonage.text(text);
      }
      await vonage.echoes(frame(640, 1));
      await vonage.hangUp();
      assert.deepEqual(vonage.texts, []);
      assert.equal((await gateway.ended(ids.uuid)).framesWrongSize, 0);
    });
  });

  it('counts the keys that were pressed, before the first text and after it', async () => {
    await using gateway = await startGateway();
    const ids = newIds();
    const vonage = await VonageEnd.open(gateway.port);
    vonage.text({ event: 'websocket:dtmf', digit: '*', duration: 100 });
    vonage.connected(ids);
    for (const digit of ['1', '#', 'Z']) vonage.text({ event: 'websocket:dtmf', digit, duration: 100 });
    vonage.text({ event: 'websocket:dtmf', dtmf: { digit: '5' } });
    await vonage.settled();
    await vonage.hangUp();
    assert.equal((await gateway.ended(ids.uuid)).dtmfDigitCount, 4);
  });

  it('has the figures of its own times: start, end, duration, gaps, jitter', async () => {
    const clock = new ManualClock(Date.parse('2026-03-04T10:11:12.000Z'));
    await using gateway = await startGateway({ clock });
    const ids = newIds();
    clock.advance(345);
    const vonage = await VonageEnd.open(gateway.port);
    vonage.connected(ids);
    await vonage.settled();
    for (const spacingMs of [1000, 20, 20, 250, 20]) {
      clock.advance(spacingMs);
      await vonage.echoes(frame(640));
    }
    clock.advance(500);
    await vonage.hangUp();
    const leg = await gateway.ended(ids.uuid);
    assert.equal(leg.startedAt, '2026-03-04T10:11:12.345Z');
    assert.equal(leg.durationMs, 1810);
    assert.equal(leg.endedAt, '2026-03-04T10:11:14.155Z');
    assert.deepEqual([leg.gapCount, leg.longestGapMs], [1, 250]);
    // 230 / 16, and a sixteenth less with the frame on time behind it; to a thousandth.
    assert.equal(leg.interarrivalJitterMs, 13.477);
    assert.deepEqual([leg.turnaroundP50Us, leg.turnaroundMaxUs], [0, 0]);
  });

  describe('gives news for the write of each second', () => {
    it('only when it has had a message since, or when what it gave did not arrive', async () => {
      await using gateway = await startGateway();
      const vonage = await VonageEnd.open(gateway.port);
      await vonage.echoes(frame(640));
      assert.deepEqual(gateway.registry.news(true), [], 'nothing before it says whose it is');
      vonage.connected(newIds());
      await vonage.echoes(frame(640));
      assert.deepEqual(
        gateway.registry.news().map(({ framesIn }) => framesIn),
        [2],
      );
      assert.deepEqual(gateway.registry.news(), []);
      assert.deepEqual(
        gateway.registry.news(true).map(({ framesIn }) => framesIn),
        [2],
      );
      vonage.text({ event: 'websocket:dtmf', digit: '1', duration: 100 });
      await vonage.settled();
      assert.deepEqual(
        gateway.registry.news().map(({ dtmfDigitCount }) => dtmfDigitCount),
        [1],
      );
      vonage.audio(Buffer.alloc(7));
      await vonage.settled();
      assert.deepEqual(
        gateway.registry.news().map(({ framesWrongSize }) => framesWrongSize),
        [1],
      );
      await vonage.hangUp();
    });
  });

  describe('is ended', () => {
    it('by the peer, with the peer’s code, and nothing of what it says beside it', async () => {
      await using gateway = await startGateway();
      const ids = newIds();
      const vonage = await VonageEnd.open(gateway.port);
      vonage.connected(ids);
      await vonage.hangUp(1000, 'caller hung up');
      const leg = await gateway.ended(ids.uuid);
      assert.deepEqual([leg.closeCode, leg.closeReason, leg.closedBy], [1000, null, 'peer']);
      assert.doesNotMatch(JSON.stringify(gateway.lines), /caller hung up/);
    });

    it('by a close frame that says nothing: 1005, by the peer', async () => {
      await using gateway = await startGateway();
      const ids = newIds();
      const peer = await RawPeer.connect(gateway.port);
      peer.send(OPCODE.TEXT, connected(ids));
      peer.send(OPCODE.CLOSE, '');
      const leg = await gateway.ended(ids.uuid);
      assert.deepEqual([leg.closeCode, leg.closeReason, leg.closedBy], [1005, null, 'peer']);
      await peer.gone;
    });

    for (const [how, vanish] of [
      ['its connection ends without a close frame', (peer: RawPeer) => peer.socket.end()],
      ['it is gone', (peer: RawPeer) => peer.socket.destroy()],
      ['its connection is reset', (peer: RawPeer) => peer.socket.resetAndDestroy()],
      [
        'it goes in the middle of a frame',
        (peer: RawPeer) => peer.socket.end(Buffer.from([0x82, 0xfe, 0x02, 0x80, 1, 2, 3, 4, 5])),
      ],
    ] as const) {
      it(`by the network when ${how}: 1006`, async () => {
        await using gateway = await startGateway();
        const ids = newIds();
        const peer = await RawPeer.connect(gateway.port);
        peer.send(OPCODE.TEXT, connected(ids));
        peer.send(OPCODE.BINARY, frame(640));
        await eventually('the echo', () => peer.binary.length === 1);
        vanish(peer);
        const leg = await gateway.ended(ids.uuid);
        assert.deepEqual([leg.closeCode, leg.closedBy, leg.framesOut], [1006, 'network', 1]);
        await eventually('the leg to be forgotten', () => gateway.registry.size === 0);
      });
    }

    const breaches: readonly [string, number, (peer: RawPeer) => void][] = [
      ['text that is not UTF-8', 1007, (peer) => peer.send(OPCODE.TEXT, Buffer.from([0x7b, 0xff, 0x7d]))],
      ['a frame that is not masked', 1002, (peer) => peer.send(OPCODE.BINARY, frame(640), { masked: false })],
      ['an opcode that there is not', 1002, (peer) => peer.send(5, '')],
      ['a compressed frame, which nobody agreed on', 1002, (peer) => peer.send(OPCODE.BINARY, frame(640), { rsv: 4 })],
      ['a continuation of nothing', 1002, (peer) => peer.send(OPCODE.CONTINUATION, 'x')],
      ['a ping of 126 bytes', 1002, (peer) => peer.send(OPCODE.PING, Buffer.alloc(126))],
      ['a close code that may not be sent', 1002, (peer) => peer.send(OPCODE.CLOSE, Buffer.from([0x03, 0xee]))],
      ['audio above the largest message', 1009, (peer) => peer.send(OPCODE.BINARY, Buffer.alloc(4097))],
      ['text above the largest message', 1009, (peer) => peer.send(OPCODE.TEXT, 'x'.repeat(4097))],
      [
        'fragments that add up to more',
        1009,
        (peer) => {
          peer.send(OPCODE.BINARY, Buffer.alloc(4000), { fin: false });
          peer.send(OPCODE.CONTINUATION, Buffer.alloc(97));
        },
      ],
    ];
    for (const [breach, code, commit] of breaches) {
      it(`by the gateway, with ${code}, for ${breach}`, async () => {
        await using gateway = await startGateway();
        const ids = newIds();
        const peer = await RawPeer.connect(gateway.port);
        peer.send(OPCODE.TEXT, connected(ids));
        commit(peer);
        await eventually('the close frame', () => peer.closeCode);
        assert.equal(peer.closeCode, code);
        peer.socket.end();
        const leg = await gateway.ended(ids.uuid);
        assert.deepEqual([leg.closeCode, leg.closedBy], [code, 'gateway']);
        assert.ok(leg.closeReason, 'the record says what was wrong');
        assert.equal(peer.binary.length, 0);
        assert.equal(gateway.lines.filter(({ level }) => level === 'warn').length, 1);
      });
    }

    it('by the gateway, with 1008, when nothing at all has come after the upgrade', async () => {
      const clock = new ManualClock();
      clock.advance(1);
      await using gateway = await startGateway({ clock, config: { FIRST_MESSAGE_TIMEOUT_MS: 10_000 } });
      const vonage = await VonageEnd.open(gateway.port);
      clock.advance(10_001);
      const { code, reason } = await vonage.closed;
      assert.deepEqual([code, reason], [1008, 'no leg within 10000 ms']);
      await eventually('the socket to be forgotten', () => gateway.registry.size === 0);
      assert.equal((await gateway.store.list({ limit: 1 })).calls.length, 0);
    });

    it('by the gateway, with 1008, when all that has come after the upgrade does not make it a leg', async (t) => {
      const look = looksAtLegs(t);
      const clock = new ManualClock();
      clock.advance(1);
      await using gateway = await startGateway({ clock, config: { FIRST_MESSAGE_TIMEOUT_MS: 10_000 } });
      const vonage = await VonageEnd.open(gateway.port);
      for (let i = 0; i < 4; i++) {
        clock.advance(2500);
        vonage.text({ event: 'websocket:dtmf', digit: '1', duration: 100 });
        vonage.text('junk');
        vonage.audio(frame(10));
        await vonage.settled();
        look();
        assert.equal(gateway.sockets[0]?.readyState, WebSocket.OPEN, 'on time is not too late');
      }
      clock.advance(1);
      look();
      const { code, reason } = await vonage.closed;
      assert.deepEqual([code, reason], [1008, 'no leg within 10000 ms']);
    });

    for (const last of ['audio', 'text', 'audio of wrong size'] as const) {
      it(`by the gateway, with 1008, when ${last} was the last that came for too long`, async (t) => {
        const look = looksAtLegs(t);
        const clock = new ManualClock();
        clock.advance(1);
        const config = { FIRST_MESSAGE_TIMEOUT_MS: 100, SILENCE_TIMEOUT_MS: 60_000 };
        await using gateway = await startGateway({ clock, config });
        const ids = newIds();
        const vonage = await VonageEnd.open(gateway.port);
        vonage.connected(ids);
        await vonage.settled();
        clock.advance(50_000);
        if (last === 'audio') vonage.audio(frame(640));
        if (last === 'text') vonage.text('junk');
        if (last === 'audio of wrong size') vonage.audio(frame(10));
        await vonage.settled();
        clock.advance(60_000);
        look();
        assert.equal(gateway.sockets[0]?.readyState, WebSocket.OPEN, 'on time is not too late');
        clock.advance(1);
        look();
        assert.equal((await vonage.closed).code, 1008);
        const leg = await gateway.ended(ids.uuid);
        assert.deepEqual([leg.closedBy, leg.closeReason], ['gateway', 'no message for 60000 ms']);
        assert.equal(leg.durationMs, 110_001);
      });
    }

    it('with every frame accounted for: what comes after the gateway’s goodbye is not counted', async () => {
      await using gateway = await startGateway();
      const ids = newIds();
      const peer = await RawPeer.connect(gateway.port);
      peer.send(OPCODE.TEXT, connected(ids));
      peer.send(OPCODE.BINARY, frame(640));
      await eventually('the echo', () => peer.binary.length === 1);
      const drain = gateway.registry.drain(0);
      await eventually('the goodbye', () => peer.closeCode);
      for (let i = 0; i < 5; i++) peer.send(OPCODE.BINARY, frame(640));
      peer.send(OPCODE.BINARY, frame(10));
      peer.send(OPCODE.CLOSE, Buffer.from([0x03, 0xe9]));
      await drain;
      const leg = await gateway.ended(ids.uuid);
      assert.deepEqual([leg.framesIn, leg.framesOut, leg.framesDropped, leg.framesWrongSize], [1, 1, 0, 0]);
    });

    it('once: whoever said goodbye first has ended it', async () => {
      await using gateway = await startGateway();
      const ids = newIds();
      const peer = await RawPeer.connect(gateway.port);
      peer.send(OPCODE.TEXT, connected(ids));
      peer.send(OPCODE.CLOSE, Buffer.from([0x03, 0xe8]));
      await eventually('the answer', () => peer.closeCode);
      // The peer keeps the connection open, and meanwhile the gateway stops.
      await gateway.registry.drain(0);
      const leg = await gateway.ended(ids.uuid);
      assert.deepEqual([leg.closeCode, leg.closedBy], [1000, 'peer']);
    });
  });

  it('answers a ping', async () => {
    await using gateway = await startGateway();
    const peer = await RawPeer.connect(gateway.port);
    peer.send(OPCODE.PING, 'are you there');
    await eventually('the pong', () => peer.frames.length > 0);
    assert.deepEqual(peer.frames[0], { fin: true, rsv: 0, opcode: OPCODE.PONG, payload: Buffer.from('are you there') });
    peer.socket.destroy();
  });

  it('drops frames while its receiver is too slow, keeps little for it, and echoes again once it reads', async () => {
    await using gateway = await startGateway({ config: { MAX_BUFFERED_BYTES: 48_000 } });
    const ids = newIds();
    const peer = await RawPeer.connect(gateway.port);
    peer.send(OPCODE.TEXT, JSON.stringify({ 'content-type': 'audio/l16;rate=24000', ...ids }));
    peer.socket.pause();

    let sent = 0;
    let mostBuffered = 0;
    const dropped = () => gateway.registry.news(true)[0]?.framesDropped ?? 0;
    // The system's own buffers take tens of megabytes before the gateway sees any of it.
    while (dropped() < 1000) {
      for (let i = 0; i < 1000; i++) peer.send(OPCODE.BINARY, frame(960, sent++));
      await eventually('the frames to arrive', () => gateway.registry.news(true)[0]?.framesIn === sent);
      mostBuffered = Math.max(mostBuffered, gateway.sockets[0]?.bufferedAmount ?? 0);
    }
    // One frame more than may wait, with its header.
    assert.ok(mostBuffered > 47_000 && mostBuffered <= 48_000 + 964, `${mostBuffered} bytes`);

    peer.socket.resume();
    await eventually('the receiver to catch up', () => peer.binary.length === sent - dropped());
    const before = peer.binary.length;
    for (let i = 0; i < 10; i++) peer.send(OPCODE.BINARY, frame(960, sent++));
    await eventually('the echo', () => peer.binary.length === before + 10);
    const numbers = peer.binary.map((payload) => payload.readUInt32LE());
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
      'in order, none twice',
    );
    assert.equal(new Set(numbers).size, numbers.length);

    peer.socket.destroy();
    const leg = await gateway.ended(ids.uuid);
    assert.equal(leg.framesIn, sent);
    assert.equal(leg.framesOut + leg.framesDropped, sent);
    assert.equal(leg.framesOut, numbers.length);
  });

  it('leaves nothing behind on its socket', async () => {
    await using gateway = await startGateway();
    const vonage = await VonageEnd.open(gateway.port);
    vonage.connected(newIds());
    const [socket] = gateway.sockets;
    const listeners = () => ['message', 'error', 'close', 'ping', 'pong'].map((name) => socket?.listenerCount(name));
    const before = listeners();
    for (let i = 0; i < 100; i++) {
      vonage.text({ event: 'websocket:dtmf', digit: '1', duration: 100 });
      vonage.audio(frame(640));
    }
    await vonage.settled();
    assert.deepEqual(listeners(), before);
    assert.deepEqual(before, [1, 1, 1, 0, 0]);
    await vonage.hangUp();
    await eventually('the leg to be forgotten', () => gateway.registry.size === 0);
  });
});
