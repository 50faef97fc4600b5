import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';

const rules = new RuleSettings();
const eventUrl = ['https://calls.example.com/webhooks/events'];
const music = 'https://cdn.example.com/hold.mp3';
const ring = 'https://cdn.example.com/ring.wav';
const from = '12025550123';
const number = '447700900001';
const leg = '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55';
const uri = 'wss://bot.example.com/socket';
const l16 = 'audio/l16;rate=16000';

const writtenAsText = /: is a text and is taken for /;
const withoutType = /^\[\d\]\.type: is missing, as in references before 2021/;

interface Sample {
  readonly ncco: readonly unknown[];
  /** What every note of it is like; none: it has no notes. */
  readonly notes?: RegExp;
}

/** Of SDKs that emit numbers and booleans as texts and inputs without type, and of guides that are written so. */
const samples: Record<string, Record<string, Sample>> = {
  PHP: {
    'talk with everything but its text as a text': {
      ncco: [
        { action: 'talk', text: 'Hello', bargeIn: 'false', level: '-0.5', loop: '2', language: 'en-US', style: '0' },
        { action: 'stream', streamUrl: [music], bargeIn: 'false', level: '0.3', loop: '1' },
      ],
      notes: writtenAsText,
    },
    'record with its defaults': {
      ncco: [{ action: 'record', format: 'mp3', timeOut: '7200', beepStart: 'false' }],
      notes: writtenAsText,
    },
    'record in channels': {
      ncco: [
        {
          action: 'record',
          format: 'wav',
          timeOut: '60',
          beepStart: 'true',
          endOnSilence: '5',
          endOnKey: '1',
          channels: '4',
          split: 'conversation',
          eventUrl,
          eventMethod: 'POST',
        },
      ],
      notes: writtenAsText,
    },
    conversation: {
      ncco: [
        {
          action: 'conversation',
          name: 'weekly',
          startOnEnter: 'false',
          endOnExit: 'true',
          record: 'true',
          musicOnHoldUrl: [music],
          canSpeak: [leg],
          canHear: [leg],
          eventUrl,
          eventMethod: 'POST',
        },
      ],
      notes: writtenAsText,
    },
    'connect to a phone': {
      ncco: [
        {
          action: 'connect',
          endpoint: [{ type: 'phone', number, dtmfAnswer: '3p4', onAnswer: { url: music, ringbackTone: ring } }],
          timeout: 30,
          limit: 7200,
          machineDetection: 'continue',
          from,
          eventType: 'synchronous',
          eventUrl,
          eventMethod: 'POST',
          ringbackTone: ring,
        },
      ],
    },
    'connect to a websocket, and to SIP': {
      ncco: [
        { action: 'connect', endpoint: [{ type: 'sip', uri: 'sip:desk@sip.example.com', headers: { city: 'Oslo' } }] },
        { action: 'connect', endpoint: [{ type: 'websocket', uri, 'content-type': 'audio/l16;rate=8000' }] },
      ],
    },
    'input without type': {
      ncco: [
        {
          action: 'input',
          dtmf: { timeOut: 10, maxDigits: 4, submitOnHash: 'true' },
          speech: {
            uuid: [leg],
            endOnSilence: 5,
            language: 'en-US',
            maxDuration: 30,
            context: ['one'],
            startTimeout: 5,
          },
          eventUrl,
          eventMethod: 'POST',
        },
        { action: 'input', dtmf: {} },
        { action: 'input', speech: {} },
      ],
      notes: new RegExp(`${withoutType.source}|${writtenAsText.source}`),
    },
    notify: { ncco: [{ action: 'notify', payload: { step: 'greeted' }, eventUrl, eventMethod: 'POST' }] },
  },
  '.NET': {
    talk: {
      ncco: [{ action: 'talk', text: 'Hello', loop: '2', level: '0.4', language: 'en-US', style: 1, premium: true }],
      notes: writtenAsText,
    },
    'talk with a voice of another maker': {
      ncco: [{ action: 'talk', text: 'Hello', provider: 'Polly', providerOptions: { voice: 'x' } }],
      notes: /provider: is another one than google$/,
    },
    'stream with bargeIn, ahead of an input': {
      ncco: [
        { action: 'stream', streamUrl: [music], level: '0', bargeIn: 'true', loop: '2' },
        { action: 'input', type: ['dtmf'], dtmf: {} },
      ],
      notes: writtenAsText,
    },
    record: {
      ncco: [
        {
          action: 'record',
          format: 'mp3',
          split: 'conversation',
          channels: 2,
          endOnSilence: '3',
          endOnKey: '*',
          timeOut: '60',
          beepStart: 'true',
          eventUrl,
          eventMethod: 'POST',
        },
      ],
      notes: writtenAsText,
    },
    conversation: {
      ncco: [
        {
          action: 'conversation',
          name: 'weekly',
          musicOnHoldUrl: [music],
          startOnEnter: 'false',
          endOnExit: 'false',
          record: 'true',
          eventUrl,
          eventMethod: 'POST',
          canSpeak: [leg],
          canHear: [leg],
        },
      ],
      notes: writtenAsText,
    },
    'connect with machine detection in snake case': {
      ncco: [
        {
          action: 'connect',
          endpoint: [{ type: 'phone', number, dtmfAnswer: '2p02p', onAnswer: { url: music, ringback: ring } }],
          from,
          eventType: 'synchronous',
          timeout: '60',
          limit: '7200',
          machineDetection: 'continue',
          eventUrl,
          eventMethod: 'POST',
          ringbackTone: ring,
          advanced_machine_detection: { behavior: 'continue', mode: 'detect', beep_timeout: 45 },
        },
      ],
      notes: new RegExp(`${writtenAsText.source}|ringback: is the older name|machineDetection: is passed over`),
    },
    'connect to a websocket': {
      ncco: [
        {
          action: 'connect',
          endpoint: [{ uri, 'content-type': l16, headers: { bar: 'foo' }, type: 'websocket' }],
          timeout: '30',
        },
      ],
      notes: writtenAsText,
    },
    'input of the older kind': {
      ncco: [{ action: 'input', timeOut: '3', maxDigits: 4, submitOnHash: 'true', eventUrl, eventMethod: 'POST' }],
      notes: new RegExp(`${withoutType.source}|${writtenAsText.source}`),
    },
    'input without type': {
      ncco: [{ action: 'input', eventUrl, dtmf: {}, speech: { uuid: [leg], endOnSilence: 1, language: 'en-US' } }],
      notes: withoutType,
    },
    notify: { ncco: [{ action: 'notify', payload: { foo: 'bar' }, eventUrl, eventMethod: 'POST' }] },
  },
  'guides and the reference': {
    'a moderated conference, as the guide writes it': {
      ncco: [
        { action: 'talk', text: 'Please wait for the host.', voiceName: 'Amy' },
        { action: 'conversation', name: 'weekly', startOnEnter: 'false', musicOnHoldUrl: [music] },
      ],
      notes: /is a text and is taken for false|voiceName: is deprecated/,
    },
    'the host of it': {
      ncco: [{ action: 'conversation', name: 'weekly', record: 'true', endOnExit: 'true' }],
      notes: writtenAsText,
    },
    'keys, in the words of 2020': {
      ncco: [
        { action: 'talk', text: 'Enter your number.', bargeIn: true },
        { action: 'input', submitOnHash: true, timeOut: 10, maxDigits: 20, eventUrl },
      ],
      notes: withoutType,
    },
    'speech, in the words of 2020': {
      ncco: [{ action: 'input', eventUrl, speech: { uuid: [leg], context: ['support'], language: 'en-gb' } }],
      notes: withoutType,
    },
    'a recording that goes on beside a connect': {
      ncco: [
        { action: 'record', eventUrl },
        { action: 'connect', eventUrl, from, endpoint: [{ type: 'phone', number }] },
      ],
    },
    'a fallback where nobody answers': {
      ncco: [
        {
          action: 'connect',
          from,
          timeout: 5,
          eventType: 'synchronous',
          eventUrl,
          endpoint: [{ type: 'phone', number }],
        },
      ],
    },
  },
};

for (const [sdk, ofSdk] of Object.entries(samples)) {
  describe(`what ${sdk} would send`, () => {
    for (const [name, { ncco, notes: note }] of Object.entries(ofSdk)) {
      it(`is taken: ${name}`, () => {
        const { complaints, notes, actions } = checkNcco(ncco, rules);
        assert.deepEqual(complaints.map(complaintText), []);
        assert.equal(actions?.length, ncco.length);
        assert.equal(notes.length > 0, note !== undefined, notes.join('\n'));
        for (const line of notes) assert.match(line, note ?? /^$/);
      });
    }
  });
}
