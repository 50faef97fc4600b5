import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { CallProgress, type CallsReport, placeCall, placeCalls } from '@kodama/simulator';
import { Wait } from 'testcontainers';
import { WebSocket } from 'ws';
import { container } from '../support/containers.ts';
import { Deployment } from '../support/deployment.ts';
import { waitForTrace } from '../support/jaeger.ts';
import { until } from '../support/wait.ts';

const GATEWAYS = 3;
const CALLS = 6;

/** Runs in the container of `events`, as NATS is published nowhere: writes every message of the stream as a line of JSON. */
const READ_STREAM = `
  import { connect } from 'nats';
  const nats = await connect({ servers: process.env.NATS_URL });
  const consumer = await nats.jetstream().consumers.get('CALLS');
  const { num_pending: pending } = await consumer.info();
  let left = pending;
  for await (const message of await consumer.fetch({ max_messages: pending })) {
    console.log(JSON.stringify({ id: message.headers.get('Nats-Msg-Id'), event: message.json() }));
    left -= 1;
    if (left === 0) break;
  }
  await nats.close();
`;

/** A handler as a package of its own would have it. */
const BOT = `
  import { defineHandler, tone } from '@kodama/handler-kit';
  export const bot = defineHandler({
    name: 'bot',
    async onStart(call) {
      call.out.write(tone({ hz: 500, ms: 100 }).samplesAt(call.format.sampleRateHz));
      call.end();
    },
  });
`;

interface Message {
  readonly id: string;
  readonly event: { readonly conversation_uuid: string; readonly status: string };
}

interface CallRecord {
  readonly state: string;
  readonly legs: readonly { readonly gatewayId: string; readonly framesIn: number; readonly framesOut: number }[];
}

