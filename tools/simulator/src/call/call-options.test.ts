import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answerFields, type CallOptions, checkCallOptions } from './call-options.ts';

const call = (from: string | undefined) => ({
  ids: { conversationUuid: 'CON-1', legUuid: 'u1', socketLegUuid: 'u2' },
  from,
  to: '12025550123',
  platform: { regionUrl: 'https://api-us-3.vonage.com' },
});
const BASE = {
  to: '12025550123',
  endpoint_type: 'phone',
  conversation_uuid: 'CON-1',
  uuid: 'u1',
  region_url: 'https://api-us-3.vonage.com',
};

describe('the options of a call', () => {
  for (const [options, name, message] of [
    [{ phaseMs: -1 }, 'RangeError', 'phaseMs: -1 is not from 0 to below 20'],
    [{ phaseMs: 20 }, 'RangeError', 'phaseMs: 20 is not from 0 to below 20'],
    [{ phaseMs: Number.NaN }, 'RangeError', 'phaseMs: NaN is not from 0 to below 20'],
    [{ to: '' }, 'TypeError', 'to: is empty'],
    [{ from: '' }, 'TypeError', 'from: is empty; null stands for a caller who does not show who he is'],
    [
      { answerFields: { 'SipHeader_X-Nexmo-Trace': '1' } },
      'TypeError',
      'answerFields: SipHeader_X-Nexmo-Trace is one that Vonage keeps back',
    ],
    [
      { answerFields: { from: 'a', from_user: 'b' } },
      'TypeError',
      'answerFields: from and from_user never come together',
    ],
  ] as const) {
    it(`are refused: ${message}`, () => assert.throws(() => checkCallOptions(options), { name, message }));
  }

  it('are taken within their ranges', () => {
    const good: CallOptions[] = [
      {},
      { phaseMs: 0 },
      { phaseMs: 19.9 },
      { from: null },
      { from: 'anonymous', to: 'desk' },
    ];
    for (const options of good) checkCallOptions(options);
    checkCallOptions({ answerFields: { 'SipHeader_X-Tenant': '7', from_user: 'agent-seven' } });
  });
});

describe('the fields of the answer webhook', () => {
  it('tell of a telephone call', () => {
    assert.deepEqual(answerFields(call('14155550177'), {}), { ...BASE, from: '14155550177' });
  });

  it('leave out a caller who does not show who he is', () => {
    assert.deepEqual(answerFields(call(undefined), {}), BASE);
  });

  it('have the user of a Client SDK in place of the number, and his data', () => {
    const more = { from_user: 'agent-seven', custom_data: { ticket: 'A-19' } };
    const fields = answerFields(call('14155550177'), { answerFields: more });
    assert.deepEqual(fields, { ...BASE, endpoint_type: 'app', ...more });
  });

  it('name the kind of party, and take any other field as it is given', () => {
    const fields = answerFields(call('sip:desk@pbx'), {
      endpointType: 'sip',
      answerFields: { 'SipHeader_X-Tenant': '7', region_url: 'https://api-eu-3.vonage.com' },
    });
    const region_url = 'https://api-eu-3.vonage.com';
    const expected = { ...BASE, endpoint_type: 'sip', from: 'sip:desk@pbx', 'SipHeader_X-Tenant': '7', region_url };
    assert.deepEqual(fields, expected);
  });
});
