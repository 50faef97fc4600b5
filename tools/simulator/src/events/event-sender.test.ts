import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { Timeline } from '../call/call-timeline.ts';
import { Findings } from '../call/findings.ts';
import { RuleSettings } from '../rules/rule-settings.ts';
import { type Application, type ApplicationOptions, startApplicationServer } from '../testing/application.ts';
import { WebhookClient } from '../webhook/webhook-client.ts';
import { EventSender, type EventSenderParts, type EventTarget } from './event-sender.ts';

interface Stage extends AsyncDisposable {
  readonly application: Application;
  readonly sender: EventSender;
  readonly findings: Findings;
  readonly timeline: Timeline;
  readonly target: EventTarget;
}

async function prepare(
  events: ApplicationOptions['events'] = {},
  more: Partial<Pick<EventSenderParts, 'delays' | 'fallback'>> = {},
  eventMs = 1000,
): Promise<Stage> {
  const application = await startApplicationServer({ events });
  const timeline = new Timeline();
  const findings = new Findings(timeline);
  const client = new WebhookClient(new RuleSettings(), { eventMs }, undefined);
  return {
    application,
    timeline,
    findings,
    sender: new EventSender({ client, findings, timeline, delays: {}, ...more }),
    target: { url: new URL(application.eventUrl), method: 'POST' },
    [Symbol.asyncDispose]: () => application[Symbol.asyncDispose](),
  };
}

const event = (status: string) => ({ status, uuid: 'u1' });
const seen = ({ application }: Stage) => application.events.all.map(({ fields }) => fields.status);
const sent = ({ sender }: Stage) => sender.deliveries.map(({ name }) => name);

