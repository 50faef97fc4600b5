import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { Deployment } from '../support/deployment.ts';
import type { Findings } from '../support/kill-run/checker.ts';
import { isAcknowledged } from '../support/kill-run/delivery.ts';
import { figures } from '../support/kill-run/figures.ts';
import { type KillRun, killRun } from '../support/kill-run/kill-run.ts';
import { expectedCalls, shownCalls, untilProjected } from '../support/kill-run/projection.ts';

/** KILL_RUN_EVENTS=100000 npm run test:e2e -- tests/e2e/kill-run.test.ts */
const EVENTS = Number(process.env.KILL_RUN_EVENTS || 10_000);
/** Events a second: a fraction of what the deployment can take, so that it has caught up with one kill before the next. */
const PACE = 300;
/** Starting and checking included, ms; kills take their share, and a busy machine its own. */
const TIMEOUT_MS = 300_000 + EVENTS * 15;
const SECRET = 'a signature secret of nobody';

/** What takes events in. */
const INBOX = ['nats', 'redis', 'events', 'nginx'];
const SETTINGS = { events: 2, env: { VONAGE_SIGNATURE_SECRETS: SECRET, OTEL_TRACES_SAMPLER: 'always_off' } };

/** Of each finding the number, and some of them to look at. */
function summary(findings: Findings) {
  return Object.fromEntries(Object.entries(findings).map(([what, all]) => [what, [all.length, ...all.slice(0, 3)]]));
}

describe(`docker-compose.yml under ${EVENTS} events, while NATS, events and nginx are killed in turn`, {
  timeout: TIMEOUT_MS,
}, () => {
  const stack = new AsyncDisposableStack();
  let deployment: Deployment;
  let run: KillRun;

  before(
    async () => {
      deployment = stack.use(
        await Deployment.up({ project: 'kodama-test-kills', only: [...INBOX, 'media-gateway'], ...SETTINGS }),
      );
      run = await killRun(deployment, { events: EVENTS, pace: PACE, secret: SECRET });
      for (const line of figures(run)) console.log(`  ${line}`);
    },
    // A hook does not have the time of its suite.
    { timeout: TIMEOUT_MS },
  );
  after(() => stack.disposeAsync());

  it('is hit at least twice in each of them', () => {
    const { kills } = run.killer;
    assert.ok(kills.nats >= 2 && kills.nginx >= 2 && kills['one of events'] + kills['all of events'] >= 2);
  });

  it('acknowledges most events all the same, and tells of the others that they are to be sent again', () => {
    const { deliveries, acknowledged } = run.ledger;
    assert.ok(acknowledged > deliveries.length / 2, `${acknowledged} of ${deliveries.length}`);
    const outcomes = new Set([...deliveries.flatMap((delivery) => delivery.outcomes), ...run.ledger.repeats]);
    const allowed = new Set([204, 503, 'no connection', 'connection lost', 'timeout']);
    assert.deepEqual([...outcomes.difference(allowed)], []);
  });

  it('takes nothing that is not signed', async () => {
    const response = await fetch(`${deployment.url}/webhooks/event`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: run.ledger.deliveries[0]?.event.body ?? '',
    });
    assert.equal(response.status, 401);
  });

  it('has every acknowledged event in the stream, once, as it was sent, in the order of its call', () => {
    assert.deepEqual(summary(run.findings), { lost: [0], twice: [0], neverSent: [0], outOfOrder: [0] });
  });

  it('acknowledges again what comes again', () => {
    assert.ok(run.repeatsAtEnd.length > 0);
    assert.deepEqual(
      run.repeatsAtEnd.filter((outcome) => !isAcknowledged(outcome)),
      [],
    );
  });

  it('shows of every call what the events in the stream say', async () => {
    await untilProjected(deployment);
    const expected = expectedCalls(run.messages);
    const shown = await shownCalls(
      deployment,
      expected.map(({ conversation }) => conversation),
    );
    const wrong = expected.flatMap((call, index) =>
      isDeepStrictEqual(shown[index], call) ? [] : [[call, shown[index]]],
    );
    assert.deepEqual([wrong.length, ...wrong.slice(0, 2)], [0]);
  });
});

describe('an events service that acknowledges before it writes', () => {
  it('is found guilty by the same run', async () => {
    await using deployment = await Deployment.up({
      project: 'kodama-test-early-ack',
      files: ['tests/fixtures/early-ack.compose.yml'],
      only: INBOX,
      ...SETTINGS,
    });
    const run = await killRun(deployment, { events: 1500, pace: 150, secret: SECRET });
    for (const line of figures(run)) console.log(`  ${line}`);
    // NATS is what is killed first, and the instances do not connect again within half a second.
    assert.ok(run.killer.kills.nats > 0);
    assert.ok(run.findings.lost.length > 0);
    assert.deepEqual(run.findings.neverSent, []);
  });
});
