import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import type { NatsConnection } from 'nats';
import { JetStreamSession } from './jetstream-session.ts';

describe('a session on a connection', () => {
  it('closes the connection that it cannot be made on', async () => {
    const failure = new Error('no JetStream here');
    const close = mock.fn(async () => {});
    const connection = { jetstreamManager: () => Promise.reject(failure), close };
    const limits = { name: 'CALLS', maxAgeMs: 1000, maxBytes: 1000, duplicateWindowMs: 1000, replicas: 1 };
    await assert.rejects(JetStreamSession.on(connection as unknown as NatsConnection, limits), failure);
    assert.equal(close.mock.callCount(), 1);
  });
});
