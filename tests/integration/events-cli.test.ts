import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { Redis as RedisClient } from 'ioredis';
import { headers } from 'nats';
import { type Nats, type Redis, startNats, startRedis } from '../support/containers.ts';
import { type CliRun, EventsCli, eventsCli } from '../support/events-cli.ts';
import { onNats } from '../support/jetstream.ts';
import { type Service, startService } from '../support/services.ts';
import { until } from '../support/wait.ts';

/** What no line but that of `show` may have. */
const CALLER = '447700900123';
const KINDS = ['started', 'ringing', 'answered', 'completed'] as const;

interface TestCall {
  readonly conversation: string;
  readonly leg: string;
}

function newCall(): TestCall {
  return { conversation: `CON-${randomUUID()}`, leg: randomUUID().replaceAll('-', '') };
}

/** Column of a line: 0 the sequence, 1 the time, 2 the kind, 3 the conversation, 4 the leg. */
function column(run: { readonly stdout: string }, index: number): string[] {
  return run.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim().split(/\s{2,}/)[index] ?? '');
}

describe('npm run events', () => {
  const stack = new AsyncDisposableStack();
  let nats: Nats;
  let redis: Redis;
  let events: Service;
  let env: Record<string, string>;
  const first = newCall();
  const second = newCall();
  /** Between the two calls. */
  let between = '';

  before(async () => {
    nats = stack.use(await startNats());
    redis = stack.use(await startRedis());
    env = { NATS_URL: nats.url, REDIS_URL: redis.url, EVENTS_MAX_DELIVERIES: '1' };
    events = stack.use(await startService('events', { env }));
    await send(first);
    // A millisecond of its own, which no event was stored in.
    between = new Date(Date.now() + 1).toISOString();
    await until(() => new Date().toISOString() > between, { what: 'the next millisecond', everyMs: 1 });
    await send(second);
  });
  after(() => stack.disposeAsync());

  const run = (...args: string[]): Promise<CliRun> => eventsCli(args, env);

  async function post(body: object): Promise<void> {
    const response = await fetch(`${events.url}/webhooks/event`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 204);
  }

  async function send({ conversation, leg }: TestCall, kinds: readonly string[] = KINDS): Promise<void> {
    for (const [index, status] of kinds.entries()) {
      const timestamp = new Date(Date.UTC(2026, 10, 28, 10, 0, index)).toISOString();
      await post({ uuid: leg, conversation_uuid: conversation, status, from: CALLER, to: '12025550123', timestamp });
    }
  }

  async function onRedis<T>(use: (client: RedisClient) => Promise<T>): Promise<T> {
    const client = new RedisClient(redis.url);
    try {
      return await use(client);
    } finally {
      client.disconnect();
    }
  }

  /** All timelines, with everything that Redis has of them: what is in them, and when they expire. */
  const timelines = () =>
    onRedis(async (client) => {
      const found: Record<string, unknown> = {};
      for (const key of (await client.keys('kodama:timeline*')).sort()) {
        const content =
          (await client.type(key)) === 'hash'
            ? await client.hgetall(key)
            : await client.zrangebyscore(key, '-inf', '+inf', 'WITHSCORES');
        found[key] = { content, expires: await client.pexpiretime(key) };
      }
      return found;
    });

  const entriesOf = ({ conversation }: TestCall) =>
    onRedis(async (client) => Object.keys(await client.hgetall(`kodama:timeline:${conversation}`)).length);

  const emptyRedis = () => onRedis((client) => client.flushall());

  /** Puts a message into a stream as somebody else would. */
  const publish = (subject: string, body: string, values: Readonly<Record<string, string>> = {}) =>
    onNats(nats.url, async (connection) => {
      const all = headers();
      for (const [name, value] of Object.entries(values)) all.set(name, value);
      return (await connection.jetstream().publish(subject, body, { headers: all })).seq;
    });

  /** Names of the consumers that have no durable name: those of a command. */
  const consumersLeft = () =>
    onNats(nats.url, async (connection) => {
      const manager = await connection.jetstreamManager();
      const all = await manager.consumers.list('CALLS').next();
      return all.filter(({ config }) => config.durable_name === undefined).map(({ name }) => name);
    });

  it('lists the events in their order, a line each, without a number of a caller', async () => {
    const { code, stdout, stderr } = await run('list');
    assert.equal(code, 0, stderr);
    assert.deepEqual(column({ stdout }, 0), ['1', '2', '3', '4', '5', '6', '7', '8']);
    assert.deepEqual(column({ stdout }, 2), [...KINDS, ...KINDS]);
    assert.deepEqual([...new Set(column({ stdout }, 3))], [first.conversation, second.conversation]);
    assert.deepEqual([...new Set(column({ stdout }, 4))], [first.leg, second.leg]);
    for (const time of column({ stdout }, 1)) assert.ok(Math.abs(Date.now() - Date.parse(time)) < 60_000, time);
    assert.doesNotMatch(stdout + stderr, new RegExp(CALLER));
    assert.equal(stderr, '');
    assert.deepEqual(await consumersLeft(), []);
  });

  it('lists by call, kind and time', async () => {
    const sequences = async (...args: string[]) => column(await run('list', ...args), 0).map(Number);
    assert.deepEqual(await sequences('--call', second.conversation), [5, 6, 7, 8]);
    assert.deepEqual(await sequences('--call', first.leg), [1, 2, 3, 4]);
    assert.deepEqual(await sequences('--kind', 'answered,completed'), [3, 4, 7, 8]);
    assert.deepEqual(await sequences('--kind', 'answered', '--kind', 'ringing', '--call', second.leg), [6, 7]);
    assert.deepEqual(await sequences('--since', between), [5, 6, 7, 8]);
    assert.deepEqual(await sequences('--until', between), [1, 2, 3, 4]);
    assert.deepEqual(await sequences('--since', '1h', '--until', between, '--kind', 'completed'), [4]);
    assert.deepEqual(await sequences('--since', '1h'), [1, 2, 3, 4, 5, 6, 7, 8]);
    const none = await run('list', '--call', 'CON-nobody');
    assert.deepEqual([none.code, none.stdout, none.stderr], [0, '', 'events: no such events\n']);
  });

  it('lists the last ones where there are more than asked for', async () => {
    const all = await run('list', '--limit', '3');
    assert.deepEqual(column(all, 0), ['6', '7', '8']);
    assert.equal(all.stderr, 'events: the last 3 of 8 events; --limit shows more\n');
    const some = await run('list', '--limit', '2', '--until', between, '--kind', 'started,answered,completed');
    assert.deepEqual(column(some, 0), ['3', '4']);
  });

  it('lists as JSON, an object a line', async () => {
    const { stdout } = await run('list', '--json', '--kind', 'completed');
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(
      rows.map(({ receivedAt, ...row }) => row),
      [
        { sequence: 4, kind: 'completed', conversation: first.conversation, leg: first.leg },
        { sequence: 8, kind: 'completed', conversation: second.conversation, leg: second.leg },
      ],
    );
  });

  it('shows one event as it came', async () => {
    const { code, stdout } = await run('show', '3');
    assert.equal(code, 0);
    const [head = '', body = ''] = stdout.split('\n\n');
    assert.match(head, /^sequence: 3$/m);
    assert.match(head, new RegExp(`^subject: calls\\.${first.conversation}\\.${first.leg}\\.answered$`, 'm'));
    assert.match(head, /^ce-type: com\.vonage\.voice\.answered$/m);
    const kept = await onNats(nats.url, async (connection) => {
      return (await connection.jetstreamManager()).streams.getMessage('CALLS', { seq: 3 });
    });
    assert.equal(body, `${kept.string()}\n`);
    assert.match(body, new RegExp(CALLER));
    const json = JSON.parse((await run('show', '3', '--json')).stdout);
    assert.deepEqual([json.sequence, json.body, json.headers['ce-leg']], [3, kept.string(), first.leg]);
  });

  it('shows the events of one conversation or leg', async () => {
    for (const id of [second.conversation, second.leg]) {
      const { code, stdout } = await run('show', id);
      assert.equal(code, 0);
      assert.deepEqual(column({ stdout }, 0).slice(0, 4), ['5', '6', '7', '8']);
    }
  });

  it('says what it cannot show', async () => {
    const event = await run('show', '99');
    assert.deepEqual([event.code, event.stdout], [1, '']);
    assert.equal(event.stderr, 'events: there is no event 99 in CALLS: it has 1 to 8\n');
    const call = await run('show', 'CON-nobody');
    assert.deepEqual([call.code, call.stderr], [1, 'events: there are no events of CON-nobody in CALLS\n']);
  });

  it('explains itself, and refuses what does not exist, also where there is no NATS', async () => {
    const nowhere = { NATS_URL: 'nats://127.0.0.1:1' };
    const help = await eventsCli(['--help'], nowhere);
    assert.deepEqual([help.code, help.stderr], [0, '']);
    const own = await eventsCli(['replay', '--help'], nowhere);
    assert.deepEqual([own.code, own.stderr], [0, '']);
    for (const command of ['tail', 'list', 'show', 'replay', 'dead-letters']) {
      assert.match(help.stdout, new RegExp(`^  ${command} `, 'm'));
    }
    const command = await eventsCli(['lst'], nowhere);
    assert.deepEqual([command.code, command.stdout], [2, '']);
    assert.equal(command.stderr, 'events: there is no command lst; there are tail, list, show, replay, dead-letters\n');
    const option = await eventsCli(['list', '--cal', 'x'], nowhere);
    assert.deepEqual([option.code, option.stdout], [2, '']);
    assert.equal(option.stderr, "events: Unknown option '--cal'; --help lists the options\n");
  });

  it('says in one line that NATS is away, and no password', async () => {
    const away = { NATS_URL: 'nats://someone:hidden@127.0.0.1:1' };
    for (const args of [['list'], ['tail']]) {
      const { code, stdout, stderr } = await eventsCli(args, away);
      assert.deepEqual([code, stdout], [1, '']);
      assert.equal(stderr, 'events: NATS cannot be used at 127.0.0.1:1: CONNECTION_REFUSED\n');
    }
    const unknown = await eventsCli(['list'], { NATS_URL: 'nats://no-such-host.invalid:4222' });
    assert.deepEqual([unknown.code, unknown.stdout], [1, '']);
    assert.match(
      unknown.stderr,
      /^events: NATS cannot be used at no-such-host\.invalid:4222: (ENOTFOUND|EAI_AGAIN)\n$/,
    );
    const wrong = await eventsCli(['list'], { ...env, NATS_URL: 'http://127.0.0.1' });
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /^events: 1 problem in the environment\n {2}NATS_URL: /);
    for (const args of [['list'], ['dead-letters']]) {
      const missing = await eventsCli(args, { ...env, EVENTS_STREAM: 'OTHER' });
      assert.deepEqual([missing.code, missing.stdout], [1, '']);
      assert.match(missing.stderr, /^events: NATS has no stream OTHER: .*\n$/);
    }
  });

  it('ends where something answers that is no NATS, or says nothing', { timeout: 30_000 }, async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => void sockets.add(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    try {
      const { code, stderr } = await eventsCli(['list'], { NATS_URL: `nats://127.0.0.1:${port}` });
      assert.deepEqual([code, stderr], [1, `events: NATS cannot be used at 127.0.0.1:${port}: TIMEOUT\n`]);
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  it('shows the timeline of a call, and does without where Redis is away', async () => {
    await until(async () => (await entriesOf(second)) === KINDS.length, { what: 'the timeline' });
    const { code, stdout, stderr } = await run('show', second.conversation);
    assert.deepEqual([code, stderr], [0, '']);
    const [, timeline = ''] = stdout.split('\n\n');
    assert.match(
      timeline,
      new RegExp(`^timeline  ${second.conversation}\nstate     ended, completed\nstarted   2026-11-28T`),
    );
    assert.match(timeline, new RegExp(`^leg       ${second.leg}  completed`, 'm'));
    assert.doesNotMatch(stdout, new RegExp(CALLER));
    const json = (await run('show', second.leg, '--json')).stdout.trim().split('\n');
    assert.equal(JSON.parse(json.at(-1) ?? '').timeline.state, 'ended');

    const without = await eventsCli(['show', second.leg], { ...env, REDIS_URL: 'redis://:hidden@127.0.0.1:1' });
    assert.deepEqual([without.code, column(without, 0)], [0, ['5', '6', '7', '8']]);
    assert.equal(without.stderr, 'events: no timeline: Redis cannot be used at 127.0.0.1:1: ECONNREFUSED\n');
  });

  it('rebuilds the timelines that Redis has lost, and changes nothing when it is done again', async () => {
    await until(async () => (await entriesOf(first)) + (await entriesOf(second)) === 8, { what: 'both timelines' });
    const whole = await timelines();
    assert.equal(Object.keys(whole).length, 4);
    await emptyRedis();
    const again = await run('replay', '--all');
    assert.deepEqual([again.code, again.stdout], [0, '8 read, 8 handled, 0 failed\n'], again.stderr);
    assert.deepEqual(await timelines(), whole);
    const twice = await run('replay', '--since', '1h', '--json');
    assert.equal(twice.code, 0);
    assert.deepEqual(JSON.parse(twice.stdout), { read: 8, handled: 8, failed: 0, reasons: [], stopped: null });
    assert.deepEqual(await timelines(), whole);
    assert.deepEqual(await consumersLeft(), []);
  });

  it('replays by call, kind and time', async () => {
    await emptyRedis();
    assert.equal((await run('replay', '--call', first.leg, '--kind', 'answered,completed')).code, 0);
    assert.deepEqual([await entriesOf(first), await entriesOf(second)], [2, 0]);
    assert.equal((await run('replay', '--since', between)).stdout, '4 read, 4 handled, 0 failed\n');
    assert.deepEqual([await entriesOf(first), await entriesOf(second)], [2, 4]);
    assert.equal((await run('replay', '--call', 'CON-nobody')).stdout, '0 read, 0 handled, 0 failed\n');
  });

  it('replays nothing while Redis is away, and says so in one line', async () => {
    const { code, stdout, stderr } = await eventsCli(['replay', '--all'], { ...env, REDIS_URL: 'redis://127.0.0.1:1' });
    assert.deepEqual([code, stdout], [1, '']);
    assert.equal(stderr, 'events: Redis cannot be used at 127.0.0.1:1: ECONNREFUSED\n');
  });

  it('lists dead letters, replays those that can be handled by now, and drops the others', async () => {
    const none = await run('dead-letters');
    assert.deepEqual([none.code, none.stdout, none.stderr], [0, '', 'events: no dead letters\n']);

    // One that the service itself gives up, and one of a day on which it could not handle what is a good event.
    const alien = await publish('calls.CON-alien.leg.answered', `{"from":"${CALLER}"}`);
    await until(async () => column(await run('dead-letters'), 0).length === 1, { what: 'a dead letter' });
    const good = await onNats(nats.url, async (connection) => {
      return (await connection.jetstreamManager()).streams.getMessage('CALLS', { seq: 3 });
    });
    const itsHeaders = Object.fromEntries(
      [...good.header].flatMap(([name, values]) => values.map((one) => [name, one])),
    );
    await publish(good.subject.replace('calls.', 'dead-letters.timelines.'), good.string(), {
      ...Object.fromEntries(Object.entries(itsHeaders).filter(([name]) => !name.startsWith('Nats-'))),
      'Kodama-Consumer': 'timelines',
      'Kodama-Sequence': '3',
      'Kodama-Subject': good.subject,
      'Kodama-Deliveries': '5',
      'Kodama-Reason': 'a mistake that is mended',
      'Kodama-Failed-At': '2026-11-28T10:00:00.000Z',
    });

    const all = await run('dead-letters');
    assert.equal(all.code, 0);
    assert.deepEqual(column(all, 0), ['1', '2']);
    assert.deepEqual(column(all, 2), ['timelines', 'timelines']);
    assert.deepEqual(column(all, 3), ['1 try', '5 tries']);
    assert.deepEqual(column(all, 4), [String(alien), '3']);
    assert.deepEqual(column(all, 5), ['calls.CON-alien.leg.answered', good.subject]);
    assert.deepEqual(column(all, 6), ['the headers are not those of a call event', 'a mistake that is mended']);
    assert.doesNotMatch(all.stdout, new RegExp(CALLER));
    assert.deepEqual(column(await run('dead-letters', '--call', first.leg), 0), ['2']);
    assert.deepEqual(column(await run('dead-letters', '--limit', '1'), 0), ['2']);
    const json = JSON.parse((await run('dead-letters', '--json', '--call', 'CON-alien')).stdout);
    assert.deepEqual([json.sequence, json.eventSequence, json.deliveries], [1, alien, 1]);

    await emptyRedis();
    const replayed = await run('replay', '--dead-letters', '--all');
    assert.equal(replayed.code, 1);
    assert.equal(replayed.stdout, '2 read, 1 handled, 1 failed\n1 × the headers are not those of a call event (1)\n');
    assert.equal(await entriesOf(first), 1);
    // Under its own place in the stream, not under that of its letter.
    assert.match(JSON.stringify(await timelines()), /\\"sequence\\":3,/);
    assert.deepEqual(column(await run('dead-letters'), 0), ['1']);
    const stream = await run('replay', '--all');
    assert.equal(stream.code, 1);
    assert.equal(
      stream.stdout,
      `9 read, 8 handled, 1 failed\n1 × the headers are not those of a call event (${alien})\n`,
    );

    const wrong = await run('dead-letters', 'drop', '99');
    assert.deepEqual([wrong.code, wrong.stdout, wrong.stderr], [1, '', 'events: there is no dead letter 99\n']);
    const dropped = await run('dead-letters', 'drop', '1');
    assert.equal(dropped.code, 0);
    assert.match(dropped.stdout, /^dropped {6}1 {2}.* the headers are not those of a call event\n$/);
    assert.equal((await run('dead-letters')).stderr, 'events: no dead letters\n');

    for (let i = 0; i < 3; i++) await publish(`dead-letters.timelines.CON-${i}.leg.answered`, '{}');
    assert.deepEqual(column(await run('dead-letters', 'drop', '--all'), 5).length, 3);
    assert.equal((await run('dead-letters')).stderr, 'events: no dead letters\n');
    assert.equal((await run('dead-letters', 'drop', '--all')).stderr, 'events: no dead letters\n');
  });

  it('ends without a word when nobody reads any more', async () => {
    await using cli = new EventsCli(['tail', '--since', '1h'], env);
    await cli.wrote(1);
    cli.child.stdout?.destroy();
    // Only a write tells it.
    await send(newCall(), ['started']);
    assert.equal(await cli.exited, 0);
    assert.equal(cli.stderr, '');
  });

  it('follows by call, kind and time, from now where no time is given', async () => {
    const call = newCall();
    await using ofCall = new EventsCli(['tail', '--call', call.conversation, '--kind', 'answered,completed'], env);
    await using since = new EventsCli(['tail', '--since', between, '--call', second.leg, '--json'], env);
    assert.deepEqual(
      (await since.wrote(4)).map((line) => JSON.parse(line).kind),
      [...KINDS],
    );
    // Its consumer is there: what is sent now has to come.
    await until(async () => (await consumersLeft()).length === 2, { what: 'two consumers' });
    await send(newCall());
    await send(call);
    await ofCall.wrote(2);
    assert.deepEqual(column(ofCall, 2), ['answered', 'completed']);
    assert.deepEqual([...new Set(column(ofCall, 3))], [call.conversation]);
    assert.equal(await ofCall.stop('SIGINT'), 0);
    assert.equal(await since.stop('SIGTERM'), 0);
    assert.deepEqual([ofCall.stderr, since.stderr, ofCall.lines.length, since.lines.length], ['', '', 2, 4]);
    assert.deepEqual(await consumersLeft(), []);
  });

  it('ends with its stdin where it is told to, as no signal comes through docker compose exec', async () => {
    await using cli = new EventsCli(['tail', '--since', between], { ...env, KODAMA_ENDS_WITH_STDIN: '1' });
    await cli.wrote(1);
    cli.child.stdin?.end();
    assert.equal(await cli.exited, 0);
    assert.equal(cli.stderr, '');
  });

  it('goes on where the server has forgotten its consumer, as after a long stop', async () => {
    const call = newCall();
    await using cli = new EventsCli(['tail', '--call', call.leg, '--json'], env);
    const [name = ''] = await until(
      async () => {
        const left = await consumersLeft();
        return left.length === 1 && left;
      },
      { what: 'a consumer' },
    );
    await send(call, ['started']);
    await cli.wrote(1);
    await onNats(nats.url, async (connection) => (await connection.jetstreamManager()).consumers.delete('CALLS', name));
    await send(call, ['ringing', 'answered']);
    const kinds = (await cli.wrote(3)).map((line) => JSON.parse(line).kind);
    assert.deepEqual(kinds, ['started', 'ringing', 'answered']);
    assert.equal(await cli.stop('SIGINT'), 0);
    assert.equal(cli.stderr, '');
  });

  it('follows through a restart of NATS, and tells every event once', async () => {
    const calls = [newCall(), newCall(), newCall()] as const;
    await using cli = new EventsCli(['tail', '--json'], env);
    await until(async () => (await consumersLeft()).length === 1, { what: 'a consumer' });
    await send(calls[0]);
    await cli.wrote(4);
    await nats.kill();
    await cli.noted('NATS is away; waiting for it');
    await nats.start();
    await until(async () => (await fetch(`${events.url}/readyz`)).ok, {
      what: 'events to be ready',
      deadlineMs: 20_000,
    });
    await send(calls[1]);
    await cli.noted('NATS is back');
    await send(calls[2]);
    const rows = (await cli.wrote(12)).map((line) => JSON.parse(line));
    assert.deepEqual(
      rows.map(({ conversation, kind }) => [conversation, kind]),
      calls.flatMap(({ conversation }) => KINDS.map((kind) => [conversation, kind])),
    );
    assert.equal(await cli.stop('SIGINT'), 0);
    assert.equal(cli.lines.length, 12);
    assert.equal(cli.stderr, 'events: NATS is away; waiting for it\nevents: NATS is back\n');
  });
});
