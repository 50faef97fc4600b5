import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RuleSettings } from '../rules/rule-settings.ts';
import { checkNcco, complaintText } from './check-ncco.ts';
import { checkOrder } from './check-order.ts';
import { Findings } from './complaint.ts';

type Given = ConstructorParameters<typeof RuleSettings>[0];

const talk = { action: 'talk', text: 'Hello' };
const stream = { action: 'stream', streamUrl: ['https://a.example/music.mp3'] };
const input = { action: 'input', type: ['dtmf'] };
const wait = { action: 'wait' };
const bargeIn = true;
const endpoint = [{ type: 'websocket', uri: 'wss://a.example/', 'content-type': 'audio/l16;rate=16000' }];
const connect = { action: 'connect', endpoint };
const transfer = { action: 'transfer', conversationId: 'CON-1' };

const complaints = (...ncco: unknown[]) => checkNcco(ncco, new RuleSettings()).complaints.map(complaintText);
const notes = (ncco: unknown[], given: Given = {}) => {
  const verdict = checkNcco(ncco, new RuleSettings(given));
  assert.deepEqual(verdict.complaints, []);
  return verdict.notes;
};

describe('a talk with bargeIn', () => {
  it('is right where the first later action that is no talk is an input', () => {
    assert.deepEqual(complaints({ ...talk, bargeIn }, input), []);
    assert.deepEqual(complaints({ ...talk, bargeIn }, talk, { ...talk, bargeIn }, input, stream), []);
    assert.deepEqual(complaints(stream, { ...talk, bargeIn: false }, wait), []);
  });

  it('is wrong where another action or the end comes first', () => {
    const allowed = 'is not true ahead of input, the first later action that is not talk [rule 2.1.4]';
    assert.deepEqual(complaints({ ...talk, bargeIn }), [`[0].bargeIn: true ahead of the end ${allowed}`]);
    assert.deepEqual(complaints(input, { ...talk, bargeIn }, talk), [`[1].bargeIn: true ahead of the end ${allowed}`]);
    assert.deepEqual(complaints({ ...talk, bargeIn }, stream, input), [`[0].bargeIn: true ahead of stream ${allowed}`]);
    assert.deepEqual(complaints({ ...talk, bargeIn }, talk, wait, input), [
      `[0].bargeIn: true ahead of wait ${allowed}`,
    ]);
  });

  it('is looked at a few times, however many there are', () => {
    const length = 23_000;
    const { actions = [] } = checkNcco([...Array(length).fill({ ...talk, bargeIn }), input], new RuleSettings());
    assert.equal(actions.length, length + 1);
    let reads = 0;
    const counted = new Proxy(actions, {
      get(target, key) {
        reads += 1;
        return Reflect.get(target, key);
      },
    });
    checkOrder(counted, new RuleSettings(), new Findings());
    assert.ok(reads > length && reads < 20 * length, `${reads} reads`);
  });

  it('is not judged by an action that is wrong itself', () => {
    assert.deepEqual(complaints({ ...talk, bargeIn }, { action: 'inptu' }).length, 1);
  });
});

describe('a stream with bargeIn', () => {
  it('is noted where no input comes next', () => {
    assert.deepEqual(notes([{ ...stream, bargeIn }, talk, stream, input]), []);
    const note = ['[0].bargeIn: is of no use where no input comes next'];
    assert.deepEqual(notes([{ ...stream, bargeIn }]), note);
    assert.deepEqual(notes([{ ...stream, bargeIn }, wait, input]), note);
  });
});

describe('playback without end', () => {
  it('is noted where something comes after it that is never reached', () => {
    assert.deepEqual(notes([{ ...talk, loop: 0 }]), []);
    assert.deepEqual(notes([{ ...stream, loop: 0 }, talk]), [
      '[0].loop: 0 is for ever: what comes after is never reached',
    ]);
  });

  it('is not noted where a key can end it', () => {
    assert.deepEqual(notes([{ ...talk, loop: 0, bargeIn }, input]), []);
    assert.deepEqual(notes([{ ...talk, bargeIn }, { ...talk, loop: 0 }, input]), []);
    assert.equal(notes([{ ...talk, bargeIn }, input, { ...talk, loop: 0 }, wait]).length, 1);
  });
});

describe('what comes after', () => {
  const meanwhile = 'comes after the websocket connect, so it runs while the socket is in use';
  const afterwards =
    'comes after the websocket connect, so it runs when the socket has closed, and keeps the call up till then';

  it('a websocket connect is noted', () => {
    assert.deepEqual(notes([talk, connect]), []);
    assert.deepEqual(notes([connect, talk, wait]), [`[1]: ${meanwhile}`, `[2]: ${meanwhile}`]);
    assert.deepEqual(notes([{ ...connect, eventType: 'synchronous' }, talk]), [`[1]: ${afterwards}`]);
    assert.deepEqual(notes([connect, talk], { '2.5.9': 'afterwards' }), [`[1]: ${afterwards}`]);
  });

  it('a connect to something else is not noted', () => {
    const phone = { action: 'connect', from: '12025550123', endpoint: [{ type: 'phone', number: '447700900001' }] };
    assert.deepEqual(notes([phone, talk]), []);
  });

  it('a transfer is noted', () => {
    assert.deepEqual(notes([talk, transfer]), []);
    assert.deepEqual(notes([transfer, talk]), [
      '[1]: comes after a transfer, which is the last thing that an NCCO does',
    ]);
  });
});
