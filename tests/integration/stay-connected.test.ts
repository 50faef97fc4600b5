import assert from 'node:assert/strict';
import { it } from 'node:test';
import { stayConnected } from '@kodama/events/stay-connected';
import { startNats } from '../support/containers.ts';

it('a connection that cannot be used is reported once, however often it is made again', async () => {
  await using nats = await startNats();
  const stopping = new AbortController();
  const reported: unknown[] = [];
  let used = 0;
  await stayConnected({ servers: nats.url.replace('nats://', '') }, stopping.signal, {
    async use(connection) {
      await connection.close();
      used += 1;
      if (used === 3) stopping.abort();
      throw new Error('no JetStream here');
    },
    unreachable: (error) => reported.push(error),
  });
  assert.deepEqual([used, reported.map(String)], [3, ['Error: no JetStream here']]);
});
