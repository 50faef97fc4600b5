import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { CallAudio } from './audio-out.ts';
import { SourceReader } from './source-reader.ts';

const [ONE, TWO] = [Buffer.of(1), Buffer.of(2)];

/** A source that is told what to give, and notes what is asked of it. */
class Source implements AsyncIterableIterator<CallAudio> {
  reads = 0;
  returns = 0;
  readonly #steps: (() => Promise<IteratorResult<CallAudio>>)[];
  readonly #onReturn: () => Promise<IteratorResult<CallAudio>>;

  constructor(
    steps: (() => Promise<IteratorResult<CallAudio>>)[],
    onReturn: () => Promise<IteratorResult<CallAudio>> = async () => ({ done: true, value: undefined }),
  ) {
    this.#steps = steps;
    this.#onReturn = onReturn;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<CallAudio>> {
    const step = this.#steps[this.reads] ?? (async () => ({ done: true, value: undefined }));
    this.reads += 1;
    return step();
  }

  return(): Promise<IteratorResult<CallAudio>> {
    this.returns += 1;
    return this.#onReturn();
  }
}

const gives = (value: CallAudio) => async () => ({ done: false as const, value });
const hangs = () => new Promise<never>(() => {});
const throws = async () => {
  throw new Error('broken');
};

describe('SourceReader', () => {
  it('reads pieces one by one, of an array, a generator and an async generator', async () => {
    const generator = function* () {
      yield ONE;
      yield TWO;
    };
    const asyncGenerator = async function* () {
      yield ONE;
      yield TWO;
    };
    for (const pieces of [[ONE, TWO], generator(), asyncGenerator()]) {
      const reader = new SourceReader(pieces);
      assert.deepEqual([await reader.next(), await reader.next(), await reader.next()], [ONE, TWO, undefined]);
      assert.equal(reader.wasCut, false);
    }
  });

  it('reads no piece that was not asked for', async () => {
    const source = new Source([gives(ONE), gives(TWO)]);
    const reader = new SourceReader(source);
    assert.equal(source.reads, 0);
    assert.equal(await reader.next(), ONE);
    await turn();
    assert.equal(source.reads, 1);
  });

  it('is cut off while the source hangs', async () => {
    const source = new Source([gives(ONE), hangs]);
    const reader = new SourceReader(source);
    await reader.next();
    const next = reader.next();
    reader.cut();
    assert.equal(await next, undefined);
    assert.equal(reader.wasCut, true);
    reader.finish();
    assert.equal(source.returns, 1);
  });

  it('reads nothing once it is cut off, and gives nothing that comes after that', async () => {
    const { promise, resolve } = Promise.withResolvers<IteratorResult<CallAudio>>();
    const source = new Source([() => promise]);
    const reader = new SourceReader(source);
    const next = reader.next();
    resolve({ done: false, value: ONE });
    reader.cut();
    assert.equal(await next, undefined);
    assert.equal(await reader.next(), undefined);
    assert.equal(source.reads, 1);
  });

  it('throws what the source throws, also a source that fails while nobody waits any more', async () => {
    await assert.rejects(new SourceReader(new Source([throws])).next(), /broken/);
    const generator = (function* (): Generator<CallAudio> {
      yield ONE;
      throw new Error('broken');
    })();
    const reader = new SourceReader(generator);
    assert.equal(await reader.next(), ONE);
    await assert.rejects(reader.next(), /broken/);

    const { promise, reject } = Promise.withResolvers<IteratorResult<CallAudio>>();
    const cut = new SourceReader(new Source([() => promise]));
    const next = cut.next();
    cut.cut();
    assert.equal(await next, undefined);
    // It would be an unhandled rejection, with which the test fails.
    reject(new Error('later'));
    await turn();
  });

  it('lets go of a source by one `return`, of which it needs no answer', async () => {
    const badReturns = [hangs, throws, () => assert.fail('at once')];
    for (const onReturn of [undefined, ...badReturns]) {
      const source = new Source([gives(ONE)], onReturn);
      const reader = new SourceReader(source);
      await reader.next();
      reader.finish();
      await reader.finished;
      await turn();
      assert.equal(source.returns, 1);
    }
  });

  it('does not let go of a source that has come to its end', async () => {
    const source = new Source([gives(ONE)]);
    const reader = new SourceReader(source);
    while (await reader.next());
    reader.finish();
    await reader.finished;
    assert.deepEqual([source.reads, source.returns], [2, 0]);
  });

  it('ends a generator that has not been read to its end', async () => {
    let isClosed = false;
    const generator = (function* () {
      try {
        yield ONE;
        yield TWO;
      } finally {
        isClosed = true;
      }
    })();
    const reader = new SourceReader(generator);
    await reader.next();
    reader.finish();
    assert.equal(isClosed, true);
  });

  it('lets the next source begin when it is finished, and that one be cut off before', async () => {
    const [first, second, third] = [new SourceReader([ONE]), new SourceReader([TWO]), new SourceReader([TWO])];
    const order: string[] = [];
    const secondsTurn = second.orCut(first.finished).then(() => order.push('second'));
    const thirdsTurn = third.orCut(second.finished).then(() => order.push('third, cut off'));
    await turn();
    assert.equal(order.length, 0);
    third.cut();
    await thirdsTurn;
    order.push('first');
    first.finish();
    await secondsTurn;
    assert.deepEqual(order, ['third, cut off', 'first', 'second']);
    assert.deepEqual([second.wasCut, third.wasCut], [false, true]);
  });

  it('gives undefined at once for whatever is waited for after it was cut off', async () => {
    const reader = new SourceReader([ONE]);
    reader.cut();
    reader.cut();
    assert.equal(await reader.orCut(hangs()), undefined);
  });
});
