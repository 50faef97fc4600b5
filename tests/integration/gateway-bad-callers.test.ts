import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { frame, OPCODE, RawPeer, VonageEnd } from '@kodama/media-gateway/testing';
import { type Redis, startRedis } from '../support/containers.ts';
import { callIs, getCall } from '../support/gateway-calls.ts';
import { besideAnEcho } from '../support/neighbour.ts';
import { type Service, startService } from '../support/services.ts';
import { until } from '../support/wait.ts';

const SILENCE_TIMEOUT_MS = 2500;

let redis: Redis;
let gateway: Service;

before(async () => {
  redis = await startRedis();
  const env = {
    REDIS_URL: redis.url,
    HANDLER_MODULES: './tests/fixtures/patient-handlers.ts',
    ECHO_DELAY_MS: '20',
    AUDIO_LEAD_MS: '2000',
    SILENCE_TIMEOUT_MS: String(SILENCE_TIMEOUT_MS),
    METRICS_FLUSH_INTERVAL_MS: '200',
  };
  gateway = await startService('media-gateway', { env });
});

after(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await redis?.[Symbol.asyncDispose]();
});

async function callOf(handler: unknown, contentType = 'audio/l16;rate=16000') {
  const legUuid: string = crypto.randomUUID();
  const end = await VonageEnd.open(gateway.port);
  end.connected({ uuid: legUuid, handler }, contentType);
  return { legUuid, end };
}

async function recordOf(call: { legUuid: string }) {
  const [leg] = (await callIs('ended', gateway, call)).legs;
  assert.ok(leg);
  return leg;
}

/** A log line comes by a pipe of its own, and may be behind the record. */
async function lineOf(call: { legUuid: string }, message: string | null) {
  return until(() => gateway.logs.find(({ msg, legUuid }) => msg === message && legUuid === call.legUuid), {
    what: 'the line',
  });
}

const key = (digit: string) => ({ event: 'websocket:dtmf', digit, duration: 100 });

/** Hangs up, and asserts that there was nothing about the call until then. */
async function endsWell(call: Awaited<ReturnType<typeof callOf>>) {
  await call.end.hangUp();
  const leg = await recordOf(call);
  assert.deepEqual([leg.closeCode, leg.closedBy, leg.handlerErrorCount], [1000, 'peer', 0]);
  return leg;
}

