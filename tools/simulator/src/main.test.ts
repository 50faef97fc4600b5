import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempDisposable, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startApplicationServer } from './testing/application.ts';
import { resize, type SocketBehaviour } from './testing/socket-behaviours.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(args: readonly string[], userDirectory = tmpdir()) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, INIT_CWD: userDirectory } });
  child.stdin.end();
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
    ([[code], stdout, stderr]): Ended => ({ code, stdout, stderr }),
  );
  return { child, ended };
}

const run = (args: readonly string[], userDirectory?: string): Promise<Ended> => start(args, userDirectory).ended;

const workDirectory = () => mkdtempDisposable(join(tmpdir(), 'simulator-'));

/** Echoes every frame but one, and says when so many have come. */
function losing(lost: number, told: () => void = () => {}): SocketBehaviour {
  return ({ socket }) => {
    let index = 0;
    socket.on('message', (data: Buffer, isBinary) => {
      if (!isBinary) return;
      if (index !== lost) socket.send(data);
      if (index === 5) told();
      index++;
    });
  };
}

suite('call', { concurrency: 2 }, () => {
  test('a good call exits 0, prints its report, and writes what was heard where the user stands', async () => {
    await using application = await startApplicationServer();
    await using directory = await workDirectory();
    const { code, stdout, stderr } = await run(
      ['call', '--url', application.answerUrl, '--seconds', '0.5', '--dtmf', '1@0.1'].concat([
        '--out',
        'heard.wav',
        '--received',
        'received.wav',
        '--report',
        'call.html',
      ]),
      directory.path,
    );
    assert.equal(stderr, '');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /^ncco +connect: ws:\/\/\S+, audio\/l16;rate=16000$/m);
    assert.match(stdout, /^frames +(\d+) sent, \1 echoed, 0 missing, 0 altered$/m);
    assert.match(stdout, /^events +7 sent, 7 answered 2xx$/m);
    assert.match(stdout, /^said .*[▁-█]/m);
    assert.match(stdout, /^heard .*[▁-█]/m);
    assert.match(stdout, /^passed: every frame came back unaltered$/m);
    const [heard, received, page] = await Promise.all(
      ['heard.wav', 'received.wav', 'call.html'].map((name) => readFile(join(directory.path, name))),
    );
    // Channels, and bytes a sample of all of them (RIFF, WAVE, fmt).
    assert.deepEqual([heard?.readUInt16LE(22), heard?.readUInt16LE(32)], [2, 4]);
    assert.deepEqual([received?.readUInt16LE(22), received?.readUInt16LE(32)], [1, 2]);
    assert.match(String(page), /<svg/);
  });

  test('the events of an answer URL of its own name go to the one beside it', async () => {
    await using application = await startApplicationServer();
    await run(['call', '--url', application.answerUrl, '--seconds', '0.1']);
    assert.equal(application.events.all[0]?.path, '/webhooks/events');
  });

  test('--json prints one document and nothing else', async () => {
    await using application = await startApplicationServer();
    const args = ['call', '--url', application.answerUrl, '--seconds', '0.3', '--calls', '2', '--post', '--json'];
    const { code, stdout } = await run(args);
    const { summary, calls } = JSON.parse(stdout);
    assert.ok(['passed', 'void'].includes(summary.verdict), stdout);
    assert.equal(code, summary.verdict === 'void' ? 3 : 0);
    assert.deepEqual([summary.calls, summary.framesEchoed], [2, summary.framesSent]);
    assert.deepEqual([calls.length, calls[0].answerMethod], [2, 'POST']);
    assert.ok(calls[0].framesEchoed >= 15);
  });

  test('a call that loses a frame exits 1 and says so', async () => {
    await using application = await startApplicationServer({ socket: losing(7) });
    const { code, stdout } = await run(['call', '--url', application.answerUrl, '--seconds', '0.5', '--rate', '8000']);
    assert.equal(code, 1);
    assert.match(stdout, /^problem +1 frame did not come back$/m);
    assert.match(stdout, /^failed: see the problems above$/m);
  });

  test('an application that does not echo passes with --no-echo, and what it breaks is told with its rule', async () => {
    await using good = await startApplicationServer({ socket: () => {} });
    const passed = await run(['call', '--url', good.answerUrl, '--seconds', '0.3', '--no-echo']);
    assert.equal(passed.code, 0, passed.stdout);
    assert.match(passed.stdout, /^passed: the application did nothing wrong$/m);
    await using bad = await startApplicationServer({ socket: resize(320) });
    const failed = await run(['call', '--url', bad.answerUrl, '--seconds', '0.3', '--no-echo']);
    assert.equal(failed.code, 1);
    assert.match(failed.stdout, /^problem +the application sent a binary message of 320 bytes; .* \[rule 3\.4\.2\]$/m);
  });

  test('--timeout is how long a socket is waited for', { timeout: 30_000 }, async () => {
    await using application = await startApplicationServer({
      answer: () => [{ action: 'talk', text: 'hi', loop: 0 }],
    });
    const { code, stdout } = await run(['call', '--url', application.answerUrl, '--timeout', '0.5']);
    assert.equal(code, 1);
    assert.match(stdout, /^problem +no WebSocket was opened within 0\.5 s$/m);
  });

  test('of many calls each failed one gets a line', async () => {
    await using application = await startApplicationServer({ upgrade: { status: 503 } });
    const { code, stdout } = await run(['call', '--url', application.answerUrl, '--calls', '2', '--ramp', '100']);
    assert.equal(code, 1);
    assert.equal(stdout.match(/^failed +CON-\S+: .* status 503 \[rule 3\.6\.4\]$/gm)?.length, 2, stdout);
    assert.match(stdout, /^failed: 2 of 2 calls$/m);
  });

  test('where nothing listens, one sentence tells what to do', async () => {
    const closed = await startApplicationServer();
    await closed[Symbol.asyncDispose]();
    const { code, stdout, stderr } = await run(['call', '--url', closed.origin]);
    assert.deepEqual([code, stdout], [1, '']);
    assert.equal(
      stderr,
      `call: nothing listens on ${closed.origin}; start the application, or name another one with --url\n`,
    );
  });

  test('a rule that is switched is taken the other way', async () => {
    await using application = await startApplicationServer({
      endpoint: { 'content-type': 'audio/l16;rate=24000' },
    });
    const { code, stdout } = await run(['call', '--url', application.answerUrl, '--rule', '2.5.13=refused']);
    assert.equal(code, 1);
    assert.match(stdout, /content-type: .* \[rule 2\.5\.13\]/);
  });

  test('a secret from a file signs what is sent, and is printed nowhere', async () => {
    await using application = await startApplicationServer({ endpoint: { authorization: { type: 'vonage' } } });
    await using directory = await workDirectory();
    await writeFile(join(directory.path, 'secret'), 'made-up-secret-of-a-test\n');
    const args = ['call', '--url', application.answerUrl, '--seconds', '0.1', '--secret-file', 'secret', '--json'];
    const { code, stdout, stderr } = await run([...args, '--api-key', 'k1'], directory.path);
    assert.equal(code, 0, stdout + stderr);
    assert.match(String(application.answers.all[0]?.headers.authorization), /^Bearer eyJ/);
    assert.match(String(application.upgrades.all[0]?.headers.authorization), /^Bearer eyJ/);
    assert.doesNotMatch(stdout + stderr, /made-up-secret/);
  });

  for (const [signal, exitCode] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`${signal} hangs up, still prints the report, and exits ${exitCode} though every frame came back`, async () => {
      const { promise: talking, resolve } = Promise.withResolvers<void>();
      await using application = await startApplicationServer({ socket: losing(-1, resolve) });
      const { child, ended } = start(['call', '--url', application.answerUrl, '--seconds', '60']);
      await Promise.race([talking, ended]);
      child.kill(signal);
      const { code, stdout } = await ended;
      assert.equal(code, exitCode);
      assert.match(stdout, /^note +hung up early: \d+ frames were sent$/m);
      assert.match(stdout, /^aborted: every frame that was sent came back unaltered$/m);
      assert.equal((await application.connections.all[0]?.closed)?.code, 1000);
    });
  }

  test('an interrupted run that had failed by then says so, and exits 130 all the same', async () => {
    const { promise: talking, resolve } = Promise.withResolvers<void>();
    await using application = await startApplicationServer({ socket: losing(3, resolve) });
    const { child, ended } = start(['call', '--url', application.answerUrl, '--seconds', '60', '--json']);
    await Promise.race([talking, ended]);
    child.kill('SIGINT');
    const { code, stdout } = await ended;
    assert.equal(code, 130);
    const { summary, calls } = JSON.parse(stdout);
    assert.deepEqual([summary.verdict, calls[0].framesMissing, calls[0].aborted], ['failed', 1, true]);
  });

  test('an application that does not echo, though it was to, is told of the option', async () => {
    const chatter: SocketBehaviour = ({ socket }) =>
      socket.on('message', (data: Buffer, isBinary) => isBinary && socket.send(Buffer.alloc(data.length, 7)));
    await using application = await startApplicationServer({ socket: chatter });
    const { code, stdout } = await run(['call', '--url', application.answerUrl, '--seconds', '1.2']);
    assert.equal(code, 1);
    assert.match(stdout, /^failed: see the problems above; .* --no-echo$/m);
  });
});

