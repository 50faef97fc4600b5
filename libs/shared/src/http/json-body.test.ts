import assert from 'node:assert/strict';
import { request } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { Router } from 'express';
import { Lifecycle } from '../lifecycle/lifecycle.ts';
import { memoryLogger, serve } from '../testing/index.ts';
import { createHttpApp } from './http-app.ts';
import { MAX_WEBHOOK_BYTES, webhookBody } from './json-body.ts';

/** A server that answers a webhook with the bytes of its body. */
async function setup(t: TestContext) {
  const { logger } = memoryLogger();
  const router = Router().post('/', ...webhookBody, (req, res) => void res.end(req.body));
  const server = await serve(createHttpApp({ logger, lifecycle: new Lifecycle(logger), checks: {}, routes: [router] }));
  t.after(() => server[Symbol.asyncDispose]());
  return {
    port: server.port,
    post: async (
      body: Uint8Array<ArrayBuffer> | string,
      headers: Record<string, string> = { 'content-type': 'application/json' },
    ) => {
      const response = await fetch(server.url, { method: 'POST', headers, body });
      const bytes = Buffer.from(await response.arrayBuffer());
      return {
        status: response.status,
        bytes,
        code: response.ok ? undefined : JSON.parse(bytes.toString()).error.code,
      };
    },
  };
}

describe("a webhook's body", () => {
  it('is the bytes that came', async (t) => {
    const { post } = await setup(t);
    const bytes = Buffer.from([0x7b, 0x20, 0xff, 0x00, 0x0d, 0x0a, 0x7d]);
    assert.deepEqual((await post(bytes)).bytes, bytes);
    assert.deepEqual((await post('')).bytes, Buffer.alloc(0));
  });

  it('may be 64 KiB long, and not a byte longer', async (t) => {
    const { post } = await setup(t);
    assert.equal((await post('x'.repeat(MAX_WEBHOOK_BYTES))).status, 200);
    const { status, code } = await post('x'.repeat(MAX_WEBHOOK_BYTES + 1));
    assert.deepEqual([status, code], [413, 'BODY_TOO_LARGE']);
  });

  it('is application/json in UTF-8, however that is spelled', async (t) => {
    const { post } = await setup(t);
    for (const type of [
      'application/json',
      'Application/JSON',
      'application/json;charset=utf-8',
      'application/json; charset=UTF-8',
      'application/json ; charset="utf-8"',
    ]) {
      assert.equal((await post('{}', { 'content-type': type })).status, 200, type);
    }
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-16',
      'application/json; charset=latin1',
      'application/jsonp',
      'application/json-seq',
      'application/json, text/plain',
    ]) {
      const { status, code } = await post('{}', { 'content-type': type });
      assert.deepEqual([status, code], [415, 'CONTENT_TYPE_UNSUPPORTED'], type);
    }
  });

  it('is refused with a type that is hard to read, as cheaply as with any', { timeout: 20_000 }, async (t) => {
    const { post } = await setup(t);
    for (const gap of [' '.repeat(15_000), `;${' '.repeat(15_000)}`, `; charset${' '.repeat(15_000)}`]) {
      // A pattern that tries each space with each other takes a third of a second for each.
      for (let i = 0; i < 100; i++) {
        assert.equal((await post('{}', { 'content-type': `application/json${gap}x` })).status, 415);
      }
    }
  });

  it('is refused without a type', async (t) => {
    const { port } = await setup(t);
    const status = await new Promise((resolve, reject) => {
      request({ port, host: '127.0.0.1', method: 'POST' }, (res) => resolve(res.resume().statusCode))
        .on('error', reject)
        .end('{}');
    });
    assert.equal(status, 415);
  });

  it('is refused when it is compressed', async (t) => {
    const { post } = await setup(t);
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const { status, code } = await post(new Uint8Array(gzipSync('{}')), headers);
    assert.deepEqual([status, code], [415, 'ENCODING_UNSUPPORTED']);
  });
});
