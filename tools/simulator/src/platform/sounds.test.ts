import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { writeWav } from '../media/wav.ts';
import { callWith } from '../testing/ncco-call.ts';
import { toneWav } from '../testing/tone-samples.ts';
import { Sounds } from './sounds.ts';

const NEVER = new AbortController().signal;
const SHORT = toneWav(440, 100, 44_100);

/** Sounds, and a server of them that counts what it is asked for. */
async function startSounds(listener: RequestListener) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    listener(request, response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sounds = new Sounds();
  return {
    asked,
    origin,
    sounds,
    async [Symbol.asyncDispose]() {
      sounds.close();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('sounds', () => {
  it('stop reading a file that never ends', { timeout: 9000 }, async () => {
    await using stage = await startSounds((_, response) => {
      const piece = Buffer.alloc(1024 * 1024);
      const more = () => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', more);
      more();
    });
    const url = `${stage.origin}/endless.wav`;
    await assert.rejects(stage.sounds.get(url, NEVER), {
      message: `${url} has more than the 67108864 bytes that are allowed`,
    });
  });

  it('say so where a file breaks off', async () => {
    await using stage = await startSounds((_, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('RIFF', () => response.destroy());
    });
    await assert.rejects(stage.sounds.get(`${stage.origin}/a.wav`, NEVER), { message: /a\.wav cannot be fetched: / });
  });

  it('are fetched and converted once for all who play them', async () => {
    await using stage = await startSounds((_, response) => response.end(SHORT));
    const url = `${stage.origin}/a.wav`;
    const frames = await Promise.all(
      Array.from({ length: 5 }, async () => (await stage.sounds.get(url, NEVER)).framesAt(16_000)),
    );
    assert.equal(frames[0]?.length, 5);
    for (const same of frames) assert.equal(same, frames[0]);
    assert.deepEqual(stage.asked, ['/a.wav']);
  });

  it('go on being fetched when one who waits leaves', async () => {
    const gate = Promise.withResolvers<void>();
    await using stage = await startSounds((_, response) => {
      void gate.promise.then(() => response.end(SHORT));
    });
    const url = `${stage.origin}/slow.wav`;
    const leaving = new AbortController();
    const left = stage.sounds.get(url, leaving.signal);
    const staying = stage.sounds.get(url, NEVER);
    leaving.abort(new Error('hung up'));
    await assert.rejects(left, { message: 'hung up' });
    gate.resolve();
    assert.equal((await (await staying).framesAt(8000)).length, 5);
    assert.deepEqual(stage.asked, ['/slow.wav']);
  });

  it('keep nobody waiting for a conversion who has left, and end it when they are closed', async () => {
    const long = writeWav(Buffer.alloc(2 * 44_100 * 300), 44_100);
    await using stage = await startSounds((_, response) => response.end(long));
    const url = `${stage.origin}/long.wav`;
    const leaving = new AbortController();
    const left = (await stage.sounds.get(url, leaving.signal)).framesAt(16_000);
    const staying = (await stage.sounds.get(url, NEVER)).framesAt(16_000, 0.5);
    const stayed = assert.rejects(staying, { name: 'AbortError' });
    leaving.abort(new Error('hung up'));
    await assert.rejects(left, { message: 'hung up' });
    stage.sounds.close();
    await stayed;
  });

  it('that could not be had are asked for again', async () => {
    await using stage = await startSounds((_, response) => {
      if (stage.asked.length === 1) response.writeHead(503);
      response.end(SHORT);
    });
    const url = `${stage.origin}/a.wav`;
    await assert.rejects(stage.sounds.get(url, NEVER), { message: `${url} replied with status 503` });
    await stage.sounds.get(url, NEVER);
    assert.deepEqual(stage.asked, ['/a.wav', '/a.wav']);
  });

  it('are kept, the newest 20 of them', async () => {
    await using stage = await startSounds((_, response) => response.end(SHORT));
    const get = (name: number) => stage.sounds.get(`${stage.origin}/${name}`, NEVER);
    for (let name = 0; name < 20; name++) await get(name);
    await get(0);
    assert.equal(stage.asked.length, 20);
    await get(20);
    await get(1);
    assert.equal(stage.asked.length, 21);
    await get(0);
    assert.equal(stage.asked.length, 22);
  });

  it('are kept as long as they last half an hour together', async () => {
    const minutes16 = writeWav(Buffer.alloc(2 * 1000 * 60 * 16), 1000);
    await using stage = await startSounds((_, response) => response.end(minutes16));
    for (const name of ['a', 'b', 'b', 'a']) await stage.sounds.get(`${stage.origin}/${name}`, NEVER);
    assert.deepEqual(stage.asked, ['/a', '/b', '/a']);
  });

  for (const rate of [0, 7, 1_000_000]) {
    it(`of ${rate} Hz are a problem, and the call goes on`, async () => {
      const body = Buffer.from(writeWav(Buffer.alloc(640), rate));
      await using stage = await callWith(
        ({ origin, eventUrl }) => [
          { action: 'stream', streamUrl: [`${origin}/odd.wav`] },
          { action: 'notify', payload: {}, eventUrl: [eventUrl] },
        ],
        { application: { paths: { '/odd.wav': { contentType: 'audio/wav', body } } } },
      );
      const { problems, events } = await stage.call.ended;
      assert.match(
        problems.join('\n'),
        /^stream: \S+odd\.wav has \d+ samples a second, not a whole number from 1000 to 192000 \[rule 2\.2\.3\]$/,
      );
      assert.ok(events.some(({ name }) => name === 'notify'));
    });
  }

  it('do not hold up the end of a call while they are converted', async () => {
    const body = Buffer.from(writeWav(Buffer.alloc(2 * 44_100 * 300), 44_100));
    await using stage = await callWith(({ origin }) => [{ action: 'stream', streamUrl: [`${origin}/long.wav`] }], {
      application: { paths: { '/long.wav': { contentType: 'audio/wav', body } } },
    });
    const sound = await stage.simulator.platform.sound(`${stage.application.origin}/long.wav`, NEVER);
    let isConverted = false;
    const converted = sound.framesAt(stage.call.heard.sampleRateHz === 8000 ? 8000 : 16_000).then(
      () => {
        isConverted = true;
      },
      () => undefined,
    );
    const report = await stage.call.hangUp();
    assert.ok(!isConverted);
    assert.deepEqual(report.problems, []);
    await stage.simulator[Symbol.asyncDispose]();
    await converted;
  });
});
