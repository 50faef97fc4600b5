import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { callRetentionSeconds, commonFields, integer, redisUrl, url, urls } from './fields.ts';
import { describe as descriptionOf } from './load-config.ts';

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

  it('is taken with what stands for any other character in its user and password', () => {
    for (const text of ['nats://u%40:p%25%C3%A4@nats', 'nats://%3A@nats', 'nats://:%2F@nats', 'nats://nats/%zz']) {
      assert.equal(nats.parse(text), text);
      assert.deepEqual(urls('nats').parse(text), [text]);
    }
  });

  it('is refused where its user or password cannot be read: whoever connects would fail without a word of it', () => {
    for (const text of [
      'nats://u:%zzsecret@nats',
      'nats://%zzsecret@nats',
      'nats://secret:100%@nats',
      'nats://%C3@nats',
    ]) {
      for (const field of [nats, urls('nats'), urls('nats', 'tls')]) {
        const { error } = field.safeParse(text);
        assert.match(String(error), /must have its user and password percent-encoded: a percent sign is %25/, text);
        assert.doesNotMatch(String(error), /secret|%zz|100%|%C3/);
      }
    }
    const { error } = urls('nats').safeParse('nats://u:%zz@a,nats://u:%zz@b');
    assert.match(String(error), /a percent sign is %25/);
  });
});

describe('what every service takes', () => {
  it('knows the log levels by name', () => {
    assert.equal(commonFields.LOG_LEVEL.parse(undefined), 'info');
    assert.equal(commonFields.LOG_LEVEL.parse('silent'), 'silent');
    assert.match(String(commonFields.LOG_LEVEL.safeParse('loud').error), /must be one of trace, debug/);
  });
});

describe('what several services take, each for a purpose of its own', () => {
  it('has one default and one range, and says its purpose', () => {
    const redis = redisUrl('where metrics go');
    assert.equal(redis.parse(undefined), 'redis://127.0.0.1:6379');
    assert.equal(redis.parse('rediss://user:pw@example.com/1'), 'rediss://user:pw@example.com/1');
    assert.equal(redis.safeParse('http://redis').success, false);
    assert.equal(descriptionOf(redis), 'where metrics go, e.g. redis://127.0.0.1:6379');

    const retention = callRetentionSeconds('seconds that it is kept');
    assert.equal(retention.parse(undefined), 86_400);
    for (const text of ['0', '31536001']) assert.equal(retention.safeParse(text).success, false, text);
    assert.equal(descriptionOf(retention), 'seconds that it is kept, e.g. 86400');
  });
});