suite('check', () => {
  test('tells of each mistake with its place and its rule, and exits 1', async () => {
    await using directory = await workDirectory();
    await writeFile(join(directory.path, 'ncco.json'), '[\n  { "action": "talk", "text": "Hi", "level": 7 }\n]\n');
    const { code, stdout } = await run(['check', 'ncco.json'], directory.path);
    assert.equal(code, 1);
    assert.match(stdout, /^ncco\.json:2:\d+: \[0\]\.level: 7 .* \[rule 2\.1\.6\]$/m);
    assert.match(stdout, /^ncco\.json: Vonage would refuse it: 1 mistake$/m);
  });

  test('says what is expected where the text is not JSON', async () => {
    await using directory = await workDirectory();
    await writeFile(join(directory.path, 'ncco.json'), '[{ "action": "talk", }]');
    const { code, stdout } = await run(['check', 'ncco.json'], directory.path);
    assert.equal(code, 1);
    assert.match(stdout, /^ncco\.json:1:22: not JSON: (?!line)/);
  });

  test('exits 0 for a good one', async () => {
    await using directory = await workDirectory();
    await writeFile(join(directory.path, 'ncco.json'), '[{ "action": "talk", "text": "Hi" }]');
    assert.deepEqual(await run(['check', 'ncco.json'], directory.path), {
      code: 0,
      stdout: 'ncco.json: Vonage would carry it out: 1 action\n',
      stderr: '',
    });
  });
});

