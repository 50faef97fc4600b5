import assert from 'node:assert/strict';
import { before, describe, it, type TestContext } from 'node:test';
import { recordSpans } from '@kodama/shared/testing';
import { toCallEvent } from '@kodama/shared/voice';
import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import {
  type CallEventMessage,
  type CallEventPublisher,
  callEventMessage,
} from '../publishing/call-event-publisher.ts';
import type { StoredMessage } from '../publishing/in-memory-publisher.ts';

export interface PublisherUnderTest {
  readonly publisher: CallEventPublisher;
  /** Everything that is kept, as a consumer gets it, oldest first. */
  readonly stored: () => Promise<readonly StoredMessage[]>;
}

const CONVERSATION = 'CON-5b1b0f3e-3b0f-4f7e-9a55-5f0a6f1e9d10';
const LEG = '0d9b6c1e4c0a4f7cbb7f3b1f6a1a2f55';
const RECEIVED_AT = new Date('2026-03-04T10:11:13.000Z');
const answered = `{"uuid":"${LEG}","conversation_uuid":"${CONVERSATION}","status":"answered","timestamp":"2026-03-04T10:11:12.345Z"}`;
const recording = (url: string) => `{"recording_url":"${url}","conversation_uuid":"${CONVERSATION}"}`;

function message(json: string): CallEventMessage {
  return callEventMessage({ event: toCallEvent(JSON.parse(json)), body: Buffer.from(json), receivedAt: RECEIVED_AT });
}

/** What every {@link CallEventPublisher} has to do. `setup` gives each test one that has nothing yet. */
export function publisherContract(name: string, setup: (t: TestContext) => Promise<PublisherUnderTest>): void {
  describe(name, () => {
    before(() => void recordSpans());

    it('gives each event its place, in the order of their coming', async (t) => {
      const { publisher } = await setup(t);
      for (const sequence of [1, 2, 3]) {
        const receipt = await publisher.publish(message(recording(`https://a.example/${sequence}`)));
        assert.deepEqual(receipt, { sequence, duplicate: false });
      }
    });

    it('keeps the body byte for byte', async (t) => {
      const { publisher, stored } = await setup(t);
      const bodies = [
        `  {"reason" :\t"\\u00e9 é \\ud83d\\ude00 😀",\r\n "n": 1.50, "n": 12345678901234567890}\n`,
        '{}',
        `{"payload":"${'x'.repeat(65_000)}"}`,
      ];
      for (const body of bodies) await publisher.publish(message(body));
      assert.deepEqual(
        (await stored()).map(({ body }) => Buffer.from(body).toString()),
        bodies,
      );
    });

    it('has subject and headers that tell a consumer what it is', async (t) => {
      const { publisher, stored } = await setup(t);
      await publisher.publish(message(answered));
      const [kept] = await stored();
      assert.equal(kept?.subject, `calls.${CONVERSATION}.${LEG}.answered`);
      const header = (key: string) => kept?.headers.get(key);
      assert.equal(header('Content-Type'), 'application/json');
      assert.equal(header('ce-specversion'), '1.0');
      assert.equal(header('ce-id'), `${LEG}:answered:2026-03-04T10:11:12.345Z`);
      assert.equal(header('ce-source'), '/vonage/voice');
      assert.equal(header('ce-type'), 'com.vonage.voice.answered');
      assert.equal(header('ce-subject'), `${CONVERSATION}/${LEG}`);
      assert.equal(header('ce-time'), '2026-03-04T10:11:12.345Z');
      assert.equal(header('ce-conversation'), CONVERSATION);
      assert.equal(header('ce-leg'), LEG);
      assert.equal(header('ce-receivedat'), '2026-03-04T10:11:13.000Z');
      assert.equal(header('Nats-Msg-Id'), `${LEG}:answered:2026-03-04T10:11:12.345Z`);
    });

    it('carries the trace on that it is published in', async (t) => {
      const { publisher, stored } = await setup(t);
      const span = { traceId: '5b1b0f3e3b0f4f7e9a555f0a6f1e9d10', spanId: '00f067aa0ba902b7', traceFlags: 1 };
      await context.with(trace.setSpanContext(ROOT_CONTEXT, span), () => publisher.publish(message(answered)));
      const [kept] = await stored();
      assert.equal(kept?.headers.get('traceparent'), `00-${span.traceId}-${span.spanId}-01`);
    });

    it('keeps an event once that comes twice, and says so', async (t) => {
      const { publisher, stored } = await setup(t);
      await publisher.publish(message(answered));
      await publisher.publish(message(recording('https://a.example/1')));
      assert.deepEqual(await publisher.publish(message(answered)), { sequence: 1, duplicate: true });
      assert.equal((await stored()).length, 2);
    });

    it('knows an event again that is spelled otherwise', async (t) => {
      const { publisher } = await setup(t);
      await publisher.publish(message('{"reason":"x","conversation_uuid":"CON-1"}'));
      const again = await publisher.publish(message('{ "conversation_uuid": "CON-1", "reason": "x" }'));
      assert.deepEqual(again, { sequence: 1, duplicate: true });
    });

    it('never takes two events for one', async (t) => {
      const { publisher, stored } = await setup(t);
      const events = [
        answered,
        answered.replace('answered', 'completed'),
        answered.replace('12.345Z', '12.346Z'),
        answered.replace(LEG, `${LEG}0`),
        answered.replace('answered', 'levitating'),
        recording('https://a.example/1'),
        recording('https://a.example/2'),
        '{"dtmf":{"digits":"1"},"uuid":"a"}',
        '{"dtmf":{"digits":"2"},"uuid":"a"}',
      ];
      for (const event of events) assert.equal((await publisher.publish(message(event))).duplicate, false, event);
      assert.equal((await stored()).length, events.length);
    });

    it('takes ids of any kind', async (t) => {
      const { publisher, stored } = await setup(t);
      const ids = ['a.b', '*', '>', ' ', 'é\r\nNats-Msg-Id: x', 'none', '\ud800', 'x'.repeat(5000), '$JS.API'];
      for (const uuid of ids) {
        await publisher.publish(message(JSON.stringify({ uuid, conversation_uuid: uuid, status: 'ringing' })));
      }
      const subjects = (await stored()).map(({ subject }) => subject);
      assert.equal(new Set(subjects).size, ids.length);
      for (const subject of subjects) assert.match(subject, /^calls(\.[^.*>\s]+){2}\.ringing$/);
    });

    it('keeps its promises to many at once', async (t) => {
      const { publisher, stored } = await setup(t);
      const receipts = await Promise.all(
        Array.from({ length: 200 }, (_, i) => publisher.publish(message(recording(`https://a.example/${i % 50}`)))),
      );
      assert.equal(receipts.filter(({ duplicate }) => !duplicate).length, 50);
      assert.equal((await stored()).length, 50);
      assert.equal(new Set(receipts.map(({ sequence }) => sequence)).size, 50);
    });
  });
}
