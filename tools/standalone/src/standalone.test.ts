import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { CallView } from '@kodama/media-gateway/find-call';
import type { CallPage } from '@kodama/media-gateway/leg-metrics-store';
import { loadHandlers } from '@kodama/media-gateway/load-handlers';
import { loadConfig } from '@kodama/shared/config';
import { listen } from '@kodama/shared/http';
import { Lifecycle } from '@kodama/shared/lifecycle';
import { createLogger } from '@kodama/shared/telemetry';
import { placeCalls } from '@kodama/simulator';
import { configSchema } from './config.ts';
import { createStandalone } from './standalone.ts';

async function getJson<Body>(url: string): Promise<Body> {
  return (await (await fetch(url)).json()) as Body;
}

async function startStandalone(env: Record<string, string> = {}) {
  const loaded = await loadHandlers(env);
  const { handlers } = loaded;
  const config = loadConfig('standalone', configSchema(loaded), { LOG_LEVEL: 'silent', PORT: '8080', ...env });
  const logger = createLogger('standalone', config.LOG_LEVEL);
  const lifecycle = new Lifecycle(logger);
  const { server, operators } = createStandalone({ config, handlers, logger, lifecycle });
  const origin = `http://127.0.0.1:${await listen(server, 0, '127.0.0.1')}`;
  const operatorOrigin = `http://127.0.0.1:${await listen(operators, 0, '127.0.0.1')}`;
  lifecycle.ready();
  return { origin, operatorOrigin, [Symbol.asyncDispose]: () => lifecycle.stop() };
}

test('answers calls, echoes every frame, takes every event and shows the calls', async () => {
  await using standalone = await startStandalone();
  const { summary, calls } = await placeCalls(
    {
      answerUrl: `${standalone.origin}/ncco`,
      talkCharactersPerSecond: Number.POSITIVE_INFINITY,
      seconds: 1,
    },
    3,
  );
  assert.equal(summary.verdict, 'passed', JSON.stringify(calls.map((call) => call.problems)));

  for (const { conversationUuid, legUuid, framesSent } of calls) {
    const byConversation = await getJson<CallView>(`${standalone.operatorOrigin}/api/calls/${conversationUuid}`);
    assert.equal(byConversation.state, 'ended');
    assert.equal(byConversation.legs[0]?.framesIn, framesSent);
    assert.equal(byConversation.legs[0]?.framesOut, framesSent);
    const byLeg = await getJson<CallView>(`${standalone.operatorOrigin}/api/calls/${legUuid}`);
    assert.deepEqual(byLeg, byConversation);
    const { timeline } = byConversation;
    assert.deepEqual([timeline?.state, timeline?.outcome], ['ended', 'completed']);
    assert.deepEqual(
      timeline?.legs.map(({ status }) => status),
      ['completed', 'completed'],
    );
    assert.equal(timeline?.events.length, 7);
    const socketLeg = timeline?.legs.find(({ leg }) => leg !== legUuid)?.leg;
    assert.deepEqual(await getJson<CallView>(`${standalone.operatorOrigin}/api/calls/${socketLeg}`), byConversation);
  }
  const list = await getJson<CallPage>(`${standalone.operatorOrigin}/api/calls?limit=2`);
  assert.equal(list.calls.length, 2);
  assert.notEqual(list.nextCursor, null);
});

test('serves each rate that Vonage has', async () => {
  for (const rate of [8000, 16000, 24000]) {
    await using standalone = await startStandalone({ SAMPLE_RATE_HZ: String(rate) });
    const { calls } = await placeCalls(
      {
        answerUrl: `${standalone.origin}/webhooks/answer`,
        talkCharactersPerSecond: Number.POSITIVE_INFINITY,
        seconds: 0.2,
      },
      1,
    );
    assert.equal(calls[0]?.sampleRateHz, rate);
    assert.equal(calls[0]?.verdict, 'passed', String(calls[0]?.problems));
  }
});

test('refuses a lease that runs out between two writes, as the gateway itself does', async () => {
  const schema = configSchema(await loadHandlers({}));
  assert.throws(() => loadConfig('standalone', schema, { METRICS_FLUSH_INTERVAL_MS: '5000' }), {
    message: /LEASE_MS: must be longer than METRICS_FLUSH_INTERVAL_MS/,
  });
});

test('refuses names of handlers that are not there, each by its variable', async () => {
  const schema = configSchema(await loadHandlers({}));
  const env = { HANDLER: 'nope', HANDLERS_BY_NUMBER: '12025550123=menu,12025550124=neither' };
  assert.throws(() => loadConfig('standalone', schema, env), {
    message:
      /HANDLER: must name handlers that are there: .*echo.*\n.*HANDLERS_BY_NUMBER: must name handlers that are there/,
  });
  loadConfig('standalone', schema, { HANDLER: 'recorder', HANDLERS_BY_NUMBER: '12025550123=menu' });
});

test('is ready, and has no other paths', async () => {
  await using standalone = await startStandalone();
  for (const origin of [standalone.origin, standalone.operatorOrigin]) {
    assert.equal((await fetch(`${origin}/readyz`)).status, 200);
    assert.equal((await fetch(`${origin}/metrics`)).status, 404);
  }
});

test('shows calls at the operators’ door alone, and takes webhooks and sockets at the other alone', async () => {
  await using standalone = await startStandalone();
  for (const path of ['/api/calls', '/api/calls/CON-1', '/api/calls?limit=1']) {
    const response = await fetch(standalone.origin + path);
    assert.equal(response.status, 404, path);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    assert.deepEqual([error.code, error.message.includes('OPERATOR_PORT')], ['NOT_FOUND', true]);
  }
  assert.equal((await fetch(`${standalone.operatorOrigin}/api/calls`)).status, 200);

  for (const path of ['/ncco', '/webhooks/answer', '/webhooks/event', '/webhooks/events', '/socket']) {
    assert.equal((await fetch(standalone.operatorOrigin + path)).status, 404, path);
    assert.notEqual((await fetch(standalone.origin + path)).status, 404, path);
  }
  const socket = new WebSocket(`${standalone.operatorOrigin.replace('http', 'ws')}/socket`);
  const [outcome] = await Promise.race([once(socket, 'open'), once(socket, 'error')]);
  assert.equal(outcome.type, 'error');
});
