import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { memoryLogger } from '../testing/index.ts';
import { Lifecycle } from './lifecycle.ts';

function setup() {
  const { logger, lines } = memoryLogger();
  return { lifecycle: new Lifecycle(logger), lines };
}

describe('a lifecycle', () => {
  it('goes from STARTING over READY and DRAINING to STOPPED', async () => {
    const { lifecycle } = setup();
    lifecycle.use('server', () => new Promise(setImmediate));
    assert.equal(lifecycle.state, 'STARTING');
    lifecycle.ready();
    assert.equal(lifecycle.state, 'READY');
    const stopped = lifecycle.stop();
    assert.equal(lifecycle.state, 'DRAINING');
    await stopped;
    assert.equal(lifecycle.state, 'STOPPED');
  });

  it('lets go of resources in reverse order, one after the other', async () => {
    const { lifecycle } = setup();
    const steps: string[] = [];
    lifecycle.use('connection', () => void steps.push('connection'));
    lifecycle.use('server', async () => {
      steps.push('server');
      await new Promise(setImmediate);
      steps.push('server is closed');
    });
    await lifecycle.stop();
    assert.deepEqual(steps, ['server', 'server is closed', 'connection']);
  });

  it('lets go of the rest when one step fails, logs which, and has FAILED', async () => {
    const { lifecycle, lines } = setup();
    const steps: string[] = [];
    lifecycle.use('first', () => void steps.push('first'));
    lifecycle.use('second', () => Promise.reject(new Error('stuck')));
    lifecycle.use('third', () => {
      throw new Error('broken');
    });
    await lifecycle.stop();
    assert.equal(lifecycle.state, 'FAILED');
    assert.deepEqual(steps, ['first']);
    assert.deepEqual(
      lines.map(({ resource }) => resource),
      ['third', 'second'],
    );
  });

  it('stops once, however often it is told to', async () => {
    const { lifecycle } = setup();
    let stops = 0;
    lifecycle.use('server', () => void stops++);
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    await lifecycle.stop();
    assert.equal(stops, 1);
    assert.equal(lifecycle.state, 'STOPPED');
  });

  it('can be stopped before it was ready, and is not ready afterwards', async () => {
    const { lifecycle } = setup();
    await lifecycle.stop();
    lifecycle.ready();
    assert.equal(lifecycle.state, 'STOPPED');
  });
});
