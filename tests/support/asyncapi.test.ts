import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { callEventMessage } from '@kodama/events/call-event-publisher';
import {
  DEAD_LETTER_SUBJECTS,
  deadLetterHeaders,
  deadLetterStream,
  deadLetterSubject,
  writeDeadLetter,
} from '@kodama/events/dead-letters';
import { InMemoryTimelineStore } from '@kodama/events/in-memory-timeline-store';
import { JetStreamPublisher } from '@kodama/events/jetstream-publisher';
import { TimelineProjector } from '@kodama/events/timeline-projector';
import {
  CALL_SUBJECTS,
  callMessageId,
  callSubject,
  cloudEventHeaders,
  DEFAULT_EVENTS_STREAM,
  subjectToken,
} from '@kodama/shared/messaging';
import { memoryLogger, recordSpans } from '@kodama/shared/testing';
import {
  CALL_EVENT_KINDS,
  type CallEventKind,
  type DetectionEvent,
  type FaultEvent,
  type InputEvent,
  type LegStatusEvent,
  type NotifyEvent,
  type RecordEvent,
  type TranscriptionEvent,
  type TransferEvent,
  toCallEvent,
} from '@kodama/shared/voice';
import { trace } from '@opentelemetry/api';
import { Ajv } from 'ajv';
import { default as formats } from 'ajv-formats';
import fc from 'fast-check';
import { connect, headers as natsHeaders } from 'nats';
import { ApiDocument, pointer } from './documents.ts';
import { EVENT_SAMPLES } from './event-samples.ts';
import { JetStreamStandIn, type WireMessage } from './jetstream-stand-in.ts';
import { until } from './wait.ts';

const document = new ApiDocument('docs/asyncapi.yaml', 'draft-07');
const { channels, components, operations } = document.content;
const samples = CALL_EVENT_KINDS.flatMap((kind) => EVENT_SAMPLES[kind].map((body) => ({ kind, body })));

/** An address with a pattern for each of its parameters. */
function addressPattern(address: string, parameters: Readonly<Record<string, string>>): RegExp {
  return new RegExp(
    `^${address.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, (_all, name) => `(?:${parameters[name]})`)}$`,
  );
}

const TOKEN = components.schemas.SubjectToken.pattern.slice(1, -1);
const KIND = components.parameters.kind.enum.join('|');
const tokens = { consumer: '[a-z]+', conversation: TOKEN, leg: TOKEN, kind: KIND };

/** Any text at all, often with what means something in a subject or a header; lone surrogates too, which JSON can bring. */
const anyId = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1 }),
  fc.string({
    minLength: 1,
    unit: fc.constantFrom('.', '*', '>', ' ', '%', '~', ':', '"', '\r', '\n', '\0', 'a', 'é', '\ud800', '\udc00'),
  }),
  fc.string({ minLength: 100, maxLength: 400 }),
  fc.constantFrom('none', '%6Eone', '~', 'a'.repeat(128), 'a'.repeat(129), '%'.repeat(42), '%'.repeat(43)),
);

