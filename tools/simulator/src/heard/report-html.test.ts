import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { EventDelivery } from '../call/timeline.ts';
import { toneFrames } from '../testing/tone.ts';
import { HeardTrack } from './heard-track.ts';
import { type ReportInput, reportHtml, reportSvg } from './report-html.ts';

const HOSTILE = `</title></style></svg><script>alert(1)</script><img src=x onerror='alert(2)'>" onload="alert(3)&\u0000\u202e\ud800`;

const delivery = (given: Partial<EventDelivery> = {}): EventDelivery => ({
  atMs: 1234,
  name: 'answered',
  legUuid: 'aaaaaaaa-1111-4aaa-8aaa-012345678901',
  method: 'POST',
  url: 'https://voice.example/event',
  body: { from: '14155550177', secret: 'body' },
  status: 204,
  failure: null,
  ms: 12.34,
  attempts: 1,
  ...given,
});

const report = (given: Partial<ReportInput> = {}): string =>
  reportHtml({
    title: 'A call',
    verdict: 'passed: all is well',
    passed: true,
    problems: [],
    notes: [],
    facts: [],
    events: [],
    timeline: [],
    track: undefined,
    ...given,
  });

/** Two seconds at 8 kHz: a tone is said in the first, and heard 20 ms later but for its ticks 10 to 14. */
function track(): HeardTrack {
  const result = new HeardTrack(8000);
  const said = toneFrames(440, 1000, 8000);
  for (let tick = 0; tick < 100; tick++) {
    result.add(said[tick], tick >= 10 && tick < 15 ? undefined : said[tick - 1]);
  }
  return result;
}

/** The text of the page, without what is between < and >. */
const textOf = (html: string): string => html.replace(/<style>[^<]*<\/style>/g, '').replace(/<[^>]*>/g, ' ');

