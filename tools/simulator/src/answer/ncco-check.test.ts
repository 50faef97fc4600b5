import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkNcco } from './ncco-check.ts';

const talk = { action: 'talk', text: 'Hello' };

const websocket = {
  type: 'websocket',
  uri: 'wss://echo.example.com/socket?leg=1',
  'content-type': 'audio/l16;rate=16000',
  headers: { leg: '1' },
};

const connect = (endpoint: object = {}, action: object = {}) => ({
  action: 'connect',
  ...action,
  endpoint: [{ ...websocket, ...endpoint }],
});

test('a talk and a websocket connect are fine, with keys that are not known too', () => {
  const eventUrl = ['https://echo.example.com/events'];
  const verdict = checkNcco([
    { ...talk, loop: 2, level: -0.5, bargeIn: false, novelty: 1 },
    connect({ novelty: 2 }, { from: '12025550123', eventUrl, eventMethod: 'GET' }),
  ]);
  assert.deepEqual(verdict, {
    complaints: [],
    notes: [],
    endpoint: {
      uri: websocket.uri,
      contentType: websocket['content-type'],
      headers: websocket.headers,
      authorization: undefined,
      from: '12025550123',
      eventUrl: eventUrl[0],
      eventMethod: 'GET',
    },
  });
});

for (const rate of [8000, 16000, 24000]) {
  test(`${rate} Hz is a rate of Vonage's`, () => {
    assert.deepEqual(checkNcco([connect({ 'content-type': `audio/l16;rate=${rate}` })]).complaints, []);
  });
}

test('a custom authorization is what the upgrade is to carry', () => {
  const { endpoint } = checkNcco([connect({ authorization: { type: 'custom', value: 'Bearer made-up' } })]);
  assert.equal(endpoint?.authorization, 'Bearer made-up');
});

const oversized = { text: 'x'.repeat(502) };
const complaints: [string, unknown, RegExp][] = [
  ['an object', { action: 'talk' }, /^the NCCO: \{"action":"talk"\} is not an array of actions$/],
  ['no connect', [talk], /^the NCCO: has no connect action with a websocket endpoint/],
  ['nothing', [], /^the NCCO: has no connect action/],
  ['an action that is a text', ['talk'], /^\[0\]: "talk" is not an object$/],
  ['an unknown action', [{ action: 'sing' }], /^\[0\]\.action: "sing" is not one of "talk", "stream"/],
  ['a missing action', [{}], /^\[0\]\.action: is not one of/],
  ['a talk without text', [{ action: 'talk' }, connect()], /^\[0\]\.text: is not a text$/],
  [
    'a long talk',
    [{ ...talk, text: 'x'.repeat(1501) }, connect()],
    /^\[0\]\.text: has 1501 characters; 1500 are allowed$/,
  ],
  ['a loud talk', [{ ...talk, level: 2 }, connect()], /^\[0\]\.level: 2 is not a number from -1 to 1$/],
  ['a loop of halves', [{ ...talk, loop: 0.5 }, connect()], /^\[0\]\.loop: 0\.5 is not a whole number from 0$/],
  ['a bargeIn in words', [{ ...talk, bargeIn: 'yes' }, connect()], /^\[0\]\.bargeIn: "yes" is not a boolean$/],
  ['a stream without URL', [{ action: 'stream', streamUrl: 'x' }, connect()], /^\[0\]\.streamUrl: "x" is not an array/],
  ['no endpoint', [{ action: 'connect' }], /^\[0\]\.endpoint: is not an array of one endpoint$/],
  [
    'two endpoints',
    [{ action: 'connect', endpoint: [websocket, websocket] }],
    /^\[0\]\.endpoint: .* is not an array of one/,
  ],
  [
    'an unknown endpoint',
    [connect({ type: 'pigeon' })],
    /^\[0\]\.endpoint\[0\]\.type: "pigeon" is not one of "websocket"/,
  ],
  ['only a telephone', [connect({ type: 'phone' })], /^the NCCO: has no connect action with a websocket/],
  [
    'an https socket',
    [connect({ uri: 'https://a.b/' })],
    /^\[0\]\.endpoint\[0\]\.uri: "https:\/\/a\.b\/" is not a ws:/,
  ],
  ['a fragment', [connect({ uri: 'ws://a.b/#c' })], /^\[0\]\.endpoint\[0\]\.uri: .* without a fragment$/],
  [
    'a foreign rate',
    [talk, connect({ 'content-type': 'audio/l16;rate=44100' })],
    /^\[1\]\.endpoint\[0\]\.content-type: "audio\/l16;rate=44100" is not one of "audio\/l16;rate=8000", /,
  ],
  [
    'a space in the content type',
    [connect({ 'content-type': 'audio/l16; rate=16000' })],
    /^\[0\]\.endpoint\[0\]\.content-type: /,
  ],
  [
    'contentType without hyphen',
    [connect({ 'content-type': undefined, contentType: 'audio/l16;rate=16000' })],
    /^\[0\]\.endpoint\[0\]\.contentType: the key is spelt content-type/,
  ],
  ['headers in a list', [connect({ headers: ['a'] })], /^\[0\]\.endpoint\[0\]\.headers: \["a"\] is not an object$/],
  [
    'headers of 513 bytes',
    [connect({ headers: oversized })],
    /^\[0\]\.endpoint\[0\]\.headers: takes 513 bytes as JSON/,
  ],
  ['an eventUrl as text', [connect({}, { eventUrl: 'http://a/' })], /^\[0\]\.eventUrl: "http:\/\/a\/" is not an array/],
  ['eventMethod PUT', [connect({}, { eventMethod: 'PUT' })], /^\[0\]\.eventMethod: "PUT" is not one of "GET", "POST"$/],
  ['a foreign eventType', [connect({}, { eventType: 'async' })], /^\[0\]\.eventType: "async" is not "synchronous"$/],
  [
    'a custom authorization without value',
    [connect({ authorization: { type: 'custom' } })],
    /^\[0\]\.endpoint\[0\]\.authorization\.value: is not a text/,
  ],
];

for (const [name, ncco, complaint] of complaints) {
  test(`complains of ${name}`, () => {
    const verdict = checkNcco(ncco);
    assert.equal(verdict.complaints.length, 1, verdict.complaints.join('\n'));
    assert.match(verdict.complaints[0] ?? '', complaint);
    assert.equal(verdict.endpoint, undefined);
  });
}

test('512 bytes of headers are allowed', () => {
  assert.deepEqual(checkNcco([connect({ headers: { text: 'x'.repeat(501) } })]).complaints, []);
});

test('the length of a talk does not count its SSML tags', () => {
  const text = `<speak>${'x'.repeat(1500)}</speak>`;
  assert.deepEqual(checkNcco([{ ...talk, text }, connect()]).complaints, []);
});

test('finds every mistake at once', () => {
  assert.equal(
    checkNcco([{ ...talk, level: 2 }, connect({ uri: 'nowhere', 'content-type': 'audio/wav' })]).complaints.length,
    3,
  );
});

test('an action after the websocket connect is worth a note', () => {
  const { complaints, notes } = checkNcco([connect(), talk]);
  assert.deepEqual(complaints, []);
  assert.match(notes.join(), /^\[1\]: comes after the websocket connect/);
});

test('a header that hides a key of the first message is worth a note', () => {
  assert.match(checkNcco([connect({ headers: { event: 'x' } })]).notes.join(), /headers\.event: takes the place/);
});
