import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';

type Given = ConstructorParameters<typeof RuleSettings>[0];

const whole = { type: 'websocket', uri: 'wss://a.example/socket?leg=1', 'content-type': 'audio/l16;rate=16000' };
const check = (keys: object, given: Given = {}) =>
  checkNcco([{ action: 'connect', endpoint: [{ ...whole, ...keys }] }], new RuleSettings(given));
const found = (keys: object, given: Given = {}) => check(keys, given).complaints.map(({ rule, path }) => [rule, path]);
const sentences = (keys: object, given: Given = {}) => check(keys, given).complaints.map(complaintText);
const endpointOf = (keys: object) => {
  const action = check(keys).actions?.[0];
  return action?.action === 'connect' && action.endpoint.type === 'websocket' ? action.endpoint : undefined;
};
const at = '[0].endpoint[0]';

describe('a websocket endpoint', () => {
  it('has its defaults filled in', () => {
    const { uri } = whole;
    const expected = { type: 'websocket', uri, sampleRateHz: 16000, headers: {}, authorization: undefined };
    assert.deepEqual(endpointOf({}), expected);
  });

  it('keeps what it was given', () => {
    const headers = { leg: '1', nested: { tier: ['gold'] } };
    const authorization = { type: 'custom', value: 'Bearer made-up' };
    assert.deepEqual(endpointOf({ 'content-type': 'audio/l16;rate=8000', headers, authorization }), {
      type: 'websocket',
      uri: whole.uri,
      sampleRateHz: 8000,
      headers,
      authorization,
    });
  });

  const table: [rule: string, key: string, right: unknown[], wrong: unknown[]][] = [
    ['2.5.11', 'uri', ['ws://a.example', 'wss://a.example:8443/b?c=d'], [undefined, 'https://a.example/', 'a', '', 5]],
    ['2.5.11', 'uri', ['WSS://a.example/'], ['ws:a', 'ws://', ' ws://a.example', 'wss://a.example/#b']],
    ['2.5.13', 'content-type', ['audio/l16;rate=8000', 'audio/l16;rate=24000'], [undefined, 'audio/wav', 16000]],
    ['2.5.13', 'content-type', [], ['audio/l16; rate=16000', 'audio/L16;rate=16000', 'audio/l16;rate=44100', '']],
    ['2.5.14', 'headers', [{}, { a: { b: 1 } }], [[], 'a', null]],
    ['2.5.15', 'authorization', [{}, { type: 'vonage' }], ['Bearer x', [], null]],
  ];
  for (const [rule, key, right, wrong] of table) {
    it(`has a ${key} as rule ${rule} asks`, () => {
      for (const value of right) assert.deepEqual(found({ [key]: value }), [], String(value));
      for (const value of wrong) assert.deepEqual(found({ [key]: value }), [[rule, `${at}.${key}`]], String(value));
    });
  }

  it('says in a sentence which content types there are', () => {
    assert.deepEqual(sentences({ 'content-type': 'audio/wav' }), [
      `${at}.content-type: "audio/wav" is not one of audio/l16;rate=8000, audio/l16;rate=16000, audio/l16;rate=24000 [rule 2.5.13]`,
    ]);
  });

  it('has 24 kHz unless the switch refuses it, with a note', () => {
    const at24 = { 'content-type': 'audio/l16;rate=24000' };
    assert.equal(endpointOf(at24)?.sampleRateHz, 24000);
    assert.match(check(at24).notes.join(), /^\[0\]\.endpoint\[0\]\.content-type: is missing on some pages/);
    assert.deepEqual(sentences(at24, { '2.5.13': 'refused' }), [
      `${at}.content-type: "audio/l16;rate=24000" is not one of audio/l16;rate=8000, audio/l16;rate=16000 [rule 2.5.13]`,
    ]);
    assert.deepEqual(found({}, { '2.5.13': 'refused' }), []);
  });

  it('has an address of any length, or of 50 characters by the switch', () => {
    const ofLength = (length: number) => ({ uri: 'wss://a.example/'.padEnd(length, 'x') });
    assert.deepEqual(found(ofLength(2000)), []);
    assert.deepEqual(found(ofLength(50), { '2.5.12': '50' }), []);
    assert.deepEqual(sentences(ofLength(51), { '2.5.12': '50' }), [
      `${at}.uri: an address of 51 characters is not one of at most 50 [rule 2.5.12]`,
    ]);
  });

  it('has headers of 512 bytes at most, or a note by the switch', () => {
    const ofBytes = (bytes: number) => ({ headers: { text: 'x'.repeat(bytes - '{"text":""}'.length) } });
    assert.deepEqual(found(ofBytes(512)), []);
    assert.deepEqual(sentences(ofBytes(513)), [
      `${at}.headers: an object of 513 bytes as JSON is not one of at most 512 [rule 2.5.14]`,
    ]);
    assert.deepEqual(found({ headers: { text: 'é'.repeat(251) } }), [['2.5.14', `${at}.headers`]]);
    assert.deepEqual(check(ofBytes(513), { '2.5.14': 'noted' }), {
      ...check(ofBytes(513), { '2.5.14': 'noted' }),
      complaints: [],
      notes: [`${at}.headers: takes 513 bytes as JSON; 512 are promised to get through`],
    });
  });

  it('is noted for headers that take the place of keys of the first message', () => {
    const { complaints, notes } = check({ headers: { event: 'x', 'content-type': 'y' } });
    assert.deepEqual(complaints, []);
    assert.equal(notes.length, 2);
    assert.match(notes.join('\n'), /headers: has event, which[\s\S]*headers: has content-type, which/);
  });

  const headersNote = (name: string) =>
    `${at}.headers: has ${name}, which reaches the application in the first text message, not as a header of the ` +
    'upgrade; authorization of the endpoint does that';
  const queryNote = (name: string) =>
    `${at}.uri: has ${name} in its query, which is written into access logs; authorization of the endpoint is not`;

  it('is noted for a token in its headers', () => {
    for (const name of [
      'Authorization',
      'authorization',
      'token',
      'access_token',
      'X-Auth-Token',
      'apiKey',
      'secret',
    ]) {
      assert.deepEqual(check({ headers: { [name]: 'made-up', leg: '1' } }).notes, [headersNote(name)]);
    }
    for (const name of ['key', 'tokens', 'author', 'tier', 'secretary']) {
      assert.deepEqual(check({ headers: { [name]: 'made-up' } }).notes, [], name);
    }
  });

  it('is noted for a token in its query', () => {
    for (const name of ['token', 'access_token', 'jwt', 'key', 'auth', 'authorization', 'secret', 'api_key', 'Token']) {
      assert.deepEqual(check({ uri: `wss://a.example/socket?leg=1&${name}=made-up` }).notes, [queryNote(name)]);
    }
    assert.deepEqual(check({ uri: 'wss://a.example/?token=a&token=b&jwt' }).notes, [
      queryNote('token'),
      queryNote('jwt'),
    ]);
    for (const uri of ['wss://a.example/token=made-up', 'wss://a.example/?leg=token', 'wss://a.example/?monkey=1']) {
      assert.deepEqual(check({ uri }).notes, [], uri);
    }
  });

  it('does not tell a token that it has in a wrong place', () => {
    const secret = 's3cr3t-made-up';
    for (const keys of [
      { headers: { Authorization: secret } },
      { headers: secret },
      { uri: `wss://a.example/?token=${secret}` },
      { uri: `https://a.example/?token=${secret}` },
      { uri: `/socket?token=${secret}` },
      { uri: `wss://a.example/#token=${secret}` },
      { Authorization: secret },
    ]) {
      const { complaints, notes } = check(keys);
      assert.ok(complaints.length + notes.length > 0);
      assert.doesNotMatch([...complaints.map(complaintText), ...notes].join('\n'), /s3cr3t/);
    }
    assert.deepEqual(sentences({ uri: `https://a.example/socket?token=${secret}` }), [
      `${at}.uri: "https://a.example/socket?…" is not a ws:// or wss:// address without a fragment [rule 2.5.11]`,
    ]);
  });

  it('spells content-type with a hyphen', () => {
    const { 'content-type': _, ...rest } = whole;
    for (const key of ['contentType', 'content_type', 'Content-Type']) {
      const ncco = [{ action: 'connect', endpoint: [{ ...rest, [key]: 'audio/l16;rate=16000' }] }];
      assert.deepEqual(checkNcco(ncco, new RuleSettings()).complaints.map(complaintText), [
        `${at}.${key}: the key ${key} is not spelt content-type, with a hyphen [rule 2.5.16]`,
      ]);
    }
    assert.deepEqual(check({ contentType: 'x' }).notes, [
      `${at}.contentType: is not a known key here; content-type is`,
    ]);
  });
});

