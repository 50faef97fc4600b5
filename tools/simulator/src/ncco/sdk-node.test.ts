import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  Connect,
  Conversation,
  Input,
  NCCOBuilder,
  Notify,
  Record as RecordCall,
  Stream,
  Talk,
  Wait,
} from '@vonage/voice';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';

const rules = new RuleSettings();
const events = 'https://calls.example.com/webhooks/events';
const from = '12025550123';
const number = '447700900001';

describe("what Vonage's SDK for Node builds", () => {
  const checkBuilt = (...actions: Parameters<NCCOBuilder['addAction']>[0][]) => {
    const builder = new NCCOBuilder();
    for (const action of actions) builder.addAction(action);
    const verdict = checkNcco(JSON.parse(JSON.stringify(builder.build())), rules);
    assert.deepEqual(verdict.complaints.map(complaintText), []);
    assert.equal(verdict.actions?.length, actions.length);
    return verdict;
  };

  it('is taken where level and style are texts, as its types have them', () => {
    const { notes, actions } = checkBuilt(new Talk('Hello', false, 2, '-0.4', 'en-GB', '3', true));
    const [talk] = actions ?? [];
    assert.deepEqual(
      notes.map((line) => line.includes(': is a text and is taken for ')),
      [true, true],
    );
    assert.deepEqual(talk?.action === 'talk' && [talk.level, talk.style], [-0.4, 3]);
  });

  it('is taken where an input has no address for its events', () => {
    const { notes, actions } = checkBuilt(new Input({ maxDigits: 4, timeOut: 5, submitOnHash: true }));
    assert.deepEqual(notes, ['[0].eventUrl: is empty, so the events go to the event URL of the application']);
    assert.equal(actions?.[0]?.action === 'input' && actions[0].dtmf?.maxDigits, 4);
  });

  it('is taken for every endpoint but the websocket', () => {
    const endpoints = [
      { type: 'phone', number, dtmfAnswer: '2p02p' },
      { type: 'sip', uri: 'sip:desk@sip.example.com', headers: { city: 'Oslo' } },
      { type: 'vbc', extension: '204' },
      { type: 'app', user: 'kim' },
    ] as const;
    for (const endpoint of endpoints) {
      const caller = endpoint.type === 'phone' ? from : undefined;
      assert.deepEqual(checkBuilt(new Connect(endpoint, caller)).notes, []);
    }
  });

  it('is complained of for a websocket, where it is sent without the change of its keys', () => {
    const endpoint = { type: 'websocket' as const, uri: 'wss://a.example/', contentType: 'audio/l16;rate=16000' };
    const ncco = new NCCOBuilder().addAction(new Connect(endpoint)).build();
    assert.deepEqual(
      checkNcco(JSON.parse(JSON.stringify(ncco)), rules).complaints.map(({ rule }) => rule),
      ['2.5.16'],
    );
  });

  it('is taken as it is built', () => {
    const ncco = new NCCOBuilder()
      .addAction(new Talk('Hello', true, 2, undefined, 'en-GB', undefined, true))
      .addAction(new Input({ maxDigits: 1 }, { saveAudio: true }, events))
      .addAction(new RecordCall(undefined, 'conversation', 2, 3, '#', 60, true, events).serializeToNCCO())
      .addAction(new Stream('https://cdn.example.com/wait.mp3', 0.5, false, 2))
      .addAction(new Notify({ step: 'greeted' }, events, 'POST'))
      .addAction(new Wait(0.5))
      .addAction(new Connect({ type: 'phone', number: '447700900001' }, from, false, undefined, 45, 3600))
      .addAction(new Conversation('weekly', 'https://cdn.example.com/hold.mp3', false, true, true))
      .build()
      .map((action) => ('serializeToNCCO' in action ? (action.serializeToNCCO as () => unknown)() : action));
    const { complaints, actions } = checkNcco(JSON.parse(JSON.stringify(ncco)), rules);
    assert.deepEqual(complaints.map(complaintText), []);
    assert.equal(actions?.length, 8);
  });
});
