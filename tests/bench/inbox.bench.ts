// npm run bench:inbox -- [--webhooks 10000] [--rounds 5] [--connections 64] [--instances 1]
//
// How many webhooks a second the events service takes with everything on (signatures and hashes verified, CloudEvents headers,
// a line of the log and a trace for each, timelines projected into Redis by the same process), beside the least that could do
// the job: express and a publish to JetStream. Both on the same NATS, which writes each event to the disk before it
// acknowledges it; in turn, so that both have the same machine. What counts is the ratio.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect as connectTo } from 'node:net';
import { parseArgs } from 'node:util';
import { SIGNING_ENV } from '@kodama/shared/testing';
import { startNats, startRedis } from '../support/containers.ts';
import { root } from '../support/images.ts';
import { inJetStream } from '../support/jetstream.ts';
import { freePort } from '../support/ports.ts';
import { until } from '../support/wait.ts';
import { type LoadReport, sendAll, signedWebhooks } from './webhook-load.ts';

const { values } = parseArgs({
  options: {
    webhooks: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '64' },
    instances: { type: 'string', default: '1' },
  },
});
const count = Number(values.webhooks);
const rounds = Number(values.rounds);
const connections = Number(values.connections);
const instances = Number(values.instances);
if (!(count >= 100 && rounds >= 1 && connections >= 1 && connections <= 1000 && instances >= 1 && instances <= 8)) {
  console.error('--webhooks is 100 or more, --rounds 1 or more, --connections 1 to 1000, --instances 1 to 8');
  process.exit(2);
}
/** Share of the bare server's rate that the service has to reach. */
const GOAL = 0.8;

await using nats = await startNats();
await using redis = await startRedis();

// Somebody takes the traces: to have nobody there would be cheaper, and to have Jaeger there would measure Jaeger.
const tracesPort = await freePort();
const taker = spawn(process.execPath, ['tests/bench/takes-all.ts'], {
  cwd: root,
  stdio: ['pipe', 'inherit', 'inherit', 'ipc'],
  env: { ...process.env, TRACES_PORT: String(tracesPort) },
});
await listening(tracesPort);

async function listening(port: number): Promise<void> {
  await until(
    async () => {
      const socket = connectTo(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.destroy();
      return true;
    },
    { what: `port ${port}`, everyMs: 20, deadlineMs: 20_000 },
  );
}

interface Inbox {
  readonly port: number;
  cpuMs(): Promise<number>;
  stop(): Promise<void>;
}

async function start(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Inbox> {
  const port = await freePort();
  const child = spawn(process.execPath, ['--conditions=kodama:source', ...args], {
    cwd: root,
    stdio: ['ignore', taker.stdin, 'inherit'],
    env: { ...process.env, HOST: '127.0.0.1', PORT: String(port), NATS_URL: nats.url, ...env },
  });
  const failed = once(child, 'exit').then(([code]) => Promise.reject(new Error(`${args.at(-1)} ended with ${code}`)));
  await Promise.race([listening(port), failed]);
  failed.catch(() => {});
  return {
    port,
    cpuMs: async () => {
      const fields = (await readFile(`/proc/${child.pid}/stat`, 'latin1')).split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * 10;
    },
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

const bare = [await start(['tests/bench/bare-inbox.ts'], {})];
// As in docker-compose.yml.
const flags = ['--max-semi-space-size=16', '--v8-pool-size=1'];
const main = ['--import', '@kodama/shared/telemetry/instrument', 'services/events/src/main.ts'];
const env = { ...SIGNING_ENV, REDIS_URL: redis.url, OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${tracesPort}` };
const events: Inbox[] = [];
for (let index = 0; index < instances; index++) events.push(await start([...flags, ...main], env));

/** Waits until the timelines are there, which would take its share of the machine from the next round. */
async function caughtUp(): Promise<string> {
  const began = performance.now();
  await inJetStream(nats.url, ({ consumers }) =>
    until(
      async () => {
        const { num_pending: pending, num_ack_pending: underWay } = await consumers.info('CALLS', 'timelines');
        return pending === 0 && underWay === 0;
      },
      { what: 'the timelines', deadlineMs: 120_000, everyMs: 20 },
    ),
  );
  return (performance.now() - began).toFixed(0);
}

async function cpuMsOf(inboxes: readonly Inbox[]): Promise<number> {
  return (await Promise.all(inboxes.map((inbox) => inbox.cpuMs()))).reduce((sum, ms) => sum + ms, 0);
}

async function round(name: string, inboxes: readonly Inbox[]): Promise<number> {
  const webhooks = signedWebhooks(count);
  const before = await cpuMsOf(inboxes);
  const ports = inboxes.map(({ port }) => port);
  const report: LoadReport = await sendAll(ports, webhooks, connections);
  const cpuUs = (((await cpuMsOf(inboxes)) - before) * 1000) / report.accepted;
  if (report.accepted < count) console.log(`${name}: refused ${JSON.stringify([...report.refused])}`);
  const rate = report.accepted / report.seconds;
  const caughtUpAfterMs = name === 'events' ? ` timelines there after ${await caughtUp()} ms more` : '';
  console.log(
    `${name.padEnd(8)} ${rate.toFixed(0).padStart(6)} a second   p50 ${report.p50Ms.toFixed(1)} ms   p99 ${report.p99Ms.toFixed(1)} ms   CPU ${cpuUs.toFixed(0)} µs each  ${caughtUpAfterMs}`,
  );
  return rate;
}

console.log(
  `${rounds} rounds of ${count} webhooks over ${connections} connections to ${instances} of events, one of each to get warm`,
);
await round('bare', bare);
await round('events', events);
console.log('');
const ratios: number[] = [];
for (let index = 0; index < rounds; index++) {
  const bareRate = await round('bare', bare);
  ratios.push((await round('events', events)) / bareRate);
}
ratios.sort((a, b) => a - b);
const median = ratios[Math.floor(ratios.length / 2)] ?? 0;
console.log(
  `\nratios ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}; median ${median.toFixed(2)}, the goal is ${GOAL}`,
);
console.log(median >= GOAL ? 'passed' : 'failed');
process.exitCode = median >= GOAL ? 0 : 1;

await Promise.all([...bare, ...events].map((inbox) => inbox.stop()));
taker.disconnect();
