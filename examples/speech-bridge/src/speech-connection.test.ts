import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { HandlerLogger } from '@kodama/handler-kit';
import { eventually } from '@kodama/media-gateway/testing';
import { SpeechConnection } from './speech-connection.ts';
import { StandIn } from './testing/stand-in.ts';

/** A connection outside a call: it is not lost here, so nothing waits. */
function connectionTo(url: string, lines: object[]): SpeechConnection {
  const write = (fields: object) => void lines.push(fields);
  const log: HandlerLogger = { debug: write, info: write, warn: write, error: write };
  return new SpeechConnection({
    url,
    token: undefined,
    timeoutMs: 60_000,
    call: { socketId: 'socket-1', log, elapsedMs: () => performance.now(), sleep: () => new Promise(() => {}) },
    onMessage: () => {},
    onAudio: () => {},
    onLost: () => {},
  });
}

describe('the connection to a service that reads nothing for a while', () => {
  it('keeps the newest audio, drops the oldest, and counts it', async () => {
    await using standIn = await StandIn.start({ onSession: (session) => session.stopReading() });
    const lines: object[] = [];
    const connection = connectionTo(standIn.url, lines);
    const running = connection.run();
    await eventually('the session', () => standIn.sessions[0]);
    const [session] = standIn.sessions;
    await eventually('its start', () => session?.messages.length);

    // Far more than the system's own buffers take: 14 minutes, 20 ms a time, each with its number.
    const frames = 42_000;
    const frame = Buffer.alloc(960);
    for (let number = 1; number <= frames; number++) {
      frame.writeUInt32LE(number);
      connection.sendAudio(frame);
      if (number % 500 === 0) await turn();
    }
    session?.socket.resume();
    const numbers = () => (session?.audio ?? []).map((piece) => piece.readUInt32LE());
    // What waits is sent on with what comes.
    let last = frames;
    const newest = () => numbers().at(-1) ?? 0;
    await eventually('the newest of it', () => {
      frame.writeUInt32LE(++last);
      connection.sendAudio(frame);
      return newest() >= frames;
    });
    await eventually('all of it', () => newest() === last);

    const came = numbers();
    const missing = last - came.length;
    assert.ok(missing > 10_000, `${missing} frames are missing`);
    assert.deepEqual(
      came,
      came.toSorted((a, b) => a - b),
    );
    // Three seconds are kept; what came while it went on again has taken the place of a few frames.
    assert.deepEqual(
      came.slice(-100),
      Array.from({ length: 100 }, (_, i) => last - 99 + i),
    );
    await connection.close();
    await running;
    assert.deepEqual(lines, [{ droppedMs: missing * 20 }]);
  });
});
