import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tone } from '../heard/analysis.ts';
import { pcmOf } from '../testing/signals.ts';
import { toneFrames } from '../testing/tone.ts';
import { bytesPerFrame, type SampleRateHz } from './audio-format.ts';
import { Conversation, type Party } from './conversation.ts';
import { MovableConversation } from './movable-conversation.ts';

/** Says these frames, one a tick, and keeps what it hears. */
function makeParty(legUuid: string, frames: readonly Buffer[] = []): Party & { readonly heard: Buffer[] } {
  const heard: Buffer[] = [];
  const left = [...frames];
  return {
    legUuid,
    muted: false,
    earmuffed: false,
    heard,
    speak: () => left.shift(),
    hear: (frame) => {
      if (frame) heard.push(frame);
    },
  };
}

function tick(conversation: Conversation, times: number): void {
  for (let index = 0; index < times; index++) conversation.onFrameDue(index, index * 20);
}

const names = (conversation: Conversation) => conversation.parties.map(({ legUuid }) => legUuid);

describe('MovableConversation', () => {
  it('moves all of its parties, those that join later too, and brings them back', () => {
    const own = new MovableConversation(16_000);
    const room = new Conversation(16_000);
    own.join(makeParty('one'));
    own.moveTo(room);
    const two = makeParty('two');
    own.join(two);
    assert.deepEqual([names(own.home), names(room)], [[], ['one', 'two']]);
    own.leave(two);
    own.moveHome();
    assert.deepEqual([names(own.home), names(room)], [['one'], []]);
  });

  for (const [own, other] of [
    [8000, 16_000],
    [24_000, 16_000],
  ] as const) {
    it(`lets parties of ${own} Hz speak and hear where ${other} Hz are spoken`, async () => {
      const moved = new MovableConversation(own);
      const room = new Conversation(other);
      const [one, two] = [makeParty('one', toneFrames(500, 1000, own)), makeParty('two', toneFrames(900, 1000, other))];
      moved.join(one);
      room.join(two);
      moved.moveTo(room);
      await seats(room, 2);
      tick(room, 50);
      assertTone(two.heard, other, 500);
      assertTone(one.heard, own, 900);
      moved.moveHome();
      assert.deepEqual([names(moved.home), names(room)], [['one'], ['two']]);
    });
  }

  it('takes no seat for a party that has left meanwhile, or a conversation that has moved on', async () => {
    const moved = new MovableConversation(8000);
    const room = new Conversation(16_000);
    const one = makeParty('one');
    moved.join(one);
    moved.moveTo(room);
    moved.moveHome();
    moved.moveTo(room);
    await seats(room, 1);
    moved.leave(one);
    const two = makeParty('two');
    moved.join(two);
    moved.leave(two);
    // The seat of one who comes after them is there later than theirs would be.
    moved.join(makeParty('three'));
    await seats(room, 1);
    assert.deepEqual(names(room), ['three']);
  });

  it('takes its parties with it when it ends, wherever they are', () => {
    const own = new MovableConversation(16_000);
    const room = new Conversation(16_000);
    own.join(makeParty('one'));
    own.moveTo(room);
    own.end();
    assert.deepEqual(names(room), []);
    assert.equal(own.home.onFrameDue(0, 0), false);
    assert.equal(room.onFrameDue(0, 0), true);
  });
});

/** Waits until so many are there. */
async function seats(room: Conversation, count: number): Promise<void> {
  const endMs = performance.now() + 5000;
  while (room.parties.length < count && performance.now() < endMs)
    await new Promise((resolve) => setTimeout(resolve, 1));
  assert.equal(room.parties.length, count);
}

function assertTone(frames: readonly Buffer[], rate: SampleRateHz, hz: number): void {
  assert.ok(frames.every((frame) => frame.length === bytesPerFrame(rate)));
  assert.ok(tone(pcmOf(frames.slice(10)), rate, hz).shareOfPower > 0.9);
}
