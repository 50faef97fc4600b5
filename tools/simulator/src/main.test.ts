import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readWav } from './media/wav.ts';
import { startEchoApplication } from './testing/echo-application.ts';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(args: string[], userDirectory = tmpdir()) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, INIT_CWD: userDirectory } });
  const ended = Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]).then(
    ([[code], stdout, stderr]): Ended => ({ code, stdout, stderr }),
  );
  return { child, ended };
}

const run = (args: string[], userDirectory?: string): Promise<Ended> => start(args, userDirectory).ended;

test('a good call exits 0, prints its report, and writes the echo where the user stands', async () => {
  await using application = await startEchoApplication();
  const directory = await mkdtemp(join(tmpdir(), 'simulator-'));
  try {
    const { code, stdout, stderr } = await run(
      ['--url', application.origin, '--seconds', '0.5', '--out', 'echo.wav', '--dtmf', '1@0.1'],
      directory,
    );
    assert.equal(stderr, '');
    assert.equal(code, 0);
    assert.match(stdout, /^frames +25 sent, 25 echoed, 0 missing, 0 altered$/m);
    assert.match(stdout, /^events +7 sent, 7 answered 2xx$/m);
    assert.match(stdout, /^passed: every frame came back unaltered$/m);
    assert.equal(application.answers[0]?.path, '/ncco');
    assert.equal(application.events[0]?.path, '/webhooks/event');
    const { samples, sampleRateHz } = readWav(await readFile(join(directory, 'echo.wav')));
    assert.deepEqual([samples.length, sampleRateHz], [8000, 16000]);
  } finally {
    await rm(directory, { recursive: true });
  }
});

test('--json prints one document and nothing else', async () => {
  await using application = await startEchoApplication();
  const { code, stdout } = await run([
    '--url',
    application.answerUrl,
    '--seconds',
    '0.3',
    '--calls',
    '2',
    '--post',
    '--json',
  ]);
  assert.equal(code, 0);
  const { summary, calls } = JSON.parse(stdout);
  assert.deepEqual([summary.verdict, summary.calls, summary.framesEchoed], ['passed', 2, 30]);
  assert.deepEqual([calls.length, calls[0].answerMethod, calls[0].framesEchoed], [2, 'POST', 15]);
});

test('a call that loses frames exits 1 and says so', async () => {
  await using application = await startEchoApplication({
    onFrame: (socket, frame, index) => index !== 7 && socket.send(frame),
  });
  const { code, stdout } = await run(['--url', application.origin, '--seconds', '0.5', '--rate', '8000']);
  assert.equal(code, 1);
  assert.match(stdout, /^problem +1 frame did not come back$/m);
  assert.match(stdout, /^failed: see the problems above$/m);
});

test('of many calls each failed one gets a line', async () => {
  await using application = await startEchoApplication({ refuseUpgrade: 503 });
  const { code, stdout } = await run(['--url', application.origin, '--calls', '2']);
  assert.equal(code, 1);
  assert.equal(stdout.match(/^failed +CON-\S+: .* status 503$/gm)?.length, 2);
  assert.match(stdout, /^failed: 2 of 2 calls$/m);
});

test('where nothing listens, one sentence tells what to do', async () => {
  const closed = await startEchoApplication();
  await closed[Symbol.asyncDispose]();
  const { code, stdout, stderr } = await run(['--url', closed.origin]);
  assert.deepEqual([code, stdout], [1, '']);
  assert.equal(stderr, `call: nothing listens on ${closed.origin}; start it with npm start or docker compose up\n`);
});

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} hangs up, still prints the report, and exits ${exitCode} though every frame came back`, async () => {
    const { promise: talking, resolve } = Promise.withResolvers<void>();
    await using application = await startEchoApplication({
      onFrame(socket, frame, index) {
        socket.send(frame);
        if (index === 5) resolve();
      },
    });
    const { child, ended } = start(['--url', application.origin, '--seconds', '60']);
    await Promise.race([talking, ended]);
    child.kill(signal);
    const { code, stdout } = await ended;
    assert.equal(code, exitCode);
    assert.match(stdout, /^note +hung up early: \d+ of 3000 frames were sent$/m);
    assert.match(stdout, /^aborted: every frame that was sent came back unaltered$/m);
    assert.deepEqual(application.closeCodes, [1000]);
  });
}

test('an interrupted run that had failed by then says so, and exits 130 all the same', async () => {
  const { promise: talking, resolve } = Promise.withResolvers<void>();
  await using application = await startEchoApplication({
    onFrame(socket, frame, index) {
      if (index !== 3) socket.send(frame);
      if (index === 5) resolve();
    },
  });
  const { child, ended } = start(['--url', application.origin, '--seconds', '60', '--json']);
  await Promise.race([talking, ended]);
  child.kill('SIGINT');
  const { code, stdout } = await ended;
  assert.equal(code, 130);
  const { summary, calls } = JSON.parse(stdout);
  assert.deepEqual([summary.verdict, calls[0].framesMissing, calls[0].aborted], ['failed', 1, true]);
});

test('--help shows the options, examples and exit codes', async () => {
  const { code, stdout } = await run(['--help']);
  assert.equal(code, 0);
  for (const part of ['--url', '--calls', 'Examples:', 'Exit codes:']) assert.ok(stdout.includes(part));
});

const mistakes: [string[], RegExp][] = [
  [['--rate', '44100'], /^call: --rate 44100: not one of 8000, 16000, 24000\n$/],
  [['--seconds', 'ten'], /^call: --seconds ten: not a number above 0 and up to 7200\n$/],
  [['--calls', '0'], /^call: --calls 0: not a whole number from 1 to 1000\n$/],
  [['--url', 'localhost:8080'], /^call: --url localhost:8080: not an http:\/\/ or https:\/\/ address\n$/],
  [['--dtmf', 'A@1'], /^call: --dtmf A@1: not KEY@SECONDS/],
  [['--wav', 'missing.wav'], /^call: there is no file \S+missing\.wav\n$/],
  [['--loud'], /^call: Unknown option '--loud'; --help lists the options\n$/],
  [['surplus'], /^call: Unexpected argument 'surplus'/],
];

test('a mistake in the options is one line that says what is allowed, and exit code 2', async () => {
  await Promise.all(
    mistakes.map(async ([args, line]) => {
      const { code, stdout, stderr } = await run(args);
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, line);
    }),
  );
});
