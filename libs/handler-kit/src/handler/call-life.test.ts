import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CallLife } from './call-life.ts';
import { CallOverError } from './call-over-error.ts';

const turns = async (count: number) => {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
};

/** A wait that nothing has settled yet, what would settle it, and what it let go of. */
function waiting(life: CallLife) {
  const cancelled: string[] = [];
  let settle: { resolve: (value: string) => void; reject: (error: unknown) => void } | undefined;
  const promise = life.wait<string>((resolve, reject) => {
    settle = { resolve, reject };
    return () => void cancelled.push('cancelled');
  });
  assert.ok(settle, 'it begins at once');
  return { promise, cancelled, ...settle };
}

/** Rejections that nobody has heard of while something was done. */
async function unhandledIn(work: () => unknown): Promise<unknown[]> {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  const others = process.rawListeners('unhandledRejection') as ((...args: unknown[]) => void)[];
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', note);
  try {
    await work();
    await turns(3);
  } finally {
    process.off('unhandledRejection', note);
    for (const other of others) process.on('unhandledRejection', other);
  }
  return unhandled;
}

describe('CallLife', () => {
  it('lets what is waited for come true, or fail', async () => {
    const life = new CallLife();
    const good = waiting(life);
    const bad = waiting(life);
    good.resolve('heard');
    bad.reject(new RangeError('too long'));
    assert.equal(await good.promise, 'heard');
    await assert.rejects(bad.promise, new RangeError('too long'));
    assert.equal(life.isOver, false);
  });

  it('takes an answer that is there before the wait has begun', async () => {
    const life = new CallLife();
    assert.equal(
      await life.wait<number>((resolve) => {
        resolve(5);
        return undefined;
      }),
      5,
    );
  });

  it('rejects all that waits when it ends, and lets go of what that has set', async () => {
    const life = new CallLife();
    const waits = [waiting(life), waiting(life)];
    const withoutCancel = life.wait(() => undefined);
    life.end();
    assert.equal(life.isOver, true);
    for (const { promise, cancelled } of waits) {
      await assert.rejects(promise, new CallOverError());
      assert.deepEqual(cancelled, ['cancelled']);
    }
    await assert.rejects(withoutCancel, new CallOverError());
  });

  it('lets go of things before anybody hears of the end', async () => {
    const life = new CallLife();
    const order: string[] = [];
    const wait = life.wait(() => () => void order.push('cancelled'));
    const heard = wait.catch(() => order.push('rejected'));
    life.end();
    await heard;
    assert.deepEqual(order, ['cancelled', 'rejected']);
  });

  it('holds nothing of a wait that has settled: its end is not the life’s business any more', async () => {
    const life = new CallLife();
    const good = waiting(life);
    const bad = waiting(life);
    good.resolve('heard');
    bad.reject(new Error('broken'));
    life.end();
    assert.deepEqual([good.cancelled, bad.cancelled], [[], []]);
    assert.equal(await good.promise, 'heard');
    await assert.rejects(bad.promise, /broken/);
  });

  it('ends once: what settles afterwards changes nothing', async () => {
    const life = new CallLife();
    const wait = waiting(life);
    life.end();
    life.end();
    wait.resolve('late');
    wait.reject(new Error('late'));
    await assert.rejects(wait.promise, new CallOverError());
    assert.deepEqual(wait.cancelled, ['cancelled']);
  });

  it('answers ten waits after its end, and begins none of them', async () => {
    const life = new CallLife();
    life.end();
    for (let wait = 1; wait <= 10; wait++) {
      await assert.rejects(
        life.wait(() => assert.fail('begun')),
        new CallOverError(),
      );
    }
  });

  it('leaves the eleventh wait after its end, and those that follow, as they are', async () => {
    const life = new CallLife();
    life.end();
    for (let wait = 1; wait <= 10; wait++) void life.wait(() => undefined);
    const settled: string[] = [];
    for (const name of ['eleventh', 'twelfth']) {
      const note = () => void settled.push(name);
      life.wait(() => assert.fail('begun')).then(note, note);
    }
    await turns(10);
    assert.deepEqual(settled, []);
  });

  it('brings a loop that catches everything to a stand', async () => {
    const life = new CallLife();
    let rounds = 0;
    const loop = async () => {
      for (;;) {
        rounds += 1;
        await life.wait(() => undefined).catch(() => {});
      }
    };
    void loop();
    life.end();
    await turns(50);
    // The one that waited at the end, ten that were answered, and the one that is not.
    assert.equal(rounds, 12);
  });

  it('is no unhandled rejection where nobody listens', async () => {
    const unhandled = await unhandledIn(() => {
      const life = new CallLife();
      waiting(life);
      waiting(life).reject(new Error('broken'));
      life.end();
      void life.wait(() => undefined);
    });
    assert.deepEqual(unhandled, []);
    // What would be one is seen.
    assert.equal((await unhandledIn(() => void Promise.reject(new Error('unheard')))).length, 1);
  });
});