describe('media-gateway, while the caller of a handler', () => {
  it('sends audio of wrong sizes: they are dropped and counted, and the handler has the others', async () => {
    await besideAnEcho(gateway, async () => {
      const call = await callOf('delayed-echo');
      const sizes = Array.from({ length: 133 }, (_, index) => index * 31).filter((bytes) => bytes !== 640);
      for (const bytes of sizes) call.end.audio(Buffer.alloc(bytes));
      for (let number = 1; number <= 3; number++) {
        call.end.audio(frame(640, number));
        call.end.audio(Buffer.alloc(641));
      }
      await call.end.settled();
      assert.deepEqual(call.end.frames, [frame(640, 1), frame(640, 2)]);
      const leg = await endsWell(call);
      assert.deepEqual([leg.framesIn, leg.framesOut, leg.framesWrongSize], [3, 2, sizes.length + 3]);
    });
  });

  it('sends audio before the first text, at another rate: it is echoed, and then the handler has the call', async () => {
    await besideAnEcho(gateway, async () => {
      const legUuid = crypto.randomUUID();
      const end = await VonageEnd.open(gateway.port);
      await end.echoes(frame(320, 1), frame(320, 2));
      end.connected({ uuid: legUuid, handler: 'delayed-echo' });
      for (const bytes of [640, 640, 320]) end.audio(frame(bytes, 3));
      await end.settled();
      assert.deepEqual(end.frames.slice(2), [frame(640, 3)]);
      const leg = await endsWell({ legUuid, end });
      assert.deepEqual([leg.handler, leg.framesIn, leg.framesWrongSize], ['delayed-echo', 4, 1]);
    });
  });

  const names: readonly [string, unknown][] = [
    ['nobody has', 'nobody'],
    ['is what every object has', 'constructor'],
    ['is the prototype', '__proto__'],
    ['is a path', '../handlers/echo'],
    ['is in other letters', 'Echo'],
    ['is empty', ''],
    ['is a number', 5],
    ['is an object', { name: 'echo' }],
    ['is a list', ['echo']],
    ['has 3000 characters', 'e'.repeat(3000)],
  ];
  it(`names a handler that there is not, whatever the name is: closes with 1008`, async () => {
    await besideAnEcho(gateway, async () => {
      for (const [what, handler] of names) {
        const call = await callOf(handler);
        call.end.audio(frame(640));
        assert.deepEqual(await call.end.closed, { code: 1008, reason: 'there is no such handler' }, what);
        const leg = await recordOf(call);
        assert.deepEqual([leg.closeReason, leg.closedBy, leg.framesOut], ['there is no such handler', 'gateway', 0]);
        await lineOf(call, leg.closeReason);
      }
    });
  });

  it('names a handler of 10 kB: closes with 1009', async () => {
    await besideAnEcho(gateway, async () => {
      const call = await callOf('e'.repeat(10_000));
      assert.equal((await call.end.closed).code, 1009);
    });
  });

  it('sends keys of prototypes: the call is echoed, as any that names no handler', async () => {
    await besideAnEcho(gateway, async () => {
      const legUuid = crypto.randomUUID();
      const end = await VonageEnd.open(gateway.port);
      end.text(
        `{"content-type":"audio/l16;rate=16000","uuid":"${legUuid}","__proto__":{"handler":"menu"},"constructor":1}`,
      );
      await end.echoes(frame(640, 1));
      assert.equal((await endsWell({ legUuid, end })).handler, 'echo');
    });
  });

  it('sends a second first message: it means nothing', async () => {
    await besideAnEcho(gateway, async () => {
      const call = await callOf('delayed-echo');
      const other = crypto.randomUUID();
      call.end.connected({ uuid: other, handler: 'beeps' }, 'audio/l16;rate=8000');
      call.end.connected({ uuid: other, handler: 'nobody' }, 'audio/l16;rate=44100');
      call.end.audio(frame(640, 1));
      call.end.audio(frame(640, 2));
      await call.end.settled();
      assert.deepEqual(call.end.frames, [frame(640, 1)]);
      const leg = await endsWell(call);
      assert.deepEqual([leg.handler, leg.sampleRateHz], ['delayed-echo', 16_000]);
      assert.equal(await getCall(gateway, other), undefined);
    });
  });

  it('floods it with keys: each is handled, and the call goes on', async () => {
    await besideAnEcho(gateway, async () => {
      const call = await callOf('menu');
      for (let count = 0; count < 1000; count++) call.end.text(key('0123456789*'[count % 11] as string));
      await call.end.settled();
      const framesBefore = call.end.frames.length;
      call.end.text(key('1'));
      await until(() => call.end.frames.length > framesBefore, { what: 'the answer to the last key' });
      for (const { length } of call.end.frames) assert.equal(length, 640);
      assert.equal((await endsWell(call)).dtmfDigitCount, 1001);
    });
  });

  it('floods it with text: each is handled, in its order', async () => {
    await besideAnEcho(gateway, async () => {
      const call = await callOf('counts');
      const lengths = Array.from({ length: 2000 }, (_, index) => (index % 200) + 1);
      for (const length of lengths) call.end.text('x'.repeat(length));
      await until(() => call.end.frames.length === lengths.length, { what: 'all answers' });
      assert.deepEqual(
        call.end.frames.map((answer) => answer[0]),
        lengths,
      );
      await endsWell(call);
    });
  });

  it('tells of marks that nobody has set: what waits for its own mark goes on waiting', async () => {
    await besideAnEcho(gateway, async () => {
      const call = await callOf('beeps-once');
      const notify = await until(() => call.end.texts[0], { what: 'the mark' });
      const { payload } = JSON.parse(notify);
      const forged = [
        undefined,
        null,
        'x',
        [],
        {},
        { kodamaMark: '1' },
        { kodamaMark: 0 },
        { kodamaMark: -1 },
        { kodamaMark: 2 },
      ];
      for (const other of forged) call.end.text({ event: 'websocket:notify', payload: other });
      await call.end.settled();
      // Had one of them been taken for an answer, the goodbye would come before the second pong.
      await Promise.race([call.end.settled(), call.end.closed]);
      assert.equal(call.end.socket.readyState, call.end.socket.OPEN);
      call.end.text({ event: 'websocket:notify', payload });
      assert.deepEqual(await call.end.closed, { code: 1000, reason: 'the handler ended the call' });
    });
  });

  it('never answers a mark: the call goes on until there are 1000, and ends with 1011 then', async () => {
    await besideAnEcho(gateway, async () => {
      const few = await callOf('beeps');
      for (let count = 0; count < 20; count++) few.end.text(key('1'));
      await until(() => few.end.texts.length === 20, { what: 'the marks' });
      await endsWell(few);

      const many = await callOf('asks');
      for (let count = 0; count < 51; count++) many.end.text(key('1'));
      assert.deepEqual(await many.end.closed, { code: 1011, reason: 'the handler failed' });
      const leg = await recordOf(many);
      assert.equal(leg.handlerErrorCount, 1);
      const line = await lineOf(many, leg.closeReason);
      assert.match((line.err as Error | undefined)?.message ?? '', /^1000 ends of playing are waited for already/);
    });
  });

  it('stops reading: little waits for it, and when it reads again the call goes on', async () => {
    await besideAnEcho(gateway, async () => {
      const call = await callOf('starts-anew', 'audio/l16;rate=24000');
      call.end.socket.pause();
      // Two seconds of audio each: 96 MB.
      for (let count = 0; count < 1000; count++) call.end.text(key('1'));
      const leg = await until(
        async () => {
          const [live] = (await getCall(gateway, call.legUuid))?.legs ?? [];
          return live?.dtmfDigitCount === 1000 && live;
        },
        { what: 'all keys to be handled' },
      );
      // All that was ever handed to the socket: what the system keeps of a connection, and MAX_BUFFERED_BYTES.
      assert.ok(leg.bytesOut < 12e6, `${leg.bytesOut} bytes`);

      call.end.socket.resume();
      await until(() => call.end.frames.length * 960 >= leg.bytesOut, { what: 'what waited' });
      const framesBefore = call.end.frames.length;
      call.end.text(key('2'));
      await until(() => call.end.frames.length > framesBefore, { what: 'the answer to one key more' });
      const { framesOut } = await endsWell(call);
      // Nothing of what waited was lost.
      assert.equal(framesOut, call.end.frames.length);
    });
  });

  it('closes one half of the connection: the call is over', async () => {
    await besideAnEcho(gateway, async () => {
      const peer = await RawPeer.connect(gateway.port);
      const legUuid = crypto.randomUUID();
      peer.send(OPCODE.TEXT, JSON.stringify({ event: 'websocket:connected', uuid: legUuid, handler: 'plays' }));
      await until(() => peer.binary.length > 0, { what: 'its audio' });
      peer.socket.end();
      await peer.gone;
      const leg = await recordOf({ legUuid });
      assert.deepEqual([leg.closeCode, leg.closedBy, leg.handlerErrorCount], [1006, 'network', 0]);
    });
  });

  it('is gone without a word: the call is closed with 1008 when it has been silent for too long, and then cut', async () => {
    await besideAnEcho(gateway, async () => {
      const peer = await RawPeer.connect(gateway.port);
      const legUuid = crypto.randomUUID();
      peer.send(OPCODE.TEXT, JSON.stringify({ event: 'websocket:connected', uuid: legUuid, handler: 'plays' }));
      const began = performance.now();
      await peer.gone;
      const tookMs = performance.now() - began;
      assert.ok(tookMs >= SILENCE_TIMEOUT_MS, `${tookMs} ms`);
      assert.equal(peer.closeCode, 1008);
      const last = peer.frames.at(-1);
      assert.equal(last?.opcode, OPCODE.CLOSE, 'nothing comes after the goodbye');
      const leg = await recordOf({ legUuid });
      assert.deepEqual([leg.closeCode, leg.closedBy], [1008, 'gateway']);
      assert.equal(leg.closeReason, `no message for ${SILENCE_TIMEOUT_MS} ms`);
      assert.deepEqual([leg.framesOut, leg.handlerErrorCount], [peer.binary.length, 0]);
    });
  });

  it('is any of these: has nothing to say against itself, and exits 0', async () => {
    assert.equal(await gateway.stop(), 0);
    assert.equal(gateway.stderr, '');
    const errors = gateway.logs.filter(({ level }) => level === 'error' || level === 'fatal').map(({ msg }) => msg);
    assert.deepEqual([...new Set(errors)].sort(), ['the handler failed', 'there is no such handler']);
    assert.equal(errors.filter((msg) => msg === 'the handler failed').length, 1);
  });
});
