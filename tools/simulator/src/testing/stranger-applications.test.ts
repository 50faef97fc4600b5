import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { type ChildApplication, startApplication } from './child-application.ts';
import type { Fields } from './http-reply.ts';
import { startPythonApplication } from './python-application.ts';

const PLAIN_NODE = fileURLToPath(new URL('../../applications/plain-node/server.mjs', import.meta.url));
const FRAME = Buffer.alloc(640, 1);
const CONNECTED = '{"event":"websocket:connected","content-type":"audio/l16;rate=16000"}';

/** Asks the application's webhooks and opens its socket; returns the first message that comes back to a text and a frame. */
async function call({ origin, port }: ChildApplication): Promise<string | Buffer> {
  const reply = await fetch(`${origin}/webhooks/answer?to=12025550123&from=14155550177`);
  assert.match(reply.headers.get('content-type') ?? '', /^application\/json/);
  const [talk, connect] = (await reply.json()) as [Fields, { endpoint: [Fields] }];
  assert.equal(talk.action, 'talk');
  const [endpoint] = connect.endpoint;
  assert.equal(endpoint['content-type'], 'audio/l16;rate=16000');
  assert.equal(endpoint.uri, `ws://127.0.0.1:${port}/socket`);

  const headers = { 'content-type': 'application/json' };
  const event = await fetch(`${origin}/webhooks/events`, { method: 'POST', headers, body: '{"status":"answered"}' });
  assert.equal(event.status, 200);

  const socket = new WebSocket(String(endpoint.uri));
  // What Flask's own server writes to a WebSocket that has closed is no WebSocket message: no concern of this test.
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  await once(socket, 'open');
  socket.send(CONNECTED);
  socket.send(FRAME);
  const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
  socket.close();
  await closed;
  return isBinary ? data : data.toString();
}

describe('a stranger’s application', () => {
  it('in plain Node answers and echoes', async () => {
    await using application = await startApplication(process.execPath, [PLAIN_NODE], process.env);
    assert.deepEqual(await call(application), FRAME);
    assert.match(application.output(), /^event: \{"status":"answered"\}$/m);
  });

  it('in Python answers and echoes, where Python is there', async (context) => {
    await using python = await startPythonApplication(process.env);
    if (python.leftOut !== undefined) {
      context.diagnostic(`left out: ${python.leftOut}`);
      return;
    }
    assert.deepEqual(await call(python), FRAME);
    assert.match(python.output(), /^event: \{'status': 'answered'\}$/m);
  });

  it('in Python echoes text as well when it is told to', async (context) => {
    await using python = await startPythonApplication({ ...process.env, ECHO_TEXT: '1' });
    if (python.leftOut !== undefined) {
      context.diagnostic(`left out: ${python.leftOut}`);
      return;
    }
    assert.equal(await call(python), CONNECTED);
  });
});

describe('the Python application', () => {
  /** Starts it with a `python3` that lacks Flask and whose pip fails with these words. */
  async function startWithPip(words: string) {
    const directory = await mkdtemp(join(tmpdir(), 'python-'));
    try {
      const script = `#!/bin/sh\ncase "$1" in --version) exit 0;; esac\necho "${words}" >&2\nexit 1\n`;
      const python = join(directory, 'python3');
      await writeFile(python, script, { mode: 0o755 });
      return { python, application: await startPythonApplication(process.env, python) };
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  it('is left out where there is no Python', async () => {
    const application = await startPythonApplication(process.env, 'python-that-is-not-there');
    assert.equal(application.leftOut, 'there is no python-that-is-not-there');
  });

  it('is left out where its packages cannot be had', async () => {
    const bare = await startWithPip('/usr/bin/python3: No module named pip');
    assert.equal(bare.application.leftOut, `${bare.python} has neither Flask with flask-sock nor pip`);
    const offline = await startWithPip('WARNING: Retrying after connection broken by NewConnectionError');
    assert.match(
      offline.application.leftOut ?? '',
      /has no Flask with flask-sock, and its pip reaches no package index$/,
    );
  });

  it('is not left out where pip fails for another reason', async () => {
    await assert.rejects(startWithPip('ERROR: Invalid requirement'), /ERROR: Invalid requirement/);
  });
});

describe('starting an application', () => {
  it('fails with what the application wrote when it ends before it listens', async () => {
    const args = ['-e', 'console.error("no ws here"); process.exit(3)'];
    await assert.rejects(startApplication(process.execPath, args, process.env), {
      message: `${process.execPath} ${args.join(' ')} ended before it listened (exit code 3); it wrote: no ws here`,
    });
  });

  it('fails when there is no such command', async () => {
    await assert.rejects(startApplication('/does/not/exist', [], {}), /\/does\/not\/exist +did not start: .*ENOENT/);
  });

  it('stops a process that will not end', async () => {
    const script = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); console.log("listening on 1")';
    const application = await startApplication(process.execPath, ['-e', script], process.env);
    await application.stop();
    await application.stop();
  });
});