test('explain tells of a rule, and lists all of them', async () => {
  const one = await run(['explain', '3.4.2']);
  assert.equal(one.code, 0);
  assert.match(one.stdout, /^Rule 3\.4\.2\n/);
  const all = await run(['explain']);
  assert.match(all.stdout, /^3\.4\.2 /m);
  const section = await run(['explain', '3.4']);
  assert.match(section.stdout, /^3\.4\.1 /);
  assert.doesNotMatch(section.stdout, /^3\.5\./m);
  const unknown = await run(['explain', '9.9.9']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /^kodama-simulator: explain: .*9\.9\.9/);
});

test('--help shows the commands, and each command its options, examples and exit codes', async () => {
  const { code, stdout } = await run([]);
  assert.equal(code, 0);
  for (const part of ['call', 'run', 'check', 'explain', 'schema', 'Examples:']) assert.ok(stdout.includes(part));
  for (const command of ['call', 'run', 'check', 'explain']) {
    const help = await run([command, '--help']);
    assert.equal(help.code, 0);
    assert.match(help.stdout, /^Usage: kodama-simulator /m);
  }
});

const mistakes: [string[], RegExp][] = [
  [['dial'], /^there is no command dial; there are call, run, check, explain, schema\n$/],
  [['call', '--rate', '44100'], /^--rate 44100: not one of 8000, 16000, 24000\n$/],
  [['call', '--seconds', 'ten'], /^--seconds ten: not a number above 0 and up to 7200\n$/],
  [['call', '--calls', '0'], /^--calls 0: not a whole number from 1 to 1000\n$/],
  [['call', '--timeout', '0'], /^--timeout 0: not a number above 0 and up to 7200\n$/],
  [['call', '--calls', '2', '--ramp', '0'], /^--ramp 0: not a number above 0/],
  [['call', '--url', 'localhost:8080'], /^--url localhost:8080: not an http:\/\/ or https:\/\/ address\n$/],
  [['call', '--dtmf', 'A@1'], /^--dtmf A@1: not KEY@SECONDS/],
  [['call', '--wav', 'missing.wav'], /^there is no file \S+missing\.wav\n$/],
  [['call', '--loud'], /^Unknown option '--loud'; --help lists the options\n$/],
  [['call', 'surplus'], /^Unexpected argument 'surplus'/],
  [['call', '--stand-in', 'phone=asleep'], /^--stand-in phone=asleep: not TYPE=DOES .*no-answer/],
  [['call', '--rule', '3.4.6=melted'], /^--rule 3\.4\.6=melted: .*dropped/],
  [['call', '--secret-file', 'missing'], /^--secret-file missing: cannot be read: ENOENT\n$/],
  [['call', '--rest', '0'], /^--rest: needs --public-key and --application-id/],
  [['call', '--report', 'call.pdf'], /^--report call\.pdf: ends not with \.html or \.svg\n$/],
  [['call', '--out', '/nowhere/heard.wav'], /^--out \/nowhere\/heard\.wav: cannot be written: \/nowhere: ENOENT\n$/],
  [['call', '--out', 'heard.mp3'], /^--out heard\.mp3: ends not with \.wav\n$/],
  [['call', '--from', '+4930'], /^--from \+4930: not a number of digits without a plus sign, nor a word\n$/],
  [['call', '--ramp', '2'], /^--ramp: goes with --calls\n$/],
  [['schema', 'all'], /^schema: takes no arguments, all is one too many\n$/],
  [['check'], /^check: needs a FILE/],
  [['check', 'missing.json'], /^check: missing\.json cannot be read: ENOENT\n$/],
];

