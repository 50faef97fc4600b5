import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { echo } from './echo.ts';

function sinkWith(bufferedAmount: number) {
  const sent: { frame: Buffer; binary: boolean }[] = [];
  const send = (frame: Buffer, { binary }: { binary: boolean }) => void sent.push({ frame, binary });
  return { bufferedAmount, send, sent };
}

const frame = Buffer.alloc(640, 7);

describe('echo', () => {
  it('hands over the very Buffer that came, as binary', () => {
    const sink = sinkWith(0);
    assert.equal(echo(sink, frame, 48_000), true);
    assert.equal(sink.sent.length, 1);
    assert.equal(sink.sent[0]?.frame, frame);
    assert.equal(sink.sent[0]?.binary, true);
  });

  it('still sends when exactly as much waits as may', () => {
    const sink = sinkWith(48_000);
    assert.equal(echo(sink, frame, 48_000), true);
    assert.equal(sink.sent.length, 1);
  });

  it('sends nothing when a byte more waits', () => {
    const sink = sinkWith(48_001);
    assert.equal(echo(sink, frame, 48_000), false);
    assert.equal(sink.sent.length, 0);
  });
});
