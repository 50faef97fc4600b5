import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { addTo, Conversation, type Party, silence } from './conversation.ts';

/** Frames of two samples: what matters here is who hears whom. */
function pcm(...samples: number[]): Buffer {
  const frame = Buffer.alloc(samples.length * 2);
  for (const [index, sample] of samples.entries()) frame.writeInt16LE(sample, index * 2);
  return frame;
}

class Guest implements Party {
  readonly legUuid: string | undefined;
  muted = false;
  earmuffed = false;
  canSpeak: readonly string[] | undefined;
  canHear: readonly string[] | undefined;
  readonly heard: (Buffer | undefined)[] = [];
  readonly dueMs: number[] = [];
  readonly #says: (Buffer | undefined)[];

  constructor(legUuid: string | undefined, ...says: (Buffer | undefined)[]) {
    this.legUuid = legUuid;
    this.#says = says;
  }

  get left(): number {
    return this.#says.length;
  }

  speak(): Buffer | undefined {
    return this.#says.shift();
  }

  hear(frame: Buffer | undefined, dueMs: number): void {
    this.heard.push(frame);
    this.dueMs.push(dueMs);
  }
}

function together(...guests: Guest[]): Conversation {
  const conversation = new Conversation(16_000);
  for (const guest of guests) conversation.join(guest);
  return conversation;
}

const A = pcm(1, 100);
const B = pcm(20, -300);
const C = pcm(300, 5);

describe('a conversation', () => {
  it('lets everyone hear the sum of everyone else, and never himself', () => {
    const [a, b, c] = [new Guest('a', A), new Guest('b', B), new Guest('c', C)];
    together(a, b, c).onFrameDue(0, 40);
    assert.deepEqual(a.heard, [pcm(320, -295)]);
    assert.deepEqual(b.heard, [pcm(301, 105)]);
    assert.deepEqual(c.heard, [pcm(21, -200)]);
    assert.deepEqual([a.dueMs, b.dueMs, c.dueMs], [[40], [40], [40]]);
    assert.deepEqual([A, B, C], [pcm(1, 100), pcm(20, -300), pcm(300, 5)], 'what was said is not written to');
  });

  it('hands on the very buffer of the one who speaks alone, and nothing where nobody does', () => {
    const [a, b, c] = [new Guest('a', A), new Guest('b'), new Guest('c')];
    const conversation = together(a, b, c);
    conversation.onFrameDue(0, 0);
    conversation.onFrameDue(1, 20);
    assert.equal(b.heard[0], A);
    assert.equal(c.heard[0], A);
    assert.deepEqual([a.heard, b.heard[1]], [[undefined, undefined], undefined]);
  });

  it('holds a sum at full scale', () => {
    const [a, b, c] = [new Guest('a', pcm(30_000, -30_000)), new Guest('b', pcm(2767, -2768)), new Guest('c')];
    const conversation = together(a, b, c);
    conversation.onFrameDue(0, 0);
    assert.deepEqual(c.heard, [pcm(32_767, -32_768)]);
    const mix = pcm(30_000, -30_000);
    addTo(mix, pcm(2768, -2769));
    assert.deepEqual(mix, pcm(32_767, -32_768));
  });

  it('takes the words of the muted and lets nobody hear them', () => {
    const [a, b] = [new Guest('a', A, A), new Guest('b')];
    const conversation = together(a, b);
    a.muted = true;
    conversation.onFrameDue(0, 0);
    a.muted = false;
    conversation.onFrameDue(1, 20);
    assert.equal(a.left, 0);
    assert.deepEqual(b.heard, [undefined, A]);
  });

  it('lets the earmuffed hear nobody, and be heard', () => {
    const [a, b] = [new Guest('a', A), new Guest('b', B)];
    const conversation = together(a, b);
    b.earmuffed = true;
    conversation.onFrameDue(0, 0);
    assert.deepEqual([a.heard, b.heard], [[B], [undefined]]);
  });

  it('keeps to who may speak to whom, and who may hear whom', () => {
    const [a, b, c] = [new Guest('a', A), new Guest('b', B), new Guest('c', C)];
    a.canSpeak = ['b'];
    c.canHear = ['a', 'b'];
    together(a, b, c).onFrameDue(0, 0);
    assert.deepEqual(a.heard, [pcm(320, -295)], 'c and b');
    assert.deepEqual(b.heard, [pcm(301, 105)], 'a, who speaks to b alone, and c');
    assert.deepEqual(c.heard, [B], 'not a, who does not speak to c');
  });

  it('lets an announcement, which is no leg, be heard by those alone who hear everybody', () => {
    const [announcement, a, b] = [new Guest(undefined, A), new Guest('a'), new Guest('b')];
    b.canHear = ['a'];
    together(announcement, a, b).onFrameDue(0, 0);
    assert.deepEqual([a.heard, b.heard], [[A], [undefined]]);
  });

  it('has each party once, and none that has left', () => {
    const [a, b] = [new Guest('a', A, A), new Guest('b')];
    const conversation = together(a, b, b);
    conversation.onFrameDue(0, 0);
    conversation.leave(a);
    conversation.onFrameDue(1, 20);
    assert.deepEqual([b.heard, a.left], [[A, undefined], 1]);
    assert.deepEqual(conversation.parties, [b]);
  });

  it('bears a party that leaves while it hears', () => {
    const a = new Guest('a', A, A);
    const b = new Guest('b');
    const conversation = together(a, b);
    a.hear = () => conversation.leave(b);
    conversation.onFrameDue(0, 0);
    conversation.onFrameDue(1, 20);
    assert.deepEqual(b.heard, [A]);
  });

  it('lets the clock go when it has ended', () => {
    const a = new Guest('a', A);
    const conversation = together(a);
    assert.equal(conversation.onFrameDue(0, 0), true);
    conversation.end();
    assert.equal(conversation.onFrameDue(1, 20), false);
    assert.equal(a.heard.length, 1);
  });
});

describe('silence', () => {
  it('is one frame of zeros, the same buffer each time', () => {
    for (const [rate, bytes] of [
      [8000, 320],
      [16_000, 640],
      [24_000, 960],
    ] as const) {
      assert.deepEqual(silence(rate), Buffer.alloc(bytes));
      assert.equal(silence(rate), silence(rate));
    }
  });
});
