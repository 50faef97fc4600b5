import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LegView } from './call-control.ts';
import { legListJson } from './leg-list.ts';
import { legViewJson } from './leg-view-json.ts';
import { readFilters } from './request-checks.ts';

const CALLS_URL = 'http://127.0.0.1:8080/v1/calls';

const view = (more: Partial<LegView> = {}): LegView => ({
  uuid: 'leg-1',
  conversationUuid: 'CON-1',
  to: { type: 'phone', number: '12025550123' },
  from: { type: 'phone', number: '14155550177' },
  status: 'completed',
  direction: 'inbound',
  startTime: new Date('2026-03-04T10:11:11.900Z'),
  endTime: new Date('2026-03-04T10:14:02.100Z'),
  ratePerMinute: 0.0045,
  price: 0.012825,
  network: 'US-FIXED',
  ...more,
});

interface ListJson {
  readonly count: number;
  readonly _links: Readonly<Record<string, { readonly href: string }>>;
  readonly _embedded: { readonly calls: readonly { readonly uuid: string }[] };
}

const list = (views: readonly LegView[], query: string) => {
  const parameters = new URLSearchParams(query);
  return legListJson(views, readFilters(parameters), parameters, CALLS_URL) as unknown as ListJson;
};

const uuids = (views: readonly LegView[], query: string) => list(views, query)._embedded.calls.map(({ uuid }) => uuid);

describe('7.3.2 one call', () => {
  it('has its money and time as texts, in whole seconds, when it is completed', () => {
    assert.deepEqual(legViewJson(view(), CALLS_URL), {
      _links: { self: { href: `${CALLS_URL}/leg-1` } },
      uuid: 'leg-1',
      conversation_uuid: 'CON-1',
      to: { type: 'phone', number: '12025550123' },
      from: { type: 'phone', number: '14155550177' },
      status: 'completed',
      direction: 'inbound',
      rate: '0.00450000',
      price: '0.01282500',
      duration: '171',
      start_time: '2026-03-04T10:11:11.000Z',
      end_time: '2026-03-04T10:14:02.000Z',
      network: 'US-FIXED',
    });
  });

  it('has neither before that', () => {
    const json = legViewJson(view({ status: 'answered', endTime: undefined }), CALLS_URL);
    assert.deepEqual(Object.keys(json), ['_links', 'uuid', 'conversation_uuid', 'to', 'from', 'status', 'direction']);
  });

  it('has a duration of nothing where it was not answered', () => {
    const json = legViewJson(view({ startTime: undefined }), CALLS_URL);
    assert.equal(json.duration, '0');
    assert.equal('start_time' in json, false);
  });
});

describe('7.3.1 list', () => {
  const five = [1, 2, 3, 4, 5].map((n) => view({ uuid: `leg-${n}` }));

  it('shows ten from the oldest on', () => {
    const twelve = Array.from({ length: 12 }, (_, n) => view({ uuid: `leg-${n}` }));
    assert.equal(uuids(twelve, '').length, 10);
    assert.equal(list(twelve, '').count, 12);
    assert.equal(uuids(twelve, '')[0], 'leg-0');
    assert.equal(uuids(twelve, 'order=desc')[0], 'leg-11');
  });

  it('leaves what it was given in its order', () => {
    list(five, 'order=desc');
    assert.equal(five[0]?.uuid, 'leg-1');
  });

  it('begins at record_index, which counts calls', () => {
    assert.deepEqual(uuids(five, 'page_size=2&record_index=3'), ['leg-4', 'leg-5']);
    assert.deepEqual(uuids(five, 'page_size=2&record_index=4'), ['leg-5']);
    assert.deepEqual(uuids(five, 'page_size=2&record_index=5'), []);
  });

  it('links to the pages around, and keeps the filters', () => {
    const indexes = (query: string) =>
      Object.fromEntries(
        Object.entries(list(five, query)._links).map(([name, { href }]) => {
          assert.ok(href.startsWith(`${CALLS_URL}?`));
          return [name, Number(new URL(href).searchParams.get('record_index'))];
        }),
      );
    assert.deepEqual(indexes('page_size=2'), { self: 0, first: 0, last: 4, next: 2 });
    assert.deepEqual(indexes('page_size=2&record_index=2'), { self: 2, first: 0, last: 4, prev: 0, next: 4 });
    assert.deepEqual(indexes('page_size=2&record_index=4'), { self: 4, first: 0, last: 4, prev: 2 });
    assert.deepEqual(indexes('page_size=5'), { self: 0, first: 0, last: 0 });
    assert.deepEqual(indexes('status=busy'), { self: 0, first: 0, last: 0 });
    assert.equal(
      list(five, 'status=completed&page_size=2')._links.next?.href,
      `${CALLS_URL}?status=completed&page_size=2&record_index=2&order=asc`,
    );
  });

  it('filters by status and by conversation', () => {
    const legs = [
      view(),
      view({ uuid: 'leg-2', status: 'answered' }),
      view({ uuid: 'leg-3', conversationUuid: 'CON-2' }),
    ];
    assert.deepEqual(uuids(legs, 'status=completed'), ['leg-1', 'leg-3']);
    assert.deepEqual(uuids(legs, 'conversation_uuid=CON-2'), ['leg-3']);
    assert.deepEqual(uuids(legs, 'conversation_uuid=CON-2&status=answered'), []);
  });

  it('filters by the time of the start, both ends included', () => {
    const legs = [
      view({ uuid: 'leg-1', startTime: new Date('2026-03-04T10:00:00Z') }),
      view({ uuid: 'leg-2', startTime: new Date('2026-03-04T11:00:00Z') }),
      view({ uuid: 'leg-3', startTime: undefined, status: 'ringing' }),
    ];
    assert.deepEqual(uuids(legs, ''), ['leg-1', 'leg-2', 'leg-3']);
    assert.deepEqual(uuids(legs, 'date_start=2026-03-04T11:00:00Z'), ['leg-2']);
    assert.deepEqual(uuids(legs, 'date_start=2026-03-04T11:00:00.001Z'), []);
    assert.deepEqual(uuids(legs, 'date_end=2026-03-04T10:00:00Z'), ['leg-1']);
    assert.deepEqual(uuids(legs, 'date_end=2026-03-04T09:59:59.999Z'), []);
    assert.deepEqual(uuids(legs, 'date_start=2026-03-04&date_end=2026-03-05'), ['leg-1', 'leg-2']);
  });
});
