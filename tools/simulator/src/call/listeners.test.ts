import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Listeners } from './listeners.ts';

interface Events {
  rings: number;
  ends: string;
}

describe('listeners', () => {
  it('are told what they listen to, each, until they stop', () => {
    const listeners = new Listeners<Events>();
    const told: unknown[] = [];
    const stop = listeners.add('rings', (what) => told.push(['first', what]));
    listeners.add('rings', (what) => told.push(['second', what]));
    listeners.add('ends', (what) => told.push(what));
    listeners.tell('rings', 1);
    stop();
    stop();
    listeners.tell('rings', 2);
    listeners.tell('ends', 'over');
    assert.deepEqual(told, [['first', 1], ['second', 1], ['second', 2], 'over']);
  });

  it('may be none', () => {
    new Listeners<Events>().tell('rings', 1);
  });

  it('may stop, or be added, while they are told', () => {
    const listeners = new Listeners<Events>();
    const told: string[] = [];
    const stop = listeners.add('rings', () => {
      told.push('first');
      stop();
      listeners.add('rings', () => told.push('third'));
    });
    listeners.add('rings', () => told.push('second'));
    listeners.tell('rings', 1);
    assert.deepEqual(told, ['first', 'second']);
    listeners.tell('rings', 2);
    assert.deepEqual(told, ['first', 'second', 'second', 'third']);
  });

  it('that throw disturb nobody, and their error is nobody’s but the process’s', async () => {
    // In a process of its own, as a test runner takes such an error for a failure of the test.
    const program = `
      import { Listeners } from ${JSON.stringify(new URL('./listeners.ts', import.meta.url).href)};
      process.on('uncaughtException', (error) => console.log('uncaught: ' + error.message));
      const listeners = new Listeners();
      listeners.add('rings', () => { throw new Error('mine'); });
      listeners.add('rings', (what) => console.log('second: ' + what));
      listeners.tell('rings', 1);
      console.log('told');
    `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
    assert.equal(stdout, 'second: 1\ntold\nuncaught: mine\n');
  });
});
