import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { CallReport } from '../call/call-report.ts';
import { placeCall } from '../call/place-call.ts';
import { type ChildApplication, startApplication } from '../testing/child-application.ts';
import { startPythonApplication } from '../testing/python-application.ts';
import { notesOf } from '../testing/socket-call.ts';

const PLAIN_NODE = fileURLToPath(new URL('../../applications/plain-node/server.mjs', import.meta.url));

const EVENTS = ['started', 'ringing', 'answered', 'started', 'answered', 'completed', 'completed'];

/** A call of two seconds that expects its echo, with a key pressed in it. */
const call = ({ origin }: ChildApplication): Promise<CallReport> =>
  placeCall({
    answerUrl: `${origin}/webhooks/answer`,
    eventUrl: `${origin}/webhooks/events`,
    expectsEcho: true,
    seconds: 2,
    dtmf: [{ digit: '5', atMs: 200 }],
    talkCharactersPerSecond: Number.POSITIVE_INFINITY,
  });

function assertPassed(report: CallReport): void {
  assert.deepEqual([report.problems, report.verdict], [[], 'passed']);
  assert.ok(report.framesSent >= 100 && report.framesEchoed === report.framesSent, `${report.framesEchoed}`);
  // Not the code: Flask's server may write an HTTP response where the answer to our close frame should be.
  assert.deepEqual([report.closedBy, report.sampleRateHz], ['caller', 16_000]);
  assert.deepEqual(
    report.events.map(({ name, status }) => [name, status]),
    EVENTS.map((name) => [name, 200]),
  );
}

/** Calls the Python application, where this machine can run it. */
async function callPython(context: TestContext, env: NodeJS.ProcessEnv): Promise<CallReport | undefined> {
  await using python = await startPythonApplication(env);
  if (python.leftOut === undefined) return await call(python);
  context.diagnostic(`left out: ${python.leftOut}`);
  return undefined;
}

suite('a stranger’s application passes', { concurrency: 3 }, () => {
  test('in plain Node', async () => {
    await using application = await startApplication(process.execPath, [PLAIN_NODE], process.env);
    const report = await call(application);
    assertPassed(report);
    assert.equal(report.closeCode, 1000);
    assert.deepEqual(notesOf(report), []);
    assert.match(application.output(), /^message: \{"event":"websocket:dtmf","digit":"5","duration":100\}$/m);
  });

  test('in Python', async (context) => {
    const report = await callPython(context, process.env);
    if (!report) return;
    assertPassed(report);
    assert.deepEqual(notesOf(report), []);
  });

  test('in Python, with a note where it echoes text', async (context) => {
    const report = await callPython(context, { ...process.env, ECHO_TEXT: '1' });
    if (!report) return;
    assertPassed(report);
    assert.match(notesOf(report).join(), /^the application sends Vonage's own text message back: .* \[rule 3\.5\.7\]$/);
  });
});