describe('the authorization of a websocket endpoint', () => {
  const authorized = (authorization: object) => found({ authorization });

  it('is made by the platform unless it is custom', () => {
    assert.deepEqual(endpointOf({ authorization: {} })?.authorization, { type: 'vonage' });
    assert.deepEqual(check({ authorization: { type: 'vonage', value: 'x' } }).notes, [
      `${at}.authorization.value: is passed over with the type vonage, which makes a token of its own`,
    ]);
    assert.deepEqual(authorized({ type: 'basic', value: 5 }), [['2.5.15', `${at}.authorization.type`]]);
  });

  it('is printable ASCII where it is custom', () => {
    assert.deepEqual(authorized({ type: 'custom', value: ' ~' }), []);
    for (const value of [undefined, '', 'a\n', '\u007f', 'é', 5]) {
      assert.deepEqual(authorized({ type: 'custom', value }), [['2.5.15', `${at}.authorization.value`]], String(value));
    }
    assert.deepEqual(check({ authorization: { type: 'custom', value: 'x'.repeat(8191) } }).notes, []);
    assert.equal(check({ authorization: { type: 'custom', value: 'x'.repeat(8192) } }).notes.length, 1);
  });

  it('is not told by a complaint', () => {
    const secret = 's3cr3t-made-up-é';
    const endpoint = { ...whole, authorization: { type: 'custom', value: secret } };
    const bare = { ...whole, authorization: `Bearer ${secret}` };
    for (const ncco of [
      endpoint,
      [endpoint],
      [{ action: 'connect', endpoint: [bare] }],
      [{ action: 'connect', endpoint: [endpoint] }],
      [[secret, endpoint]],
    ]) {
      const { complaints, notes } = checkNcco(ncco, new RuleSettings());
      assert.ok(complaints.length > 0);
      assert.doesNotMatch([...complaints.map(complaintText), ...notes].join('\n'), /s3cr3t/);
    }
  });
});