test('what only the start of the simulator shows is one line as well', { timeout: 60_000 }, async () => {
  await using directory = await workDirectory();
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(join(directory.path, 'key.pem'), publicKey.export({ type: 'spki', format: 'pem' }));
  await writeFile(join(directory.path, 'no.pem'), 'not a key\n');
  await writeFile(join(directory.path, 'secret'), 'not base64!\n');
  await writeFile(join(directory.path, 'one.yaml'), 'name: one\nsteps: []\nexpect: []\n');
  await using taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const rest = (file: string) => ['--rest', String(port), '--application-id', 'a', '--public-key', file];
  const starts: [string[], string][] = [
    [rest('key.pem'), `--rest ${port}: the port is in use`],
    [rest('no.pem'), '--public-key: is not the PEM text of a public key'],
    [
      ['--secret-file', 'secret', '--rule', '5.2.3=base64'],
      '--secret-file: is not base64, which the setting of rule 5.2.3 takes it for',
    ],
  ];
  for (const [args, line] of starts) {
    for (const command of [['call'], ['run', 'one.yaml', '--url', 'http://127.0.0.1:9']]) {
      assert.deepEqual(await run([...command, ...args], directory.path), {
        code: 2,
        stdout: '',
        stderr: `kodama-simulator: ${line}\n`,
      });
    }
  }
});

test('a mistake in the options is one line that says what is allowed, and exit code 2', {
  timeout: 60_000,
}, async () => {
  for (const [args, line] of mistakes) {
    const { code, stdout, stderr } = await run(args);
    assert.deepEqual([code, stdout], [2, ''], args.join(' '));
    assert.match(stderr, new RegExp(`^kodama-simulator: ${line.source.replace(/^\^/, '')}`));
  }
});