suite('EventSender', { concurrency: 8 }, () => {
  test('keeps the order, though the first is answered late, and all are sent when it is drained', async () => {
    await using stage = await prepare(({ fields }) => (fields.status === 'started' ? { delayMs: 200 } : {}));
    const { sender, target } = stage;
    for (const status of ['started', 'ringing', 'answered']) void sender.send(event(status), target);
    assert.deepEqual(sent(stage), []);
    await sender.drained();
    assert.deepEqual(seen(stage), ['started', 'ringing', 'answered']);
    assert.deepEqual(sent(stage), ['started', 'ringing', 'answered']);
  });

  test('an event that is answered very late does not hold up the next one', async () => {
    const late: ApplicationOptions['events'] = ({ fields }) => (fields.status === 'started' ? { delayMs: 3000 } : {});
    await using stage = await prepare(late, {}, 10_000);
    const { sender, target } = stage;
    for (const status of ['started', 'ringing', 'answered']) void sender.send(event(status), target);
    await sender.drained();
    assert.deepEqual(seen(stage), ['started', 'ringing', 'answered']);
    assert.deepEqual(sent(stage), ['ringing', 'answered', 'started']);
  });

  test('is drained when nothing was sent, and of what is sent meanwhile as well', async () => {
    await using stage = await prepare();
    const { sender, target } = stage;
    await sender.drained();
    void sender.send(event('started'), target).then(() => void sender.send(event('ringing'), target));
    await sender.drained();
    assert.deepEqual(sent(stage), ['started', 'ringing']);
  });

  test('tells of each delivery, and hands back the reply', async () => {
    await using stage = await prepare({ status: 200, contentType: 'text/plain', body: 'ok' });
    const { sender, target, timeline } = stage;
    const told: string[] = [];
    sender.onDelivery = ({ name }) => told.push(name);
    const reply = await sender.send(event('started'), target);
    assert.equal(reply?.body, 'ok');
    const [{ ms, atMs, ...delivery } = assert.fail()] = sender.deliveries;
    assert.ok(ms >= 0 && atMs >= 0);
    assert.deepEqual(delivery, {
      name: 'started',
      legUuid: 'u1',
      method: 'POST',
      url: target.url.href,
      body: event('started'),
      status: 200,
      failure: null,
      attempts: 1,
    });
    assert.deepEqual(told, ['started']);
    assert.deepEqual(
      timeline.entries.map(({ kind, text }) => [kind, text]),
      [['webhook', 'started event: answered 200']],
    );
  });

  test('keeps the newest 2,000 deliveries, and counts all', async () => {
    await using stage = await prepare();
    const { sender, target } = stage;
    for (let count = 1; count <= 2001; count++) void sender.send(event(`e${count}`), target);
    await sender.drained();
    const kept = sent(stage);
    assert.deepEqual([kept.length, kept[0], kept.at(-1), sender.sent], [2000, 'e2', 'e2001', 2001]);
  });

  test('names the leg of a machine event, and none of an event that is of none', async () => {
    await using stage = await prepare();
    void stage.sender.send({ status: 'machine', call_uuid: 'u2' }, stage.target);
    await stage.sender.send({ reason: 'no NCCO' }, stage.target);
    assert.deepEqual(
      stage.sender.deliveries.map(({ legUuid }) => legUuid),
      ['u2', null],
    );
  });

  test('a status that is not 2xx is a problem, and the next event goes all the same', async () => {
    await using stage = await prepare(({ fields }) => ({ status: fields.status === 'started' ? 302 : 299 }));
    const { sender, target, findings } = stage;
    for (const status of ['started', 'ringing']) void sender.send(event(status), target);
    await sender.drained();
    const problem = 'the started event was answered with status 302, not 2xx; a redirect is not followed [rule 4.1.5]';
    assert.deepEqual(findings.problems, [problem]);
    assert.deepEqual([sender.failed, sent(stage)], [1, ['started', 'ringing']]);
  });

  test('an event that nobody answers is given up after its second try, and is a problem', async () => {
    await using stage = await prepare(({ fields }) => (fields.status === 'started' ? 'no-reply' : {}));
    const { sender, target, findings, application } = stage;
    const reply = sender.send(event('started'), target);
    void sender.send(event('ringing'), target);
    assert.equal(await reply, undefined);
    await sender.drained();
    assert.deepEqual(findings.problems, [
      `the started event was not answered: no complete reply from ${application.origin} within 1000 ms (2 tries) [rule 4.1.5]`,
    ]);
    const [first, second] = sender.deliveries.toSorted((a, b) => a.atMs - b.atMs);
    assert.deepEqual([first?.status, first?.attempts, second?.status], [null, 2, 204]);
    assert.equal(first?.failure, `no complete reply from ${application.origin} within 1000 ms`);
    assert.deepEqual(seen(stage).sort(), ['ringing', 'started', 'started']);
  });

  test('an event that is answered at its second try is worth a note', async () => {
    let tries = 0;
    await using stage = await prepare(() => {
      tries++;
      return tries === 1 ? { status: 503 } : {};
    });
    await stage.sender.send(event('started'), stage.target);
    assert.deepEqual(stage.findings.notes, ['the started event was answered at try 2 [rule 1.3.4]']);
    assert.equal(stage.sender.failed, 0);
  });

  test('a JSON array in reply is worth a note, unless an NCCO may be there; other replies are not', async () => {
    await using stage = await prepare(({ fields }) =>
      fields.status === 'started' ? { body: ' []' } : { body: fields.status === 'ringing' ? '[ok]' : '{}' },
    );
    for (const status of ['started', 'ringing', 'answered']) void stage.sender.send(event(status), stage.target);
    await stage.sender.drained();
    assert.deepEqual(stage.findings.notes, [
      'the started event was answered with a JSON array, which is no NCCO here: an empty body is safer [rule 4.4.2]',
    ]);
    await using other = await prepare([]);
    const reply = await other.sender.send({ payload: {} }, other.target, 'ncco');
    assert.deepEqual([reply?.body, other.findings.notes], ['[]', []]);
  });

  test('on demand each event comes late, counted from when it happened', async () => {
    await using stage = await prepare({}, { delays: { lateMs: 300 } });
    const startMs = performance.now();
    for (const status of ['started', 'ringing']) void stage.sender.send(event(status), stage.target);
    await stage.sender.drained();
    const [first, second] = stage.application.events.all;
    assert.ok(first && second && first.atMs - startMs >= 295, `${first?.atMs} and ${startMs} ms`);
    assert.ok(second.atMs - first.atMs < 250, 'the second waits no 300 ms more');
  });

  test('on demand each event comes more than once, every one of which is a delivery', async () => {
    await using stage = await prepare({}, { delays: { times: 3 } });
    for (const status of ['started', 'ringing']) void stage.sender.send(event(status), stage.target);
    await stage.sender.drained();
    const thrice = ['started', 'started', 'started', 'ringing', 'ringing', 'ringing'];
    assert.deepEqual([seen(stage), sent(stage)], [thrice, thrice]);
  });

  test('on demand every second event overtakes the one before it', async () => {
    await using stage = await prepare({}, { delays: { reordered: true } });
    for (const status of ['1', '2', '3', '4']) void stage.sender.send(event(status), stage.target);
    await stage.sender.drained();
    assert.deepEqual(seen(stage), ['2', '1', '4', '3']);
  });

  test('an event that is held back goes when the sender is drained', async () => {
    await using stage = await prepare({}, { delays: { reordered: true } });
    for (const status of ['1', '2', '3']) void stage.sender.send(event(status), stage.target);
    await stage.sender.drained();
    assert.deepEqual(seen(stage), ['2', '1', '3']);
  });

  test('an event that is held back goes by itself where none comes to overtake it', async () => {
    await using stage = await prepare({}, { delays: { reordered: true } });
    await stage.sender.send(event('1'), stage.target);
    assert.deepEqual(seen(stage), ['1']);
  });

  test('an event whose reply may hold an NCCO is never held back, and overtakes', async () => {
    await using stage = await prepare({}, { delays: { reordered: true } });
    void stage.sender.send(event('1'), stage.target);
    await stage.sender.send(event('2'), stage.target, 'ncco');
    await stage.sender.drained();
    assert.deepEqual(seen(stage), ['2', '1']);
  });
});
