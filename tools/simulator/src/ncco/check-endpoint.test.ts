import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';

const check = (endpoint: unknown) =>
  checkNcco([{ action: 'connect', randomFromNumber: true, endpoint: [endpoint] }], new RuleSettings());
const found = (endpoint: unknown) => check(endpoint).complaints.map(({ rule, path }) => [rule, path]);
const endpointOf = (endpoint: unknown) => {
  const action = check(endpoint).actions?.[0];
  return action?.action === 'connect' ? action.endpoint : undefined;
};
const at = '[0].endpoint[0]';

describe('an endpoint', () => {
  it('is an object of a known type', () => {
    assert.deepEqual(check('phone').complaints.map(complaintText), [`${at}: "phone" is not an object [rule 2.5.1]`]);
    assert.deepEqual(check({ type: 'pigeon', coop: 1 }).complaints.map(complaintText), [
      `${at}.type: "pigeon" is not one of phone, app, websocket, sip, vbc [rule 2.5.1]`,
    ]);
    assert.deepEqual(found({}), [['2.5.1', `${at}.type`]]);
  });

  it('is not noted for its keys where its type is not known', () => {
    assert.deepEqual(check({ type: 'pigeon', coop: 1 }).notes, []);
    assert.deepEqual(check({ type: 'app', user: 'kim', coop: 1 }).notes, [`${at}.coop: is not a known key here`]);
  });

  it('keeps what it was given', () => {
    const onAnswer = { url: 'https://a.example/whisper', ringbackTone: 'https://a.example/r.mp3' };
    assert.deepEqual(
      endpointOf({ type: 'phone', number: '447700900001', dtmfAnswer: '1p2*#', onAnswer, shaken: 'x' }),
      {
        type: 'phone',
        number: '447700900001',
        dtmfAnswer: '1p2*#',
        onAnswerUrl: 'https://a.example/whisper',
      },
    );
    assert.deepEqual(endpointOf({ type: 'app', user: 'kim' }), { type: 'app', user: 'kim' });
    assert.deepEqual(endpointOf({ type: 'vbc', extension: '123' }), { type: 'vbc', extension: '123' });
    const headers = { tenant: '7' };
    const standardHeaders = { 'User-to-User': '3d2a;encoding=hex' };
    assert.deepEqual(endpointOf({ type: 'sip', uri: 'sip:kim@sip.example.com', headers, standardHeaders }), {
      type: 'sip',
      uri: 'sip:kim@sip.example.com',
    });
  });

  const url = 'https://a.example/';
  const table: [rule: string, type: string, key: string, right: unknown[], wrong: unknown[]][] = [
    ['2.5.17', 'phone', 'number', ['1234567', '1'.repeat(15)], [undefined, '123456', '1'.repeat(16), 1234567]],
    ['2.5.17', 'phone', 'number', [], ['+1234567', '1234 567', '']],
    ['2.5.17', 'phone', 'dtmfAnswer', ['0123456789*#p'], ['', 'w1', '1P', 5]],
    ['2.5.17', 'phone', 'shaken', ['x'], [5]],
    ['2.5.17', 'phone', 'onAnswer', [{ url }, { url, ringback: url }], [url, [url]]],
    ['2.5.18', 'app', 'user', ['kim'], [undefined, '', 5]],
    [
      '2.5.19',
      'sip',
      'uri',
      ['sip:a@b.example', 'sips:b.example;transport=tls'],
      [undefined, 'a@b.example', 'sip:', 5],
    ],
    ['2.5.19', 'sip', 'headers', [{}, { a: 'b' }], ['a', ['a'], null]],
    ['2.5.19', 'sip', 'standardHeaders', [{}], ['a']],
    ['2.5.20', 'vbc', 'extension', ['123'], [undefined, '', 123]],
  ];
  const whole: Record<string, object> = {
    phone: { number: '447700900001' },
    app: { user: 'kim' },
    sip: { uri: 'sip:kim@sip.example.com' },
    vbc: { extension: '123' },
  };
  for (const [rule, type, key, right, wrong] of table) {
    it(`of type ${type} has a ${key} as rule ${rule} asks`, () => {
      for (const value of right) assert.deepEqual(found({ type, ...whole[type], [key]: value }), [], String(value));
      for (const value of wrong) {
        assert.deepEqual(found({ type, ...whole[type], [key]: value }), [[rule, `${at}.${key}`]], String(value));
      }
    });
  }

  it('of type phone has an onAnswer with an address', () => {
    const phone = { type: 'phone', number: '447700900001' };
    assert.deepEqual(found({ ...phone, onAnswer: {} }), [['2.5.17', `${at}.onAnswer.url`]]);
    assert.deepEqual(found({ ...phone, onAnswer: { url: 'x', ringbackTone: 'y', ringback: 'z' } }), [
      ['2.5.17', `${at}.onAnswer.ringbackTone`],
      ['2.5.17', `${at}.onAnswer.ringback`],
      ['2.5.17', `${at}.onAnswer.url`],
    ]);
    assert.deepEqual(check({ ...phone, onAnswer: { url, ringback: url } }).notes, [
      `${at}.onAnswer.ringback: is the older name of ringbackTone`,
    ]);
  });

  it('of type sip has an address, or domain and user', () => {
    const uri = 'sip:kim@sip.example.com';
    assert.deepEqual(endpointOf({ type: 'sip', domain: 'a.example', user: 'kim' }), {
      type: 'sip',
      uri: 'sip:kim@a.example',
    });
    assert.deepEqual(found({ type: 'sip', domain: 'a.example' }), [['2.5.19', `${at}.user`]]);
    assert.deepEqual(found({ type: 'sip', user: 'kim' }), [['2.5.19', `${at}.domain`]]);
    assert.deepEqual(found({ type: 'sip', uri, domain: 'a.example', user: 'kim' }), [['2.5.19', `${at}.uri`]]);
    assert.deepEqual(found({ type: 'sip', uri, standardHeaders: { 'User-to-User': 5 } }), [
      ['2.5.19', `${at}.standardHeaders.User-to-User`],
    ]);
    assert.deepEqual(check({ type: 'sip', uri, standard_headers: {} }).notes, [
      `${at}.standard_headers: is not a known key here; standardHeaders is`,
    ]);
  });
});
