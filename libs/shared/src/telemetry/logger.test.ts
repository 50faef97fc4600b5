import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createLogger } from './logger.ts';

/** The line that logging these fields at `error` comes to. */
function lineOf(fields: object): Record<string, unknown> & { err?: Record<string, unknown> } {
  let line = '';
  const write = (text: string) => {
    line += text;
  };
  createLogger('events', 'info', { write }).error(fields, 'broken');
  return JSON.parse(line);
}

describe('a log line', () => {
  it('has its level by name, the service, the time in UTC and no more than it was given', () => {
    const { time, ...rest } = lineOf({ code: 'X' });
    assert.deepEqual(rest, { level: 'error', service: 'events', code: 'X', msg: 'broken' });
    assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  it('has of an error its type, message, code, stack and cause', () => {
    const cause = Object.assign(new TypeError('inner'), { code: 'ECONNREFUSED' });
    const { err } = lineOf({ err: new Error('outer', { cause }) });
    assert.deepEqual([err?.type, err?.message], ['Error', 'outer']);
    assert.match(String(err?.stack), /^Error: outer\n {4}at /);
    const inner = err?.cause as Record<string, unknown>;
    assert.deepEqual([inner.type, inner.message, inner.code], ['TypeError', 'inner', 'ECONNREFUSED']);
  });

  it('has nothing else of it, at any depth: a client’s error may carry the command that failed, with its password', () => {
    // As ioredis does it.
    const command = { name: 'hello', args: ['3', 'AUTH', 'kodama', 's3cr3t'] };
    const refused = Object.assign(new Error('WRONGPASS'), { command, code: command, toJSON: () => command });
    const several = new AggregateError([refused], 'several', { cause: refused });
    for (const err of [
      refused,
      several,
      new Error('outer', { cause: several }),
      new Error('outer', { cause: command }),
    ]) {
      assert.doesNotMatch(JSON.stringify(lineOf({ err })), /s3cr3t/);
    }
  });

  it('is written whatever was thrown', () => {
    const circular = new Error('circular');
    circular.cause = circular;
    assert.equal(lineOf({ err: circular }).err?.message, 'circular');
    for (const thrown of ['text', 7, null, undefined, Symbol('s'), { secret: 's3cr3t' }, Object.create(null)]) {
      const line = lineOf({ err: thrown });
      assert.equal(line.msg, 'broken');
      assert.doesNotMatch(JSON.stringify(line), /s3cr3t/);
    }
    assert.equal(lineOf({ err: 'text' }).err, 'text');
  });
});