describe('reportHtml', () => {
  it('says all that it was given', () => {
    const text = textOf(
      report({
        title: 'Echo call',
        verdict: 'failed: see below',
        passed: false,
        problems: ['too short'],
        notes: ['hung up early'],
        facts: [['round trip', 'p50 12 ms']],
        events: [
          delivery(),
          delivery({ name: 'completed', status: null, failure: 'no reply within 10 s', attempts: 2 }),
        ],
        timeline: [{ atMs: 65_432, kind: 'caller', text: 'presses 5' }],
        track: track(),
      }),
    );
    for (const part of [
      'Echo call',
      'failed: see below',
      'too short',
      'hung up early',
      'round trip',
      'p50 12 ms',
      '0:01.234',
      'answered',
      'aaaaaaaa',
      'POST https://voice.example/event',
      '204',
      '12.3',
      'completed',
      'no reply within 10 s',
      '1:05.432',
      'caller',
      'presses 5',
      '2 s of audio at 8000 Hz.',
      '1 gap in what was heard: 100 ms in all, the longest 100 ms.',
    ]) {
      assert.ok(text.includes(part), `"${part}" is missing`);
    }
  });

  it('leaves out what there is nothing of', () => {
    const html = report();
    for (const part of ['<h2>', '<svg', '<table', '<ul']) assert.ok(!html.includes(part), part);
    assert.ok(!report({ track: new HeardTrack(8000) }).includes('<svg'));
  });

  it('tells passed from failed, and a good reply from a bad one', () => {
    assert.match(report(), /class="verdict passed"/);
    assert.match(report({ passed: false }), /class="verdict failed"/);
    for (const [status, isGood] of [
      [199, false],
      [200, true],
      [299, true],
      [300, false],
      [null, false],
    ] as const) {
      assert.equal(report({ events: [delivery({ status })] }).includes('<td class="bad">'), !isGood, `${status}`);
    }
  });

  it('sets off the numbers of rules, and no addresses', () => {
    const html = report({ problems: ['rule 3.4.12: at 127.0.0.1, version 10.2.3.'], notes: ['(2.5.9)'] });
    const rules = [...html.matchAll(/<span class="rule">([^<]*)/g)].map(([, rule]) => rule);
    assert.deepEqual(rules, ['3.4.12', '2.5.9']);
  });

  it('lets nothing hostile through, wherever it stands', () => {
    const marked = track();
    marked.mark(HOSTILE);
    const html = report({
      title: HOSTILE,
      verdict: HOSTILE,
      problems: [HOSTILE],
      notes: [HOSTILE],
      facts: [[HOSTILE, HOSTILE]],
      events: [delivery({ name: HOSTILE, legUuid: HOSTILE, url: HOSTILE, failure: HOSTILE, status: null })],
      timeline: [{ atMs: 0, kind: 'text', text: HOSTILE }],
      track: marked,
    });
    assert.doesNotMatch(html, /<script|<img|<[^>]* on\w+="/);
    assert.doesNotMatch(html.replace(/<text class="label"[^>]*>[^<]*/g, ''), /<\/svg>(?!\n<figcaption)/);
    for (const character of ['\u0000', '\u202e']) assert.ok(!html.includes(character));
    assert.ok(html.isWellFormed());
    assert.equal(html.match(/<title>/g)?.length, 3);
    assert.equal(html.match(/<\/title>/g)?.length, 3);
  });

  it('needs nothing from elsewhere', () => {
    const html = report({ track: track(), events: [delivery()] });
    assert.doesNotMatch(html, /<link|<script|@import|url\(|\ssrc=|\shref=/);
    assert.match(html, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
    assert.match(html, /@media screen and \(prefers-color-scheme: dark\)/);
    assert.match(html, /@media print/);
  });

  it("shows no caller's number, no body and no query", () => {
    const marked = track();
    marked.mark('from 14155550177');
    const html = report({
      title: 'Call of 14155550177',
      verdict: 'failed: 14155550177',
      problems: ['14155550177 did not answer'],
      notes: ['14155550177'],
      facts: [['from', '14155550177']],
      events: [delivery({ method: 'GET', url: 'https://voice.example/14155550177?from=14155550177&secret=query' })],
      timeline: [{ atMs: 0, kind: 'webhook', text: 'from +1 415 555 0177' }],
      track: marked,
    });
    assert.doesNotMatch(html.replace(/[ -]/g, ''), /5550177/);
    assert.doesNotMatch(html, /secret/);
    assert.match(html, /1415•••••77/);
  });
});

describe('reportSvg', () => {
  it('is a file of its own', () => {
    const svg = reportSvg(track());
    assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]*viewBox="0 0 1000 \d+"/);
    assert.match(svg, /<\/svg>\n$/);
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/);
  });

  it('shades the gap where it is', () => {
    // Of 936 units for 100 ticks, beginning at 56: ticks 10 to 14 are the columns 93 up to 140.
    const gaps = [...reportSvg(track()).matchAll(/<rect class="gap" x="(\d+)"[^>]* width="(\d+)"/g)];
    assert.deepEqual(
      gaps.map(([, x, width]) => [Number(x), Number(width)]),
      [[149, 47]],
    );
  });

  it('shows a gap of one tick in a call of an hour', () => {
    const long = new HeardTrack(8000);
    const frame = Buffer.alloc(320);
    for (let tick = 0; tick < 180_000; tick++) long.add(undefined, tick === 90_000 ? undefined : frame);
    assert.match(reportSvg(long), /<rect class="gap" x="524"[^>]* width="1\.5"/);
  });

  it('puts marks at their moments, in rows where they are close, and only their ticks where there is no room', () => {
    const marked = new HeardTrack(8000);
    for (let k = 0; k < 6; k++) marked.mark(`mark ${k}`);
    for (let tick = 0; tick < 50; tick++) marked.add(undefined, undefined);
    marked.mark('the end, a label that is too long for its room');
    const svg = reportSvg(marked);
    const labels = [...svg.matchAll(/<text class="label" x="([\d.]+)"[^>]* y="(\d+)">([^<]*)/g)].map((m) => m.slice(1));
    assert.deepEqual(labels, [
      ['60', '12', 'mark 0'],
      ['60', '27', 'mark 1'],
      ['60', '42', 'mark 2'],
      ['60', '57', 'mark 3'],
      ['988', '12', 'the end, a label that is to…'],
    ]);
    assert.equal(svg.match(/<g class="mark">/g)?.length, 7);
    assert.match(svg, /<title>the end, a label that is too long for its room<\/title>/);
  });

  it('can be drawn of a track of no length and of one tick', () => {
    const one = new HeardTrack(24000);
    assert.doesNotMatch(reportSvg(one), /NaN|Infinity|undefined/);
    one.add(Buffer.alloc(960, 0x55), Buffer.alloc(960, 0x80));
    assert.doesNotMatch(reportSvg(one), /NaN|Infinity|undefined/);
  });
});
