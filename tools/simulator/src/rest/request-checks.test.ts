import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constantFrom, dictionary, assert as fcAssert, json, property, string, tuple } from 'fast-check';
import { readAudio, readChange, readDigits, readEventUrl, readFilters, readTalk } from './request-checks.ts';
import { type InvalidParameter, RestError } from './rest-error.ts';

const text = (value: unknown) => JSON.stringify(value);

/** `name: reason` of each value that is refused. */
function complaints(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    assert.ok(error instanceof RestError);
    assert.equal(error.status, 400);
    const found = (error.body.invalid_parameters ?? []) as readonly InvalidParameter[];
    return found.map(({ name, reason }) => `${name}: ${reason}`);
  }
  return [];
}

const filters = (query: string) => readFilters(new URLSearchParams(query));

describe('7.3.1 filters', () => {
  it('have defaults', () => {
    assert.deepEqual(filters(''), { page_size: 10, record_index: 0, order: 'asc' });
  });

  it('are read from a query, and others are passed over', () => {
    const query =
      'status=completed&date_start=2026-03-04T10:00:00Z&date_end=2026-03-05&page_size=2&record_index=4&order=desc&conversation_uuid=CON-1&novelty=1';
    assert.deepEqual(filters(query), {
      status: 'completed',
      date_start: new Date('2026-03-04T10:00:00Z'),
      date_end: new Date('2026-03-05T00:00:00Z'),
      page_size: 2,
      record_index: 4,
      order: 'desc',
      conversation_uuid: 'CON-1',
    });
  });

  it('let page_size be from 1 to 100', () => {
    assert.equal(filters('page_size=1').page_size, 1);
    assert.equal(filters('page_size=100').page_size, 100);
    for (const value of ['0', '101', '-1', '1.5', '', 'x']) {
      assert.deepEqual(
        complaints(() => filters(`page_size=${value}`)),
        [`page_size: "${value}" is not a whole number from 1 to 100`],
      );
    }
  });

  it('are refused with all that is wrong', () => {
    assert.deepEqual(
      complaints(() => filters('status=disconnected&order=up&date_start=yesterday&record_index=-1')),
      [
        'status: "disconnected" is not one of "started", "ringing", "answered", "machine", "completed", "busy", "cancelled", "failed", "rejected", "timeout", "unanswered"',
        'date_start: "yesterday" is not an ISO 8601 date, or date and time with its zone',
        'record_index: "-1" is not a whole number from 0',
        'order: "up" is not one of "asc", "desc"',
      ],
    );
  });

  it('need a zone where there is a time', () => {
    assert.deepEqual(filters('date_end=2026-03-04T10:00:00.5%2B01:00').date_end, new Date('2026-03-04T09:00:00.500Z'));
    assert.equal(complaints(() => filters('date_end=2026-03-04T10:00:00')).length, 1);
    assert.equal(complaints(() => filters('date_end=2026-13-04')).length, 1);
  });
});

describe('7.4.1–7.4.3 changes', () => {
  it('are read', () => {
    for (const action of ['hangup', 'mute', 'unmute', 'earmuff', 'unearmuff'] as const) {
      assert.deepEqual(readChange(text({ action, novelty: 1 })), { action });
    }
  });

  it('7.4.3 hand on an inline NCCO as it is', () => {
    const ncco = [{ action: 'no such action' }, 1];
    const asked = readChange(text({ action: 'transfer', destination: { type: 'ncco', ncco } }));
    assert.deepEqual(asked, { action: 'transfer', destination: { ncco } });
  });

  it('7.4.3 hand on the one address', () => {
    const destination = { type: 'ncco', url: ['https://app.test.example/ncco'] };
    assert.deepEqual(readChange(text({ action: 'transfer', destination })), {
      action: 'transfer',
      destination: { url: 'https://app.test.example/ncco' },
    });
  });

  it('are refused where they are none', () => {
    const cases: [unknown, string][] = [
      [[], 'body: [] is not a JSON object'],
      [null, 'body: null is not a JSON object'],
      [{}, 'action: is missing; it must be one of "hangup", "mute", "unmute", "earmuff", "unearmuff", "transfer"'],
      [
        { action: 'explode' },
        'action: "explode" is not one of "hangup", "mute", "unmute", "earmuff", "unearmuff", "transfer"',
      ],
    ];
    for (const [value, complaint] of cases)
      assert.deepEqual(
        complaints(() => readChange(text(value))),
        [complaint],
      );
  });

  it('7.4.3 are refused where the destination is none', () => {
    const urlComplaint = (url: unknown) => `destination.url: ${text(url)} is not an array of one http(s) URL`;
    const cases: [unknown, string][] = [
      [undefined, 'destination: is missing; it must be a JSON object'],
      [{ url: ['https://a.test.example/'] }, 'destination.type: is missing; it must be one of "ncco"'],
      [{ type: 'ncco' }, 'destination: must have either url or ncco, and not both'],
      [
        { type: 'ncco', ncco: [], url: ['https://a.test.example/'] },
        'destination: must have either url or ncco, and not both',
      ],
      [{ type: 'ncco', ncco: { action: 'talk' } }, 'destination.ncco: {"action":"talk"} is not an array of actions'],
      [{ type: 'ncco', url: 'https://a.test.example/' }, urlComplaint('https://a.test.example/')],
      [{ type: 'ncco', url: [] }, urlComplaint([])],
      [{ type: 'ncco', url: ['ftp://a.test.example/'] }, urlComplaint(['ftp://a.test.example/'])],
      [
        { type: 'ncco', url: ['https://a.test.example/', 'https://b.test.example/'] },
        urlComplaint(['https://a.test.example/', 'https://b.test.example/']),
      ],
    ];
    for (const [destination, complaint] of cases) {
      assert.deepEqual(
        complaints(() => readChange(text({ action: 'transfer', destination }))),
        [complaint],
      );
    }
  });

  it('7.4.6 are refused where the body is not JSON', () => {
    assert.throws(() => readChange('{"action":'), {
      status: 400,
      message: /^the body is not JSON: /,
    });
    assert.throws(() => readChange(''), { status: 400 });
  });
});

