import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';

const rules = new RuleSettings();
const eventUrl = ['https://calls.example.com/webhooks/events'];
const from = '12025550123';

/** NCCOs of the kinds that tutorials and SDKs show, each of them right. */
const samples: Record<string, unknown[]> = {
  'a greeting': [{ action: 'talk', text: 'Thank you for calling.', language: 'en-GB', style: 2, premium: true }],
  'a greeting in SSML': [{ action: 'talk', text: '<speak>One <break time="500ms"/> two</speak>' }],
  'music while one waits': [
    { action: 'stream', streamUrl: ['https://cdn.example.com/wait.mp3'], loop: 0, level: -0.5 },
  ],
  'a menu that keys may cut short': [
    { action: 'talk', text: 'Press 1 for sales.', bargeIn: true },
    { action: 'talk', text: 'Press 2 for support.', bargeIn: true },
    { action: 'input', type: ['dtmf'], dtmf: { maxDigits: 1, timeOut: 5 }, eventUrl },
  ],
  'a question to be answered in words': [
    { action: 'talk', text: 'Which city?' },
    {
      action: 'input',
      type: ['speech', 'dtmf'],
      speech: {
        uuid: ['0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55'],
        language: 'en-US',
        context: ['Oslo', 'Bergen'],
        endOnSilence: 1,
      },
      dtmf: { submitOnHash: true },
      eventUrl,
    },
  ],
  'keys at any time': [{ action: 'input', type: ['dtmf'], mode: 'asynchronous', eventUrl }],
  'a message after the tone': [
    { action: 'talk', text: 'Speak after the tone, and end with the hash key.' },
    { action: 'record', endOnSilence: 3, endOnKey: '#', beepStart: true, timeOut: 120, format: 'wav', eventUrl },
    { action: 'talk', text: 'Goodbye.' },
  ],
  'a recorded call with a transcript': [
    {
      action: 'record',
      split: 'conversation',
      channels: 2,
      eventUrl,
      eventMethod: 'POST',
      transcription: { language: 'en-US', eventUrl, sentimentAnalysis: true },
    },
    { action: 'connect', from, endpoint: [{ type: 'phone', number: '447700900001' }] },
  ],
  'a call that is passed on to a phone': [
    {
      action: 'connect',
      from,
      timeout: 45,
      limit: 3600,
      eventType: 'synchronous',
      eventUrl,
      ringbackTone: 'https://cdn.example.com/ring.wav',
      advancedMachineDetection: { behavior: 'continue', mode: 'detect_beep', beep_timeout: 50 },
      endpoint: [
        {
          type: 'phone',
          number: '447700900001',
          dtmfAnswer: '2p02p',
          onAnswer: { url: 'https://calls.example.com/whisper', ringbackTone: 'https://cdn.example.com/ring.wav' },
        },
      ],
    },
    { action: 'talk', text: 'Nobody is there.' },
  ],
  'a call to an app': [{ action: 'connect', endpoint: [{ type: 'app', user: 'agent-seven' }] }],
  'a call to an extension': [
    { action: 'connect', randomFromNumber: true, endpoint: [{ type: 'vbc', extension: '204' }] },
  ],
  'a call to SIP': [
    {
      action: 'connect',
      from,
      endpoint: [
        {
          type: 'sip',
          uri: 'sip:desk@sip.example.com;transport=tls',
          headers: { location: 'Oslo' },
          standardHeaders: { 'User-to-User': '3d2a;encoding=hex' },
        },
      ],
    },
  ],
  'a bot on a websocket': [
    { action: 'talk', text: 'Just a moment.' },
    {
      action: 'connect',
      from: 'EchoTest',
      eventUrl,
      endpoint: [
        {
          type: 'websocket',
          uri: 'wss://bot.example.com/socket',
          'content-type': 'audio/l16;rate=16000',
          headers: { caller: from, options: { language: 'en-US' } },
          authorization: { type: 'vonage' },
        },
      ],
    },
  ],
  'a conference of two kinds of member': [
    { action: 'talk', text: 'The host will be here soon.' },
    {
      action: 'conversation',
      name: 'weekly',
      startOnEnter: false,
      endOnExit: false,
      record: true,
      musicOnHoldUrl: ['https://cdn.example.com/hold.mp3'],
      canSpeak: [],
      canHear: ['0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55'],
      transcription: { language: 'en-US' },
    },
  ],
  'a step that is told of': [
    { action: 'notify', payload: { step: 'greeted' }, eventUrl, eventMethod: 'POST' },
    { action: 'wait', timeout: 0.5 },
    { action: 'transfer', conversationId: 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10' },
  ],
};

describe('a sample NCCO', () => {
  for (const [name, ncco] of Object.entries(samples)) {
    it(`is taken without a word: ${name}`, () => {
      const { complaints, notes, actions } = checkNcco(ncco, rules);
      assert.deepEqual([complaints.map(complaintText), notes], [[], []]);
      assert.equal(actions?.length, ncco.length);
    });
  }
});
