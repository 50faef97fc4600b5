import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { defineHandler } from '@kodama/handler-kit';
import { audioFormat } from '@kodama/shared/voice';
import { callHandler } from './call-handler.ts';
import { FarEnd } from './far-end.ts';
import { Line } from './line.ts';
import { VirtualTime } from './virtual-time.ts';
import type { WireFault } from './wire-fault.ts';

const BINARY = { binary: true };
const TEXT = { binary: false };
const FRAME = Buffer.alloc(640, 1);
const SILENCE = Buffer.alloc(640);

/** A far end whose clock stands at 1234 ms, what it was told, and what it found wrong. */
function farEnd() {
  const time = new VirtualTime();
  const line = new Line(time, []);
  const faults: WireFault[] = [];
  const notified: unknown[] = [];
  const end = new FarEnd({
    format: audioFormat(16000),
    time,
    line,
    onNotified: (payload) => void notified.push(payload),
    onFault: (fault) => void faults.push(fault),
  });
  const advanceTo = (ms: number) => {
    time.timers.advanceTo(ms);
    time.outside.advanceTo(ms);
  };
  advanceTo(1234);
  return { end, line, faults, notified, advanceTo };
}

/** What is wrong with what is sent. */
function faultOf(send: (far: ReturnType<typeof farEnd>) => void): string | undefined {
  const far = farEnd();
  send(far);
  assert.equal(far.end.fault, far.faults[0]);
  return far.faults[0]?.message;
}

describe('FarEnd', () => {
  it('plays a frame a tick, in order, and nothing where there is none', () => {
    const { end, faults } = farEnd();
    for (const value of [1, 2]) end.send(Buffer.alloc(640, value), BINARY);
    for (let tick = 0; tick < 3; tick++) end.tick(SILENCE);
    assert.deepEqual([...end.heard.heardPresence()], [1, 1, 0]);
    assert.deepEqual([end.heard.heard()[0], end.heard.heard()[320]], [0x0101, 0x0202]);
    assert.deepEqual(faults, []);
  });

  it('keeps a frame as it was when it came', () => {
    const { end } = farEnd();
    const frame = Buffer.alloc(640, 1);
    end.send(frame, BINARY);
    frame.fill(9);
    end.tick(SILENCE);
    assert.equal(end.heard.heard()[0], 0x0101);
  });

  it('clears what waits, and its notifies with it', () => {
    const { end, notified, advanceTo } = farEnd();
    end.send(FRAME, BINARY);
    end.send('{"action":"notify","payload":{"a":1}}', TEXT);
    end.send('{"action":"clear"}', TEXT);
    end.tick(SILENCE);
    advanceTo(2000);
    assert.deepEqual([[...end.heard.heardPresence()], notified], [[0], []]);
    assert.deepEqual(end.commands, [
      { atMs: 1234, action: 'notify', payload: { a: 1 } },
      { atMs: 1234, action: 'clear' },
    ]);
  });

  it('answers a notify a moment after what came before it was played', () => {
    const { end, notified, advanceTo } = farEnd();
    end.send(FRAME, BINARY);
    end.send('{"action":"notify","payload":{"a":1}}', TEXT);
    advanceTo(1300);
    assert.deepEqual(notified, []);
    end.tick(SILENCE);
    end.tick(SILENCE);
    assert.deepEqual(notified, []);
    advanceTo(1301);
    assert.deepEqual(notified, [{ a: 1 }]);
  });

  it('takes whatever Vonage does not take for a fault, and says what came, what was to come, and when', () => {
    assert.equal(
      faultOf(({ end }) => end.send(Buffer.alloc(320), BINARY)),
      'after 1234 ms: a binary message of 320 bytes was sent: one frame at 16000 Hz has 640',
    );
    assert.equal(
      faultOf(({ end }) => end.send(FRAME, TEXT)),
      'after 1234 ms: audio was sent as a text message',
    );
    assert.equal(
      faultOf(({ end }) => end.send('{"action":"clear"}', BINARY)),
      'after 1234 ms: a text was sent as a binary message',
    );
    for (const text of [
      'hello',
      '5',
      'null',
      '{"action":"stop"}',
      '{"action":"notify"}',
      '{"action":"notify","payload":[1]}',
    ]) {
      assert.equal(
        faultOf(({ end }) => end.send(text, TEXT)),
        `after 1234 ms: a text was sent that is no command: ${text}`,
      );
    }
    assert.equal(
      faultOf(({ end, line }) => {
        line.cut();
        end.send(FRAME, BINARY);
      }),
      'after 1234 ms: something was sent after the end of the call',
    );
  });

  it('shows no more of a text than its beginning', () => {
    assert.equal(
      faultOf(({ end }) => end.send('x'.repeat(500), TEXT))?.length,
      'after 1234 ms: a text was sent that is no command: '.length + 80,
    );
  });

  it('keeps 3072 frames, and no more', () => {
    const { end, faults } = farEnd();
    for (let frame = 0; frame < 3072; frame++) end.send(FRAME, BINARY);
    assert.deepEqual(faults, []);
    end.send(FRAME, BINARY);
    end.send(FRAME, BINARY);
    assert.deepEqual(
      faults.map(({ name, message }) => [name, message]),
      [['WireFault', 'after 1234 ms: a frame was sent while 3072 wait to be played: there is no room for more']],
    );
  });
});

describe('A wire fault', () => {
  it('is what a call throws, where limits let the handler send more than Vonage keeps', async () => {
    const floods = defineHandler({ name: 'floods', onStart: ({ out }) => void out.write(new Int16Array(16_000 * 70)) });
    await assert.rejects(callHandler(floods, { seconds: 1, limits: { leadMs: 100_000, maxQueuedMs: 100_000 } }), {
      name: 'WireFault',
      message: 'after 0 ms: a frame was sent while 3072 wait to be played: there is no room for more',
    });
  });
});