describe('7.4.4 bodies of stream, talk and dtmf', () => {
  const streamUrl = 'https://media.test.example/a.mp3';

  it('a stream has defaults', () => {
    assert.deepEqual(readAudio(text({ stream_url: [streamUrl] })), { streamUrl, loop: 1, level: 0 });
  });

  it('a level is a number or the text of one, from -1 to 1', () => {
    for (const level of [-1, 1, 0.4, '-1', '1', '0.4', '0']) {
      assert.equal(readAudio(text({ stream_url: [streamUrl], level })).level, Number(level));
    }
    for (const level of [-1.1, 1.1, '1.1', '-1.1', '', 'x', '0x1', null, true]) {
      assert.deepEqual(
        complaints(() => readAudio(text({ stream_url: [streamUrl], level }))),
        [`level: ${text(level)} is not a number from -1 to 1`],
      );
    }
  });

  it('a loop is a whole number from 0', () => {
    assert.equal(readAudio(text({ stream_url: [streamUrl], loop: 0 })).loop, 0);
    for (const loop of [-1, 1.5, '1', null]) {
      assert.deepEqual(
        complaints(() => readAudio(text({ stream_url: [streamUrl], loop }))),
        [`loop: ${text(loop)} is not a whole number from 0`],
      );
    }
  });

  it('a talk has defaults, and takes all that the API knows', () => {
    assert.deepEqual(readTalk(text({ text: 'Hello' })), {
      text: 'Hello',
      language: 'en-US',
      style: 0,
      premium: false,
      loop: 1,
      level: 0,
    });
    const all = { text: 'Hallo', language: 'de-DE', style: 2, premium: true, loop: 0, level: -0.5 };
    assert.deepEqual(readTalk(text(all)), all);
  });

  it('a style is a whole number from 0, or the text of one', () => {
    assert.equal(readTalk(text({ text: 'Hello', style: '3' })).style, 3);
    for (const style of [-1, 1.5, '', '-1', '1.5', null]) {
      assert.deepEqual(
        complaints(() => readTalk(text({ text: 'Hello', style }))),
        [`style: ${text(style)} is not a whole number from 0`],
      );
    }
  });

  it('a talk is refused with all that is wrong', () => {
    assert.deepEqual(
      complaints(() => readTalk(text({ text: ' ', language: 1, style: -1, premium: 'yes' }))),
      [
        'text: " " is not a text',
        'language: 1 is not a text',
        'style: -1 is not a whole number from 0',
        'premium: "yes" is not a boolean',
      ],
    );
    assert.deepEqual(
      complaints(() => readTalk('{}')),
      ['text: is missing; it must be a text'],
    );
  });

  it('digits are keys and pauses', () => {
    assert.equal(readDigits(text({ digits: '0123456789*#p' })), '0123456789*#p');
    for (const digits of ['', 'P', '1 2', 12]) {
      assert.deepEqual(
        complaints(() => readDigits(text({ digits }))),
        [`digits: ${text(digits)} is not a text of 0-9, *, # and p`],
      );
    }
  });

  it('an event_url is one http(s) address', () => {
    const url = 'https://app.test.example/keys';
    assert.equal(readEventUrl(text({ event_url: [url] })), url);
    assert.deepEqual(
      complaints(() => readEventUrl('{}')),
      ['event_url: is missing; it must be an array of one http(s) URL'],
    );
  });

  it('a long value is cut in a complaint', () => {
    const [complaint = ''] = complaints(() => readDigits(text({ digits: 'x'.repeat(500) })));
    assert.equal(complaint, `digits: "${'x'.repeat(76)}... is not a text of 0-9, *, # and p`);
  });
});

describe('7.4.6 whatever comes', () => {
  const readers = [readChange, readAudio, readTalk, readDigits, readEventUrl];

  it('is taken, or refused with status 400', () =>
    fcAssert(
      property(tuple(constantFrom(...readers), json()), ([read, body]) => {
        complaints(() => read(body));
      }),
    ));

  const names = ['status', 'date_start', 'date_end', 'page_size', 'record_index', 'order', 'conversation_uuid'];

  it('is taken, or refused with the names of keys that were asked for, in a query too', () =>
    fcAssert(
      property(dictionary(constantFrom(...names, 'novelty'), string()), (query) => {
        for (const complaint of complaints(() => readFilters(new URLSearchParams(query)))) {
          assert.ok(names.includes(complaint.split(':')[0] ?? ''), complaint);
        }
      }),
    ));
});
