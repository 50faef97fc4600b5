import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { commonFields, integer, url } from './fields.ts';

describe('a whole number in the environment', () => {
  const percent = integer({ min: 0, max: 100 });

  it('is taken at both ends of its range, and not beyond', () => {
    assert.deepEqual(
      ['0', '100', '007'].map((text) => percent.parse(text)),
      [0, 100, 7],
    );
    assert.equal(integer({ min: -5, max: 5 }).parse('-5'), -5);
    for (const text of ['-1', '101']) assert.equal(percent.safeParse(text).success, false, text);
  });

  it('is decimal digits and nothing else', () => {
    for (const text of [
      '',
      ' ',
      ' 5',
      '5 ',
      '5.0',
      '1e1',
      '0x10',
      '+5',
      '5;',
      '٥',
      'NaN',
      'Infinity',
      '1'.repeat(16),
    ]) {
      assert.equal(percent.safeParse(text).success, false, JSON.stringify(text));
    }
  });

  it('is what it was written as', () => {
    const any = integer({ min: -(10 ** 15) + 1, max: 10 ** 15 - 1 });
    fc.assert(
      fc.property(fc.integer({ min: -(10 ** 15) + 1, max: 10 ** 15 - 1 }), (value) => {
        assert.equal(any.parse(String(value)), value);
      }),
    );
  });

  it('is explained by its range', () => {
    assert.match(percent.safeParse('abc').error?.message ?? '', /must be a whole number from 0 to 100/);
  });
});

describe('a URL in the environment', () => {
  const nats = url('nats', 'tls');

  it('is taken with one of its schemes', () => {
    assert.equal(nats.parse('nats://nats:4222'), 'nats://nats:4222');
    assert.equal(nats.parse('tls://user:secret@nats:4222'), 'tls://user:secret@nats:4222');
  });

  it('is refused with any other, or where it is no URL', () => {
    for (const text of [
      '',
      'nats',
      'nats:4222',
      'nats://',
      'http://nats:4222',
      '//nats',
      'nats://[',
      'javascript:alert(1)',
    ]) {
      assert.equal(nats.safeParse(text).success, false, text);
    }
  });

  it('is not repeated when it is refused: it may have a password', () => {
    const { error } = nats.safeParse('http://user:secret@nats');
    assert.doesNotMatch(String(error), /secret/);
    assert.match(String(error), /must be a URL that begins with nats:\/\/ or tls:\/\//);
  });
});

describe('what every service takes', () => {
  it('knows the log levels by name', () => {
    assert.equal(commonFields.LOG_LEVEL.parse(undefined), 'info');
    assert.equal(commonFields.LOG_LEVEL.parse('silent'), 'silent');
    assert.match(String(commonFields.LOG_LEVEL.safeParse('loud').error), /must be one of trace, debug/);
  });
});
