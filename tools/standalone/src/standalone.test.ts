import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Call, CallPage } from '@kodama/media-gateway/leg-metrics-store';
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
  const { handlers, fields } = await loadHandlers(env);
  const config = loadConfig('standalone', configSchema(fields), { LOG_LEVEL: 'silent', PORT: '8080', ...env });
  const logger = createLogger('standalone', config.LOG_LEVEL);
  const lifecycle = new Lifecycle(logger);
  const origin = `http://127.0.0.1:${await listen(createStandalone({ config, handlers, logger, lifecycle }), 0, '127.0.0.1')}`;
  lifecycle.ready();
  return { origin, [Symbol.asyncDispose]: () => lifecycle.stop() };
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
    const byConversation = await getJson<Call>(`${standalone.origin}/api/calls/${conversationUuid}`);
    assert.equal(byConversation.state, 'ended');
    assert.equal(byConversation.legs[0]?.framesIn, framesSent);
    assert.equal(byConversation.legs[0]?.framesOut, framesSent);
    const byLeg = await getJson<Call>(`${standalone.origin}/api/calls/${legUuid}`);
    assert.deepEqual(byLeg, byConversation);
  }
  const list = await getJson<CallPage>(`${standalone.origin}/api/calls?limit=2`);
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

test('refuses a lease that runs out between two writes, as the gateway itself does', () => {
  assert.throws(() => loadConfig('standalone', configSchema(), { METRICS_FLUSH_INTERVAL_MS: '5000' }), {
    message: /LEASE_MS: must be longer than METRICS_FLUSH_INTERVAL_MS/,
  });
});

test('is ready, and has no other paths', async () => {
  await using standalone = await startStandalone();
  assert.equal((await fetch(`${standalone.origin}/readyz`)).status, 200);
  assert.equal((await fetch(`${standalone.origin}/metrics`)).status, 404);
});
