import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PlayOutBuffer } from './play-out-buffer.ts';

const frame = (number: number): Buffer => Buffer.from(Uint32Array.of(number).buffer);

/** What the buffer is to do, in as few words as possible: a list from which one frame is taken a tick. */
class Model {
  readonly #capacity: number;
  #list: (Buffer | string)[] = [];
  readonly ticks: boolean[] = [];
  readonly fired: string[] = [];

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get frames(): number {
    return this.#list.filter((item) => Buffer.isBuffer(item)).length;
  }

  add(added: Buffer): boolean {
    const fits = this.frames < this.#capacity;
    if (fits) this.#list.push(added);
    return fits;
  }

  /** A frame that was taken in the last tick is still being played. */
  mark(name: string): void {
    if (this.frames === 0 && !this.ticks.at(-1)) this.fired.push(name);
    else if (this.#list.length - this.frames < this.#capacity) this.#list.push(name);
  }

  clear(): string[] {
    const markers = this.#list.filter((item) => typeof item === 'string');
    this.#list = [];
    return markers;
  }

  next(): Buffer | undefined {
    while (typeof this.#list[0] === 'string') this.fired.push(String(this.#list.shift()));
    const played = this.#list.shift() as Buffer | undefined;
    this.ticks.push(played !== undefined);
    return played;
  }

  /** Runs of ticks without a frame between two with one. */
  get gaps(): number[] {
    const text = this.ticks.map((played) => (played ? 'x' : '.')).join('');
    return [...text.matchAll(/(?<=x)\.+(?=x)/g)].map(([run]) => run.length * 20);
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('add' as const), count: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('next' as const), count: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 2, arbitrary: fc.constant({ does: 'mark' as const, count: 1 }) },
  { weight: 1, arbitrary: fc.constant({ does: 'clear' as const, count: 1 }) },
);

describe('the play-out buffer', () => {
  it('does what a plain list does, whatever is asked of it', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.constantFrom(1, 5, 1000), (steps, capacity) => {
        const buffer = new PlayOutBuffer(capacity);
        const model = new Model(capacity);
        const fired: string[] = [];
        let number = 0;
        let overflowed = 0;
        let cleared = 0;
        let most = 0;
        const act = (does: 'add' | 'next' | 'mark' | 'clear'): void => {
          number++;
          if (does === 'add') {
            const fits = model.add(frame(number));
            assert.equal(buffer.add(frame(number)), fits);
            if (!fits) overflowed++;
            most = Math.max(most, model.frames);
          } else if (does === 'next') {
            assert.deepEqual(buffer.next(), model.next());
          } else if (does === 'mark') {
            const name = `mark ${number}`;
            model.mark(name);
            buffer.mark(() => fired.push(name));
          } else {
            cleared += model.frames;
            // Fired here so that it shows which they are; the model knows them by name.
            model.fired.push(...model.clear());
            model.ticks.push(false);
            for (const onPlayed of buffer.clear()) onPlayed();
            assert.equal(buffer.next(), undefined);
          }
          assert.equal(buffer.frames, model.frames);
        };
        for (const { does, count } of steps) for (let k = 0; k < count; k++) act(does);
        assert.deepEqual(fired, model.fired);
        const { played, gapCount, longestGapMs, longestMs } = buffer;
        assert.deepEqual([buffer.overflowed, buffer.cleared], [overflowed, cleared]);
        assert.equal(played, model.ticks.filter((isPlayed) => isPlayed).length);
        assert.deepEqual([gapCount, longestGapMs], [model.gaps.length, Math.max(0, ...model.gaps)]);
        assert.equal(longestMs, most * 20);
      }),
    );
  });

  it('takes as many frames as it is long, and not one more', () => {
    const buffer = new PlayOutBuffer(3072);
    for (let k = 0; k < 3072; k++) assert.equal(buffer.add(frame(k)), true);
    assert.equal(buffer.add(frame(3072)), false);
    assert.deepEqual([buffer.frames, buffer.overflowed, buffer.longestMs], [3072, 1, 61_440]);
    assert.deepEqual(buffer.next(), frame(0));
    assert.equal(buffer.add(frame(3073)), true);
    const rest = Array.from({ length: 3072 }, () => buffer.next()?.readUInt32LE());
    assert.deepEqual([rest[0], rest[3070], rest[3071]], [1, 3071, 3073]);
  });

  it('tells of a marker at once where nothing is played, and else when the frame before it is through', () => {
    const told: string[] = [];
    const buffer = new PlayOutBuffer(10);
    buffer.mark(() => told.push('silent'));
    assert.deepEqual(told, ['silent']);
    buffer.add(frame(1));
    buffer.mark(() => told.push('behind one'));
    buffer.next();
    buffer.mark(() => told.push('while it is played'));
    assert.deepEqual(told, ['silent']);
    buffer.next();
    assert.deepEqual(told, ['silent', 'behind one', 'while it is played']);
  });

  it('counts no gap before the first frame, nor after the last', () => {
    const buffer = new PlayOutBuffer(10);
    for (let k = 0; k < 3; k++) buffer.next();
    buffer.add(frame(1));
    buffer.next();
    for (let k = 0; k < 5; k++) buffer.next();
    assert.deepEqual([buffer.gapCount, buffer.longestGapMs], [0, 0]);
    buffer.add(frame(2));
    buffer.next();
    assert.deepEqual([buffer.gapCount, buffer.longestGapMs], [1, 100]);
  });

  it('has room for as many marks as for frames, and for no more', () => {
    const buffer = new PlayOutBuffer(2);
    buffer.add(frame(1));
    const told: number[] = [];
    assert.deepEqual(
      [1, 2, 3].map((mark) => buffer.mark(() => void told.push(mark))),
      [true, true, false],
    );
    buffer.next();
    buffer.next();
    assert.deepEqual(told, [1, 2]);
  });
});
