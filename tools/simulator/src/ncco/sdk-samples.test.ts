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

interface Sample {
  readonly ncco: readonly unknown[];
  /** What every note of it is like; none: it has no notes. */
  readonly notes?: RegExp;
}

/** Keys in the spelling, and values of the types, that the builders of these SDKs emit. */
const samples: Record<string, Record<string, Sample>> = {
  Python: {
    'all of record': {
      ncco: [
        {
          format: 'wav',
          split: 'conversation',
          channels: 4,
          endOnSilence: 5,
          endOnKey: '*',
          timeOut: 100,
          beepStart: true,
          eventUrl,
          eventMethod: 'POST',
          action: 'record',
        },
      ],
    },
    'all of conversation': {
      ncco: [
        {
          name: 'weekly',
          musicOnHoldUrl: [music],
          startOnEnter: true,
          endOnExit: true,
          record: true,
          canSpeak: [leg],
          canHear: [leg],
          mute: false,
          action: 'conversation',
        },
      ],
    },
    'connect with a tone in an array': {
      ncco: [
        {
          endpoint: [{ number, dtmfAnswer: '1234', onAnswer: { url: music, ringbackTone: ring }, type: 'phone' }],
          randomFromNumber: true,
          eventType: 'synchronous',
          timeout: 15,
          limit: 1000,
          machineDetection: 'hangup',
          eventUrl,
          eventMethod: 'POST',
          ringbackTone: [ring],
          action: 'connect',
        },
      ],
      notes: /ringbackTone: is an array/,
    },
    'connect with advanced machine detection': {
      ncco: [
        {
          endpoint: [{ number, type: 'phone' }],
          from,
          advancedMachineDetection: { behavior: 'continue', mode: 'detect', beep_timeout: 60 },
          action: 'connect',
        },
      ],
    },
    'connect to a websocket': {
      ncco: [
        {
          endpoint: [{ uri, 'content-type': l16, headers: { tier: 'gold' }, type: 'websocket' }],
          from,
          action: 'connect',
        },
      ],
    },
    'connect to SIP': {
      ncco: [
        {
          endpoint: [
            {
              uri: 'sip:desk@sip.example.com;transport=tls',
              headers: { city: 'Oslo' },
              standardHeaders: { 'User-to-User': '3d2a;encoding=hex' },
              type: 'sip',
            },
          ],
          from,
          action: 'connect',
        },
      ],
    },
    'connect to an app, where its builder insists on a caller': {
      ncco: [{ endpoint: [{ user: 'kim', type: 'app' }], randomFromNumber: true, action: 'connect' }],
    },
    'talk, stream, input and notify': {
      ncco: [
        {
          text: 'Hello',
          bargeIn: true,
          loop: 3,
          level: 0.5,
          language: 'en-GB',
          style: 1,
          premium: true,
          action: 'talk',
        },
        {
          type: ['dtmf', 'speech'],
          dtmf: { timeOut: 5, maxDigits: 12, submitOnHash: true },
          speech: {
            uuid: [leg],
            endOnSilence: 2.5,
            language: 'en-GB',
            context: ['sales', 'billing'],
            startTimeout: 20,
            maxDuration: 30,
            saveAudio: true,
            sensitivity: 50,
          },
          eventUrl,
          action: 'input',
        },
        { streamUrl: [music], level: 0.1, loop: 10, action: 'stream' },
        { payload: { step: 'greeted' }, eventUrl, eventMethod: 'POST', action: 'notify' },
      ],
    },
  },
  Ruby: {
    'a menu': {
      ncco: [
        { action: 'talk', text: 'Press 1.', bargeIn: true, loop: 1, level: 0.5, language: 'en-US', style: 2 },
        { action: 'input', type: ['dtmf'], dtmf: { timeOut: 10, maxDigits: 20, submitOnHash: false }, eventUrl },
        { action: 'input', type: ['dtmf'], mode: 'asynchronous', eventUrl, eventMethod: 'POST' },
      ],
    },
    'connect with machine detection in snake case': {
      ncco: [
        {
          action: 'connect',
          endpoint: [{ type: 'phone', number, dtmfAnswer: '2p02p', onAnswer: { url: music, ringbackTone: ring } }],
          from,
          timeout: 30,
          limit: 60,
          advanced_machine_detection: { behavior: 'hangup', mode: 'detect_beep', beep_timeout: 50 },
          eventUrl,
          ringbackTone: ring,
        },
      ],
    },
    'connect to a websocket': {
      ncco: [
        {
          action: 'connect',
          endpoint: [
            {
              type: 'websocket',
              uri,
              'content-type': l16,
              headers: { tier: 'gold' },
              authorization: { type: 'vonage' },
            },
          ],
        },
      ],
    },
    'record, conversation, notify, wait and transfer': {
      ncco: [
        { action: 'record', format: 'ogg', endOnSilence: 3, endOnKey: '#', timeOut: 60, beepStart: true, eventUrl },
        { action: 'notify', payload: { step: 'recorded' }, eventUrl },
        { action: 'wait', timeout: 0.5 },
        { action: 'conversation', name: 'weekly', startOnEnter: false, musicOnHoldUrl: [music], mute: true },
        { action: 'transfer', conversationId: 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10', mute: false },
      ],
    },
  },
  Java: {
    'a menu': {
      ncco: [
        {
          text: 'Press 1.',
          bargeIn: true,
          loop: 1,
          level: -0.5,
          language: 'en-US',
          style: 1,
          premium: true,
          action: 'talk',
        },
        {
          type: ['dtmf', 'speech'],
          dtmf: { timeOut: 4, maxDigits: 5, submitOnHash: true },
          speech: {
            uuid: [leg],
            endOnSilence: 0.4,
            language: 'en-US',
            context: ['one'],
            startTimeout: 5,
            maxDuration: 50,
          },
          eventUrl,
          eventMethod: 'POST',
          mode: 'synchronous',
          action: 'input',
        },
      ],
    },
    'connect with the older name of the tone': {
      ncco: [
        {
          endpoint: [{ number, dtmfAnswer: '12p', onAnswer: { url: music, ringback: ring }, type: 'phone' }],
          from,
          eventType: 'synchronous',
          timeout: 7,
          limit: 22,
          machineDetection: 'continue',
          eventUrl,
          eventMethod: 'POST',
          action: 'connect',
        },
      ],
      notes: /ringback: is the older name of ringbackTone$/,
    },
    'connect with advanced machine detection': {
      ncco: [
        {
          endpoint: [{ extension: '204', type: 'vbc' }],
          randomFromNumber: true,
          advancedMachineDetection: { behavior: 'hangup', mode: 'detect_beep', beep_timeout: 45 },
          ringbackTone: ring,
          action: 'connect',
        },
      ],
    },
    'connect to a websocket with a token': {
      ncco: [
        {
          endpoint: [
            {
              uri,
              'content-type': l16,
              headers: { tier: 'gold' },
              authorization: { type: 'custom', value: 'Bearer made-up' },
              type: 'websocket',
            },
          ],
          action: 'connect',
        },
      ],
    },
    'connect to SIP by its domain': {
      ncco: [
        { endpoint: [{ domain: 'desk', user: 'kim', headers: { city: 'Oslo' }, type: 'sip' }], action: 'connect' },
      ],
    },
    'record with a transcript': {
      ncco: [
        {
          format: 'mp3',
          endOnSilence: 3,
          endOnKey: '#',
          timeOut: 60,
          beepStart: true,
          eventUrl,
          eventMethod: 'GET',
          split: 'conversation',
          channels: 2,
          transcription: { language: 'en-US', eventMethod: 'POST', eventUrl, sentimentAnalysis: true },
          action: 'record',
        },
      ],
    },
    'stream, conversation, notify, wait and transfer': {
      ncco: [
        { streamUrl: [music], level: 0, bargeIn: false, loop: 3, action: 'stream' },
        { payload: { step: 1 }, eventUrl, eventMethod: 'POST', action: 'notify' },
        { timeout: 2.5, action: 'wait' },
        {
          name: 'weekly',
          musicOnHoldUrl: [music],
          startOnEnter: true,
          endOnExit: false,
          record: true,
          canSpeak: [],
          action: 'conversation',
        },
        {
          conversationId: 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10',
          canHear: [leg],
          canSpeak: [],
          action: 'transfer',
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
