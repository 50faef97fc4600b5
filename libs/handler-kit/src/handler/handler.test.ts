import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { z } from 'zod';
import { defineHandler, type Handler, isHandler } from './handler.ts';

const none = () => {};

/** The same module once more, as a package with a kit of its own would have it. */
const anotherKit = (): Promise<typeof import('./handler.ts')> =>
  import(new URL('./handler.ts?another', import.meta.url).href);

describe('defineHandler', () => {
  it('gives back all that it was given, frozen', () => {
    const definition = {
      name: 'full',
      settings: { GREETING: z.string() },
      state: () => 1,
      onStart: none,
      onAudio: none,
      onDtmf: none,
      onText: none,
      onSent: none,
      onCleared: none,
      onEnd: none,
    };
    const handler = defineHandler(definition);
    assert.deepEqual({ ...handler, ...definition }, { ...handler });
    assert.ok(Object.isFrozen(handler));
    assert.throws(() => Object.assign(handler, { name: 'other' }), TypeError);
  });

  it('leaves the definition alone', () => {
    const definition = { name: 'mine', onStart: none };
    defineHandler(definition);
    assert.ok(!Object.isFrozen(definition));
    assert.deepEqual(Reflect.ownKeys(definition), ['name', 'onStart']);
  });

  it('takes names of 1 to 40 lower-case letters, digits and dashes, a letter first', () => {
    for (const name of ['a', 'a-1', 'voice-mail-2', 'a'.repeat(40), 'a-']) {
      assert.equal(defineHandler({ name }).name, name);
    }
  });

  it('refuses an object of a class, whose functions it would not find', () => {
    class Bot {
      readonly name = 'bot';
      onStart() {}
    }
    assert.throws(() => defineHandler(new Bot()), { name: 'TypeError', message: /^handler bot: .* plain object/ });
    const bare = Object.assign(Object.create(null) as { name: string }, { name: 'bare' });
    assert.equal(defineHandler(bare).name, 'bare');
  });

  it('refuses any other name, and says what one looks like and what came', () => {
    for (const name of ['', 'A', 'Echo', '1a', '-a', 'a_b', 'a b', 'a.b', '../a', 'a\n', 'ä', 'a'.repeat(41)]) {
      assert.throws(() => defineHandler({ name }), {
        name: 'TypeError',
        message: `a handler's name has lower-case letters, digits and dashes, 40 at most, a letter first: not ${JSON.stringify(name)}`,
      });
    }
    for (const name of [undefined, null, 5, ['a']]) {
      // @ts-expect-error: what a handler of plain JavaScript may say.
      assert.throws(() => defineHandler({ name }), {
        name: 'TypeError',
        message: new RegExp(`not ${JSON.stringify(name)?.replace(/[[\]]/g, '\\$&')}$`),
      });
    }
  });

  it('refuses keys that mean nothing, and says which there are', () => {
    assert.throws(
      // @ts-expect-error: a slip of the pen.
      () => defineHandler({ name: 'slip', onDTMF: none, onAudio: none, finish: none }),
      {
        name: 'TypeError',
        message:
          'handler slip: there is no onDTMF, finish; there are: name, settings, state, onStart, onAudio, onDtmf, onText, ' +
          'onSent, onCleared, onEnd',
      },
    );
  });

  it('finds the types of state and settings', () => {
    const handler: Handler = defineHandler({
      name: 'typed',
      settings: { PITCH_HZ: z.coerce.number().default(440) },
      state: (call) => {
        call.settings.PITCH_HZ satisfies number;
        call.state satisfies undefined;
        return { heard: [] as Buffer[] };
      },
      onAudio({ state, settings }, frame) {
        state.heard.push(frame);
        settings.PITCH_HZ.toFixed();
        // @ts-expect-error: there is no such state.
        state.said;
        // @ts-expect-error: there is no such setting.
        settings.PITCH;
        // @ts-expect-error: a number has no letters.
        settings.PITCH_HZ.toUpperCase();
      },
      onDtmf(call, { digit }) {
        // @ts-expect-error: what state made is changed, not replaced.
        call.state = { heard: [] };
        // @ts-expect-error: there is no such key.
        return void (digit === 'A');
      },
    });
    assert.equal(handler.name, 'typed');
    defineHandler({ name: 'bare', onStart: ({ state }) => void (state satisfies undefined) });
  });
});

describe('isHandler', () => {
  it('knows what defineHandler made, in this copy of the kit or in another', async () => {
    const other = await anotherKit();
    assert.notEqual(other.defineHandler, defineHandler);
    assert.ok(isHandler(defineHandler({ name: 'mine' })));
    assert.ok(isHandler(other.defineHandler({ name: 'theirs' })));
    assert.ok(other.isHandler(defineHandler({ name: 'mine' })));
  });

  it('takes nothing else for one', () => {
    const lookalike = { name: 'echo', onAudio: none };
    const values = [lookalike, { [Symbol('kodama.handler')]: true }, { [Symbol.for('kodama.handler')]: 1 }, none];
    for (const value of [...values, null, undefined, 'echo', 5, []]) assert.equal(isHandler(value), false);
  });
});