describe(`docker-compose.yml with ${GATEWAYS} gateways`, () => {
  const stack = new AsyncDisposableStack();
  let deployment: Deployment;
  let report: CallsReport;

  before(async () => {
    deployment = stack.use(
      await Deployment.up({ project: 'kodama-test-e2e', gateways: GATEWAYS, env: { DRAIN_TIMEOUT_MS: '1000' } }),
    );
    report = await placeCalls(target(), CALLS);
  });
  after(() => stack.disposeAsync());

  function target() {
    return {
      answerUrl: `${deployment.url}/webhooks/answer`,
      eventUrl: `${deployment.url}/webhooks/event`,
      talkCharactersPerSecond: Number.POSITIVE_INFINITY,
      seconds: 5,
    };
  }

  it('gives every frame of every call back unaltered', () => {
    assert.deepEqual(
      report.calls.flatMap(({ problems }) => problems),
      [],
    );
    const { framesSent, framesEchoed, framesMissing, framesAltered, framesUnexpected } = report.summary;
    // What the callers say, and silence before it.
    assert.ok(framesSent >= CALLS * 250, `${framesSent} frames`);
    assert.deepEqual([framesEchoed, framesMissing, framesAltered, framesUnexpected], [framesSent, 0, 0, 0]);
  });

  it('knows every call under /api/calls, on all gateways', async () => {
    const gateways = new Set<string | undefined>();
    for (const { conversationUuid, framesSent, framesEchoed } of report.calls) {
      const call = await until(
        async () => {
          const response = await fetch(`${deployment.operatorUrl}/api/calls/${conversationUuid}`);
          const record = (await response.json()) as CallRecord;
          return record.state === 'ended' && record;
        },
        { what: `${conversationUuid} to have ended` },
      );
      assert.deepEqual(
        call.legs.map(({ framesIn, framesOut }) => [framesIn, framesOut]),
        [[framesSent, framesEchoed]],
      );
      gateways.add(call.legs[0]?.gatewayId);
    }
    assert.equal(gateways.size, GATEWAYS);
  });

  it('has every event in the stream, once', async () => {
    const script = ['node', '--input-type=module', '--eval', READ_STREAM];
    const lines = (await deployment.compose('exec', '-T', 'events', ...script)).trim().split('\n');
    const messages = lines.map((line): Message => JSON.parse(line));
    assert.equal(messages.length, report.summary.eventsSent);
    assert.equal(new Set(messages.map(({ id }) => id)).size, messages.length);
    const ofCall = Map.groupBy(messages, ({ event }) => event.conversation_uuid);
    assert.deepEqual(
      [...ofCall.keys()].sort(),
      report.calls.map(({ conversationUuid }) => conversationUuid as string).sort(),
    );
    for (const events of ofCall.values()) {
      const statuses = events.map(({ event }) => event.status).sort();
      assert.deepEqual(statuses, ['answered', 'answered', 'completed', 'completed', 'ringing', 'started', 'started']);
    }
  });

  it('shows its events through npm run events, and puts them into timelines', async () => {
    const { conversationUuid } = report.calls[0] as (typeof report.calls)[number];
    const lines = (await deployment.events('list', '--call', conversationUuid, '--json')).trim().split('\n');
    const kinds = lines.map((line) => JSON.parse(line).kind).sort();
    assert.deepEqual(kinds, ['answered', 'answered', 'completed', 'completed', 'ringing', 'started', 'started']);
    assert.match(await deployment.events('show', conversationUuid), /^state +ended, completed$/m);
    assert.match(await deployment.events('replay', '--call', conversationUuid), /^7 read, 7 handled, 0 failed$/m);
    const call = await (await fetch(`${deployment.operatorUrl}/api/calls/${conversationUuid}`)).json();
    const { state, events } = (call as { timeline: { state: string; events: unknown[] } }).timeline;
    assert.deepEqual([state, events.length], ['ended', 7]);
  });

  it('lets no socket in without the token of an NCCO, and shows no calls at the public port', async () => {
    for (const authorization of [undefined, 'Bearer x']) {
      const headers = authorization === undefined ? {} : { authorization };
      const socket = new WebSocket(`${deployment.url.replace('http', 'ws')}/socket`, { headers });
      const [, response] = await once(socket, 'unexpected-response');
      assert.equal(response.statusCode, 401);
      socket.on('error', () => {});
      socket.terminate();
    }
    for (const path of ['/api/calls', '/calls', '/readyz', '/metrics']) {
      assert.equal((await fetch(deployment.url + path)).status, 404, path);
    }
  });

  it('has no secret in an image', async () => {
    for (const name of ['ncco-api', 'events', 'media-gateway']) {
      const inspected = execFileSync('docker', [
        'image',
        'inspect',
        `kodama/${name}`,
        '--format',
        '{{json .Config.Env}}',
      ]);
      const names = (JSON.parse(inspected.toString()) as string[]).map((entry) => entry.split('=', 1)[0]);
      assert.deepEqual(
        names.filter((variable) => /SECRET|TOKEN|KEY|PASSWORD/.test(variable ?? '')),
        [],
      );
      const files = execFileSync('docker', [
        ...['run', '--rm', '--network', 'none', '--entrypoint', 'ls', `kodama/${name}`],
        ...['-A', '/var/lib/kodama/secrets'],
      ]);
      assert.equal(files.toString(), '', 'the secret is made at the first start');
    }
  });

  it('has one trace for each call, of all three services, under the id of its conversation', async () => {
    for (const { conversationUuid } of report.calls) {
      const traceId = conversationUuid.replace('CON-', '').replaceAll('-', '');
      const spans = await waitForTrace(deployment.jaegerUrl, traceId, (seen) => {
        const services = new Set(seen.map(({ service }) => service));
        return ['ncco-api', 'events', 'media-gateway'].every((service) => services.has(service));
      });
      const roots = spans.filter(({ parentSpanId }) => parentSpanId === undefined);
      assert.deepEqual(
        roots.map(({ service, spanId }) => [service, spanId]),
        [['ncco-api', traceId.slice(16)]],
      );
    }
  });

  it('makes an image of the gateway that holds handlers of your own', async () => {
    // As the first Dockerfile of docs/handlers.md says.
    const module = '/app/handlers/bot.mjs';
    await using gateway = await container('kodama/media-gateway')
      .withCopyContentToContainer([{ content: BOT, target: module }])
      .withEnvironment({ HANDLER_MODULES: module, REDIS_URL: 'redis://127.0.0.1:1', SOCKET_AUTH: 'off' })
      .withExposedPorts(8080)
      .withWaitStrategy(Wait.forLogMessage('listening'))
      .start();
    const socket = new WebSocket(`ws://127.0.0.1:${gateway.getMappedPort(8080)}/socket`);
    await once(socket, 'open');
    let frames = 0;
    const done = once(socket, 'close');
    socket.on('message', (_data, isBinary) => {
      if (isBinary) frames += 1;
    });
    const hello = { event: 'websocket:connected', 'content-type': 'audio/l16;rate=16000', handler: 'bot' };
    socket.send(JSON.stringify(hello));
    assert.equal((await done)[0], 1000);
    assert.equal(frames, 5);
  });

  it('lets a live call end with 1001 when all of it is stopped', async () => {
    const progress = new CallProgress();
    const call = placeCall({ ...target(), seconds: 60, progress });
    await until(() => progress.framesSpoken > 100, { what: 'the call to be under way' });
    await deployment.compose('stop', 'nginx', 'media-gateway');
    const { closeCode, closedBy, framesSent } = await call;
    assert.deepEqual([closeCode, closedBy], [1001, 'application']);
    assert.ok(framesSent > 100, `${framesSent} frames were sent before`);
  });
});
