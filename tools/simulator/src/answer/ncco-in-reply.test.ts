import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { nccoIn } from './ncco-in-reply.ts';

const found = (body: string, contentType: string | undefined = 'application/json', status = 200) =>
  nccoIn({ status, contentType, body, attempts: 1 });

describe('the reply to an event', () => {
  it('holds an NCCO where it is a JSON array of something', () => {
    assert.deepEqual(found('[{"action":"talk"}]'), { ncco: [{ action: 'talk' }] });
    assert.deepEqual(found('[5]', 'Application/JSON; charset=utf-8', 299), { ncco: [5] });
  });

  it('holds none, by no mistake, where nothing is to be carried out', () => {
    assert.deepEqual(nccoIn(undefined), {});
    for (const body of ['', ' \n', '[]', 'null', 'true', '"ok"', '5']) assert.deepEqual(found(body), {}, body);
    for (const status of [199, 300, 404]) assert.deepEqual(found('[5]', 'application/json', status), {});
    assert.deepEqual(found('ok', 'text/plain'), {});
    assert.deepEqual(found('<p>ok</p>', 'text/html; charset=utf-8'), {});
  });

  it('is a mistake where it looks like JSON and has another content type', () => {
    const mistake = (type: string) => ({ mistake: `has the content type ${type}, not application/json` });
    assert.deepEqual(found(' [{"action":"talk"}]', 'text/html; charset=utf-8'), mistake('text/html'));
    assert.deepEqual(found('{"ok"', 'text/plain'), mistake('text/plain'));
    assert.deepEqual(nccoIn({ status: 200, contentType: undefined, body: '[5]', attempts: 1 }), mistake('none'));
  });

  it('is a mistake where it is no JSON, at its place', () => {
    assert.deepEqual(found('[{"action":"talk'), {
      mistake: 'is not JSON: line 1, column 17: the closing quote is expected there',
    });
    assert.deepEqual(found('\n[5,]'), { mistake: 'is not JSON: line 2, column 4: a value is expected there' });
    assert.deepEqual(found('ok'), { mistake: 'is not JSON: line 1, column 1: a value is expected there' });
  });

  it('is a mistake where it is an object', () => {
    assert.deepEqual(found(' {"action":"talk"}'), { mistake: 'is a JSON object, not an array of actions' });
  });
});
