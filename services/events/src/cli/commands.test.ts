import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, it } from 'node:test';
import type { Command } from './command.ts';
import { deadLettersCommand } from './dead-letters-command.ts';
import { listCommand } from './list-command.ts';
import { Output } from './output.ts';
import { replayCommand } from './replay-command.ts';
import { showCommand } from './show-command.ts';
import { tailCommand } from './tail-command.ts';
import { UsageError } from './usage-error.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  tail: tailCommand,
  list: listCommand,
  show: showCommand,
  replay: replayCommand,
  'dead-letters': deadLettersCommand,
};

/** Runs a command as far as it comes without a setting of its own. */
async function run([name = '', ...args]: readonly string[]): Promise<{ code: number; stdout: string }> {
  const stdout = new PassThrough();
  const { signal } = new AbortController();
  const command = COMMANDS[name];
  assert.ok(command);
  const code = await command(args, {
    config: () => {
      throw new Error('the command asked for its settings');
    },
    output: new Output(stdout, signal, () => {}),
    note: (note) => assert.fail(note),
    signal,
    now: new Date('2026-11-28T10:00:00Z'),
  });
  stdout.end();
  return { code, stdout: await text(stdout) };
}

for (const name of Object.keys(COMMANDS)) {
  describe(`events ${name}`, () => {
    it('explains itself', async () => {
      const { code, stdout } = await run([name, '--help']);
      assert.equal(code, 0);
      assert.match(stdout, new RegExp(`^Usage: npm run events -- ${name} `, 'm'));
    });
  });
}

describe('a command line of events', () => {
  it('says in the help of show that it prints numbers', async () => {
    assert.match((await run(['show', '-h'])).stdout, /WITH CALLERS' NUMBERS/);
  });

  for (const [args, hint] of [
    [['list', '--cal', 'x'], /^Unknown option '--cal'; --help lists the options$/],
    [['list', 'x'], /^Unexpected argument 'x'/],
    [['list', '--limit'], /^Option '--limit <value>' argument missing; --help lists/],
    [['list', '--kind', 'answerd'], /^--kind answerd: there is no such kind; there are started, /],
    [['list', '--since', 'noon'], /^--since noon: neither a time ago, as 30s/],
    [['list', '--since', '1h', '--until', '2h'], /^--since 1h: is not before --until 2h$/],
    [['list', '--limit', '0'], /^--limit 0: not a whole number from 1/],
    [['list', '--call', ''], /^--call: is empty; it takes a conversation/],
    [['tail', '--until', '1h'], /^Unknown option '--until'/],
    [['tail', '--limit', '1'], /^Unknown option '--limit'/],
    [['show'], /^show: needs the sequence/],
    [['show', '1', '2'], /^show: one at a time, 2 is one too many$/],
    [['replay'], /^replay: needs either a filter, or --all/],
    [['replay', '--dead-letters'], /^replay: needs either a filter, or --all/],
    [['replay', '--all', '--since', '1h'], /^replay: needs either a filter, or --all/],
    [['dead-letters', 'dorp'], /^Unexpected argument 'dorp'/],
    [['dead-letters', 'drop'], /^dead-letters drop: needs the sequences/],
    [['dead-letters', 'drop', '1', '--all'], /^dead-letters drop: needs the sequences/],
    [['dead-letters', 'drop', 'x'], /^dead-letters drop x: not a whole number/],
  ] as const) {
    it(`refuses "${args.join(' ')}" with a hint, before it asks for anything`, async () => {
      await assert.rejects(run(args), (error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, hint);
        assert.ok(!error.message.includes('\n'));
        return true;
      });
    });
  }
});