describe('docs/asyncapi.yaml', () => {
  it('is AsyncAPI 3.0', () => {
    const { schemas } = createRequire(import.meta.url)('@asyncapi/specs');
    // The schema brings the one that it is written in.
    const ajv = new Ajv({ strict: false, meta: false, validateSchema: false });
    formats.default(ajv);
    const validate = ajv.compile(schemas['3.0.0']);
    assert.ok(validate(document.content), JSON.stringify(validate.errors, null, 2));
  });

  it('has no reference that leads nowhere', () => {
    const references: string[] = [];
    JSON.stringify(document.content, (key, value) => {
      if (key === '$ref') references.push(value);
      return value;
    });
    assert.ok(references.length > 100);
    for (const reference of references) assert.ok(document.at(reference), reference);
  });

  it('has the schemas, each of them one that can be used', () => {
    for (const name of Object.keys(components.schemas)) document.check(pointer('components', 'schemas', name));
    for (const [name, { payload, headers }] of Object.entries<Record<string, unknown>>(components.messages)) {
      if (payload) document.check(pointer('components', 'messages', name, 'payload'));
      if (headers) document.check(pointer('components', 'messages', name, 'headers'));
    }
  });

  it('has the streams and the subjects that the code has', () => {
    const { callEvents, deadLetters } = channels;
    assert.match(callEvents.description, new RegExp(`the stream \`${DEFAULT_EVENTS_STREAM}\``));
    assert.match(deadLetters.description, new RegExp(`the stream \`${deadLetterStream(DEFAULT_EVENTS_STREAM)}\``));
    assert.equal(callEvents.address.replace(/\{.*\}/, '>'), CALL_SUBJECTS);
    assert.equal(deadLetters.address.replace(/\{.*\}/, '>'), DEAD_LETTER_SUBJECTS);
    const consumer = new TimelineProjector(new InMemoryTimelineStore()).name;
    assert.deepEqual(deadLetters.parameters.consumer.examples, [consumer]);
    assert.match(operations.projectTimeline.summary, new RegExp(`\`${consumer}\``));
    for (const { address, parameters } of [callEvents, deadLetters]) {
      const named = [...address.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      assert.deepEqual(named, Object.keys(parameters));
    }
  });

  it('has a message for every kind, and for no other', () => {
    assert.deepEqual(components.parameters.kind.enum, [...CALL_EVENT_KINDS]);
    assert.deepEqual(Object.keys(channels.callEvents.messages), [...CALL_EVENT_KINDS]);
    for (const [kind, message] of Object.entries(channels.callEvents.messages)) {
      assert.deepEqual(message, { $ref: pointer('components', 'messages', kind) });
    }
    const listed = Object.values<{ messages: object }>(channels).flatMap(({ messages }) => Object.values(messages));
    assert.deepEqual(
      listed.map(({ $ref }) => $ref.split('/').at(-1)).sort(),
      Object.keys(components.messages).sort(),
      'every message is in a channel',
    );
  });
});

describe('a subject', () => {
  const { callEvents, deadLetters } = channels;
  const ofEvents = addressPattern(callEvents.address, tokens);
  const ofLetters = addressPattern(deadLetters.address, tokens);

  it('is the documented address, for each kind', () => {
    for (const { kind, body } of samples) {
      const subject = callSubject(toCallEvent(body));
      assert.match(subject, ofEvents);
      assert.ok(subject.endsWith(`.${kind}`));
      assert.match(deadLetterSubject({ consumer: 'timelines', subject }), ofLetters);
    }
    assert.match(deadLetterSubject({ consumer: 'timelines', subject: 'calls.what' }), ofLetters);
  });

  it('has tokens as they are documented, whatever the ids', () => {
    fc.assert(
      fc.property(fc.option(anyId, { nil: undefined }), fc.option(anyId, { nil: undefined }), (one, other) => {
        document.check('#/components/schemas/SubjectToken')(subjectToken(one));
        const event = toCallEvent({ conversation_uuid: one, uuid: other, status: 'ringing' });
        assert.match(callSubject(event), ofEvents);
        assert.match(deadLetterSubject({ consumer: 'timelines', subject: callSubject(event) }), ofLetters);
      }),
    );
  });

  it('has no token that is another text', () => {
    const texts = ['', 'a.b', '*', '>', 'a b', 'é', '%2e', '%', '~', `~${'0'.repeat(63)}`, `a~${'0'.repeat(64)}`];
    for (const text of [...texts, 'a'.repeat(129)]) {
      assert.ok(!document.fits('#/components/schemas/SubjectToken', text), text);
    }
  });
});

describe('the headers of a message', () => {
  recordSpans();
  const limits = { name: 'CALLS', maxAgeMs: 1000, maxBytes: 1000, duplicateWindowMs: 1000, replicas: 1 };
  let nats: JetStreamStandIn;
  let publisher: JetStreamPublisher;

  before(async () => {
    nats = await JetStreamStandIn.start();
    publisher = new JetStreamPublisher({ urls: [nats.url], publishTimeoutMs: 2000, limits }, memoryLogger().logger);
    await until(() => publisher.check().then(() => true), { what: 'the connection' });
  });
  after(async () => {
    await publisher.close();
    await nats[Symbol.asyncDispose]();
  });

  /** What the broker gets of a webhook with this body. */
  async function published(fields: Readonly<Record<string, unknown>>): Promise<WireMessage> {
    const event = toCallEvent(fields);
    const body = Buffer.from(JSON.stringify(fields));
    await trace.getTracer('test').startActiveSpan('a webhook', async (span) => {
      await publisher.publish(callEventMessage({ event, body, receivedAt: new Date('2026-03-04T10:14:02.500Z') }));
      span.end();
    });
    return nats.messages.at(-1) as WireMessage;
  }

  it('are those of its kind, with the payload of its kind, and it is under the subject of its kind', async () => {
    const seen = new Set<string>();
    for (const { kind, body } of samples) {
      const message = await published(body);
      document.check(pointer('components', 'messages', kind, 'headers'))(message.headers, kind);
      document.check(pointer('components', 'messages', kind, 'payload'))(JSON.parse(message.body.toString()), kind);
      assert.equal(message.subject, callSubject(toCallEvent(body)));
      assert.equal(message.headers['Nats-Msg-Id'], callMessageId(toCallEvent(body)));
      for (const name of Object.keys(message.headers)) seen.add(name);
      for (const other of CALL_EVENT_KINDS.filter((word) => word !== kind)) {
        assert.ok(!document.fits(pointer('components', 'messages', other, 'headers'), message.headers), other);
      }
    }
    // Those that belong to whoever traces in front of us, which nginx does not let through.
    const documented = Object.keys(components.schemas.CallEventHeaders.properties);
    assert.deepEqual([...seen].sort(), documented.filter((name) => !['tracestate', 'baggage'].includes(name)).sort());
  });

  it('are required where every message has them', async () => {
    const all: WireMessage[] = [];
    for (const body of [...samples.map(({ body }) => body), {}]) all.push(await published(body));
    const always = Object.keys(components.schemas.CallEventHeaders.properties).filter((name) =>
      all.every(({ headers }) => Object.hasOwn(headers, name)),
    );
    // A trace may be off, and who publishes need not name the stream.
    const required = always.filter((name) => !['traceparent', 'Nats-Expected-Stream'].includes(name));
    assert.deepEqual(components.schemas.CallEventHeaders.required.toSorted(), required.sort());
  });

  it('are as they are documented whatever the ids and the times are', () => {
    const time = fc.oneof(fc.string(), fc.constantFrom('2026-03-04T10:14:02Z', '2026-03-04T10:14:02.123456789+01:00'));
    const words = fc.constantFrom('started', 'machine', 'levitating', undefined);
    fc.assert(
      fc.property(anyId, anyId, time, words, anyId, (conversation_uuid, uuid, timestamp, status, sub_state) => {
        const event = toCallEvent({ conversation_uuid, uuid, timestamp, status, sub_state });
        const headers = {
          'Content-Type': 'application/json',
          'Nats-Msg-Id': callMessageId(event),
          ...cloudEventHeaders(event, new Date('2026-03-04T10:14:02.500Z')),
        };
        document.check(pointer('components', 'messages', event.kind, 'headers'))(headers);
      }),
    );
  });

  it('of a dead letter say who gave it up and why, beside its own', async () => {
    const { headers, subject, body } = await published(EVENT_SAMPLES.answered[0] ?? {});
    const own = natsHeaders();
    for (const [name, value] of Object.entries(headers)) own.set(name, value);
    const at = { consumer: 'timelines', sequence: 7, storedAtNs: 1_772_619_242_500_000_000, deliveries: 5 };
    const letter = { ...at, subject, body, headers: own, reason: 'a\nreason', failedAt: new Date() };
    const connection = await connect({ servers: nats.url });
    try {
      await writeDeadLetter(connection.jetstream(), 'CALLS', letter);
      await writeDeadLetter(connection.jetstream(), 'CALLS', { ...letter, headers: undefined });
    } finally {
      await connection.close();
    }
    const [withOwn, without] = nats.messages.slice(-2) as [WireMessage, WireMessage];
    const check = document.check(pointer('components', 'messages', 'deadLetter', 'headers'));
    const { properties, required } = components.schemas.DeadLetterHeaders;
    check(withOwn.headers);
    check(without.headers);
    const ofEvent = Object.keys(headers).filter((name) => !name.startsWith('Nats-'));
    assert.deepEqual(Object.keys(withOwn.headers).sort(), [...Object.keys(properties), ...ofEvent].sort());
    // Without the tracing that wrote a traceparent, there are but its own.
    assert.deepEqual(Object.keys(without.headers).sort(), Object.keys(properties).sort());
    assert.deepEqual(
      required.toSorted(),
      Object.keys(properties)
        .filter((name) => name !== 'Nats-Expected-Stream')
        .sort(),
    );
    for (const [name] of deadLetterHeaders(letter)) assert.ok(name in properties || name in headers, name);
  });
});

/** The keys of a type that have a name, without those that may be there besides. */
type Named<T> = keyof { [Key in keyof T as string extends Key ? never : Key]: true };
type KeysOf<Event extends { fields: object }> = Record<Named<Event['fields']>, true>;

// Held to the types by the compiler, and to the document by the test.
const legStatus: KeysOf<LegStatusEvent> = {
  from: true,
  to: true,
  status: true,
  conversation_uuid: true,
  timestamp: true,
  uuid: true,
  direction: true,
  headers: true,
  detail: true,
  sip_code: true,
  start_time: true,
  end_time: true,
  duration: true,
  rate: true,
  price: true,
  network: true,
  disconnected_by: true,
};
const detection: KeysOf<DetectionEvent> = {
  from: true,
  to: true,
  status: true,
  conversation_uuid: true,
  timestamp: true,
  call_uuid: true,
  sub_state: true,
};
const transfer: KeysOf<TransferEvent> = {
  type: true,
  uuid: true,
  conversation_uuid_from: true,
  conversation_uuid_to: true,
  timestamp: true,
};
const record: KeysOf<RecordEvent> = {
  recording_url: true,
  recording_uuid: true,
  conversation_uuid: true,
  size: true,
  start_time: true,
  end_time: true,
  timestamp: true,
};
const transcription: KeysOf<TranscriptionEvent> = {
  transcription_url: true,
  recording_uuid: true,
  conversation_uuid: true,
  type: true,
  status: true,
};
const input: KeysOf<InputEvent> = {
  dtmf: true,
  speech: true,
  uuid: true,
  conversation_uuid: true,
  from: true,
  to: true,
  timestamp: true,
};
const notify: KeysOf<NotifyEvent> = { payload: true, conversation_uuid: true, timestamp: true };
const fault: KeysOf<FaultEvent> = { reason: true, conversation_uuid: true, timestamp: true };

describe('a payload', () => {
  const families = {
    LegStatusKeys: legStatus,
    DetectionKeys: detection,
    TransferKeys: transfer,
    RecordKeys: record,
    TranscriptionKeys: transcription,
    InputKeys: input,
    NotifyKeys: notify,
    FaultKeys: fault,
  };
  for (const [name, keys] of Object.entries(families)) {
    it(`has the keys that the code knows: ${name}`, () => {
      assert.deepEqual(Object.keys(components.schemas[name].properties).sort(), Object.keys(keys).sort());
    });
  }

  it('may have keys that nobody has heard of', () => {
    for (const { kind, body } of samples) {
      document.check(pointer('components', 'messages', kind, 'payload'))({ ...body, levitation: { height: 12 } });
    }
  });

  it('is of its kind by what its schema asks for', () => {
    for (const kind of CALL_EVENT_KINDS.filter((word) => word !== 'unknown')) {
      const check = (body: object) => document.fits(pointer('components', 'messages', kind, 'payload'), body);
      for (const body of EVENT_SAMPLES[kind]) {
        assert.equal(toCallEvent(body).kind, kind);
        for (const key of Object.keys(body)) {
          const { [key]: _without, ...rest } = body;
          // What is still of this kind fits still: no key is asked for but those that the kind is told by.
          if (kindOf(rest) === kind) assert.ok(check(rest), `${kind} without ${key}`);
          else assert.ok(!check(rest), `${kind} without ${key}`);
        }
      }
    }
  });
});

function kindOf(body: Readonly<Record<string, unknown>>): CallEventKind {
  return toCallEvent(body).kind;
}
