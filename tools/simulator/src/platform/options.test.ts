import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkOptions, type SimulatorOptions, usualEventUrl, webUrl } from './options.ts';
import { Platform } from './platform.ts';

const answerUrl = 'http://127.0.0.1:3000/webhooks/answer';
const check = (more: Partial<SimulatorOptions> | Readonly<Record<string, unknown>>) =>
  checkOptions({ answerUrl, ...more } as SimulatorOptions);

describe('the options of a simulator', () => {
  it('need no more than an answer URL', () => {
    const platform = new Platform({ answerUrl });
    assert.deepEqual([platform.answerMethod, platform.fallbackUrl], ['GET', undefined]);
    assert.equal(platform.applicationEvents.url.href, 'http://127.0.0.1:3000/webhooks/events');
    assert.equal(platform.applicationEvents.method, 'POST');
  });

  for (const [more, name, message] of [
    [{ sampleRateHz: 44_100 }, 'RangeError', 'sampleRateHz: 44100 is not one of 8000, 16000, 24000'],
    [{ answerMethod: 'PUT' }, 'TypeError', 'answerMethod: PUT is neither GET nor POST'],
    [{ eventMethod: 'post' }, 'TypeError', 'eventMethod: post is neither GET nor POST'],
    [{ limits: { connectMs: 299 } }, 'RangeError', 'limits.connectMs: 299 is not from 300 to 1000'],
    [{ limits: { connectMs: 1001 } }, 'RangeError', 'limits.connectMs: 1001 is not from 300 to 1000'],
    [{ limits: { answerMs: 999 } }, 'RangeError', 'limits.answerMs: 999 is not from 1000 to 5000'],
    [{ limits: { answerMs: 5001 } }, 'RangeError', 'limits.answerMs: 5001 is not from 1000 to 5000'],
    [{ limits: { eventMs: 999 } }, 'RangeError', 'limits.eventMs: 999 is not from 1000 to 10000'],
    [{ limits: { eventMs: 10_001 } }, 'RangeError', 'limits.eventMs: 10001 is not from 1000 to 10000'],
    [{ limits: { answerMs: Number.NaN } }, 'RangeError', 'limits.answerMs: NaN is not from 1000 to 5000'],
    [{ limits: { replyMs: 1000 } }, 'TypeError', 'limits.replyMs: is none of connectMs, answerMs, eventMs'],
    [{ talkCharactersPerSecond: 0 }, 'RangeError', 'talkCharactersPerSecond: 0 is not a positive number'],
    [{ talkCharactersPerSecond: Number.NaN }, 'RangeError', 'talkCharactersPerSecond: NaN is not a positive number'],
    [{ signing: { secret: '' } }, 'TypeError', 'signing.secret: is empty'],
    [{ eventDelays: { lateMs: -1 } }, 'RangeError', 'eventDelays.lateMs: -1 is not a number of milliseconds from 0'],
    [
      { eventDelays: { lateMs: Number.POSITIVE_INFINITY } },
      'RangeError',
      'eventDelays.lateMs: Infinity is not a number of milliseconds from 0',
    ],
    [{ eventDelays: { times: 0 } }, 'RangeError', 'eventDelays.times: 0 is not a whole number from 1'],
    [{ eventDelays: { times: 1.5 } }, 'RangeError', 'eventDelays.times: 1.5 is not a whole number from 1'],
  ] as const) {
    it(`are refused: ${message}`, () => assert.throws(() => check(more), { name, message }));
  }

  it('are taken at both ends of their ranges', () => {
    check({ limits: { connectMs: 300, answerMs: 1000, eventMs: 1000 } });
    check({ limits: { connectMs: 1000, answerMs: 5000, eventMs: 10_000 } });
    check({ talkCharactersPerSecond: Number.POSITIVE_INFINITY, eventDelays: { lateMs: 0, times: 1 } });
  });

  it('may have a connection take 3 s where the rules say so', () => {
    const rules = new RuleSettings({ '1.3.2': '3000' });
    check({ rules, limits: { connectMs: 3000 } });
    assert.throws(() => check({ rules, limits: { connectMs: 3001 } }), { message: /is not from 300 to 3000$/ });
  });

  for (const name of ['answerUrl', 'eventUrl', 'fallbackUrl'] as const) {
    it(`need ${name} to be an address of the web`, () => {
      for (const value of ['nowhere', '', 'ws://127.0.0.1/', 'file:///answer', '/webhooks/answer']) {
        const message = `${name}: ${value} is not an http(s) URL`;
        assert.throws(() => new Platform({ answerUrl, [name]: value }), { name: 'TypeError', message });
      }
    });
  }

  it('take an address as a text or as a URL, with http or https', () => {
    assert.equal(webUrl('answerUrl', new URL('https://a.example/x')).href, 'https://a.example/x');
    assert.equal(webUrl('answerUrl', 'HTTP://a.example').href, 'http://a.example/');
  });
});

describe('the event URL that is not given', () => {
  for (const [answer, events] of [
    ['http://a.example/webhooks/answer?x=1', 'http://a.example/webhooks/events'],
    ['http://a.example/answer', 'http://a.example/events'],
    ['http://a.example/', 'http://a.example/webhooks/event'],
    ['http://a.example/answers', 'http://a.example/webhooks/event'],
  ] as const) {
    it(`is ${events} beside ${answer}`, () => assert.equal(usualEventUrl(new URL(answer)).href, events));
  }
});
