import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { it } from 'node:test';
import { createLogger } from '../telemetry/logger.ts';
import { connectRedis } from './redis-connection.ts';

it('a connection to Redis that is refused puts no password into the log', { timeout: 10_000 }, async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      for (const _command of String(chunk).matchAll(/^\*\d+\r$/gm)) socket.write('-WRONGPASS who are you\r\n');
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  let log = '';
  const reason = Promise.withResolvers<void>();
  const write = (line: string) => {
    log += line;
    if (log.includes('WRONGPASS')) reason.resolve();
  };
  const { port } = server.address() as AddressInfo;
  const redis = connectRedis(
    `redis://kodama:s3cr3t@127.0.0.1:${port}`,
    createLogger('test', 'trace', { write }),
    'nothing waits',
  );
  try {
    await reason.promise;
    assert.doesNotMatch(log, /s3cr3t/);
  } finally {
    redis.disconnect();
    server.close();
  }
});
