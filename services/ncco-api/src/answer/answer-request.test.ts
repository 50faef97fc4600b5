import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '@kodama/shared/errors';
import fc from 'fast-check';
import { toAnswerRequest } from './answer-request.ts';

describe('an answer request', () => {
  it("is read from the fields of Vonage's webhook", () => {
    assert.deepEqual(
      toAnswerRequest({
        to: '12025550123',
        endpoint_type: 'phone',
        from: '14155550177',
        conversation_uuid: 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10',
        uuid: '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55',
        region_url: 'https://api-us-3.vonage.com',
        custom_data: { ticket: 'A-19' },
      }),
      {
        conversationUuid: 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10',
        legUuid: '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55',
        to: '12025550123',
        fallbackReason: undefined,
      },
    );
  });

  it('may lack every field, or have them empty', () => {
    const nothing = { conversationUuid: undefined, legUuid: undefined, to: undefined, fallbackReason: undefined };
    assert.deepEqual(toAnswerRequest({}), nothing);
    assert.deepEqual(
      toAnswerRequest({ uuid: '', conversation_uuid: null, to: null, from: null, reason: null }),
      nothing,
    );
  });

  it('says why Vonage came to the fallback URL, at no great length', () => {
    const original_request = { url: 'https://a.example/webhooks/answer', type: 'answer' };
    assert.equal(
      toAnswerRequest({ reason: 'Connection closed.', original_request }).fallbackReason,
      'Connection closed.',
    );
    assert.equal(toAnswerRequest({ reason: 'x'.repeat(5000) }).fallbackReason?.length, 200);
    const reason = 'GET https://kodama.example/ncco?from=14155550177&to=12025550123 returned 503, not 14155550177.';
    assert.equal(toAnswerRequest({ reason }).fallbackReason, 'GET … returned 503, not …');
  });

  it('has a called number only where it is one', () => {
    for (const to of ['+12025550123', 'sip:a@b', '123456', '1'.repeat(16), 12025550123, ['12025550123']]) {
      assert.equal(toAnswerRequest({ to }).to, undefined, JSON.stringify(to));
    }
  });

  for (const name of ['uuid', 'conversation_uuid']) {
    it(`is refused with a reason where ${name} cannot be an id`, () => {
      for (const value of ['a b', 'a\n', 'é', 'x'.repeat(129), 'a"', 'a\\', 5, true, {}, ['a', 'b']]) {
        assert.throws(
          () => toAnswerRequest({ [name]: value }),
          (error) => {
            assert.ok(error instanceof AppError);
            assert.deepEqual([error.code, error.kind], ['ANSWER_BAD_ID', 'bad-request']);
            assert.match(error.message, new RegExp(`^${name} must be`));
            return true;
          },
        );
      }
    });
  }

  it('is read from, or refused for, any JSON object', () => {
    const keys = fc.constantFrom('uuid', 'conversation_uuid', 'to', 'reason', '__proto__', 'constructor');
    fc.assert(
      fc.property(fc.dictionary(keys, fc.jsonValue()), (fields) => {
        try {
          toAnswerRequest(fields);
        } catch (error) {
          assert.ok(error instanceof AppError);
        }
      }),
    );
  });
});
