import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lastOf, type MessageCounter, messageRange } from './message-range.ts';

const ALL = { since: undefined, until: undefined };

/** A stream whose matching messages have these sequences; message `n` was stored `n` seconds after 1970. */
class Stream implements MessageCounter {
  questions = 0;
  readonly #matching: readonly number[];
  readonly #first: number;
  readonly #last: number;

  constructor(matching: readonly number[], { first = 1, last = Math.max(0, ...matching) } = {}) {
    this.#matching = matching;
    this.#first = first;
    this.#last = last;
  }

  async state() {
    return { first_seq: this.#first, last_seq: this.#last };
  }

  async sequenceAt(time: Date) {
    return Math.min(Math.max(time.getTime() / 1000, this.#first), this.#last + 1);
  }

  async count(from: number) {
    this.questions += 1;
    return this.#matching.filter((sequence) => sequence >= from).length;
  }
}

const seconds = (n: number) => new Date(n * 1000);

describe('a range of messages', () => {
  it('is the whole stream where no time is given', async () => {
    assert.deepEqual(await messageRange(new Stream([2, 3, 7], { last: 9 }), ALL, ['x']), {
      from: 1,
      before: 10,
      subjects: ['x'],
      total: 3,
    });
  });

  it('begins at a time, and ends before one', async () => {
    const stream = new Stream([2, 3, 7], { last: 9 });
    const of = async (since?: number, until?: number) => {
      const times = {
        since: since === undefined ? since : seconds(since),
        until: until === undefined ? until : seconds(until),
      };
      return (await messageRange(stream, times, []))?.total;
    };
    assert.equal(await of(3), 2);
    assert.equal(await of(4), 1);
    assert.equal(await of(undefined, 7), 2);
    assert.equal(await of(3, 7), 1);
    assert.equal(await of(4, 7), 0);
    assert.equal(await of(100), 0);
    assert.equal(await of(undefined, 100), 3);
  });

  it('is none where there is no stream, and has nothing in an empty one', async () => {
    const none: MessageCounter = { state: async () => undefined, sequenceAt: async () => 1, count: async () => 0 };
    assert.equal(await messageRange(none, ALL, []), undefined);
    assert.equal((await messageRange(new Stream([]), ALL, []))?.total, 0);
  });
});

describe('the last of a range', () => {
  it('are as many as were asked for, or all', async () => {
    const sequences = fc.uniqueArray(fc.integer({ min: 1, max: 500 })).map((all) => all.sort((a, b) => a - b));
    await fc.assert(
      fc.asyncProperty(
        sequences,
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 520 }),
        async (all, limit, until) => {
          const stream = new Stream(all, { last: 510 });
          const range = await messageRange(stream, { since: undefined, until: seconds(until) }, []);
          assert.ok(range);
          const last = await lastOf(stream, range, limit);
          const found = all.filter((sequence) => sequence >= last.from && sequence < last.before);
          assert.deepEqual(found, all.filter((sequence) => sequence < until).slice(-limit));
          assert.equal(last.total, found.length);
        },
      ),
    );
  });

  it('are found with few questions, wherever they are', async () => {
    const millions = { last: 5_000_000 };
    for (const matching of [
      Array.from({ length: 60 }, (_, i) => i + 1),
      Array.from({ length: 60 }, (_, i) => 2_345_678 + i * 10),
      Array.from({ length: 60 }, (_, i) => 4_999_900 + i),
    ]) {
      const stream = new Stream(matching, millions);
      const range = await messageRange(stream, ALL, []);
      assert.ok(range);
      assert.equal((await lastOf(stream, range, 50)).from, matching[10]);
      assert.ok(stream.questions < 80, `${stream.questions} questions`);
    }
  });
});
