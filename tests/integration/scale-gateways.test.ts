import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { Deployment, docker } from '../support/deployment.ts';
import { until } from '../support/wait.ts';

/** One frame of 20 ms at 16 kHz. */
const FRAME = Buffer.alloc(640, 7);

/** A call as far as the gateways are concerned: an open socket that has said which call it belongs to. */
class Call implements Disposable {
  readonly conversationUuid = `CON-${randomUUID()}`;
  readonly #socket: WebSocket;

  private constructor(url: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/socket`);
  }

  /** Rejects where the upgrade is refused. */
  static async open(url: string): Promise<Call> {
    const call = new Call(url);
    await once(call.#socket, 'open');
    const connected = {
      event: 'websocket:connected',
      'content-type': 'audio/l16;rate=16000',
      conversation_uuid: call.conversationUuid,
    };
    call.#socket.send(JSON.stringify(connected));
    return call;
  }

  async echo(): Promise<void> {
    const answer = once(this.#socket, 'message', { signal: AbortSignal.timeout(5000) });
    this.#socket.send(FRAME);
    assert.deepEqual((await answer)[0], FRAME);
  }

  get live(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }
}

describe('three gateways behind nginx', () => {
  const stack = new AsyncDisposableStack();
  const calls: Call[] = [];
  let deployment: Deployment;
  let containers: string[];

  before(async () => {
    deployment = stack.use(
      await Deployment.up({
        project: 'kodama-test-scale',
        gateways: 3,
        only: ['nginx', 'media-gateway', 'redis'],
        env: { DRAIN_TIMEOUT_MS: '3000', METRICS_FLUSH_INTERVAL_MS: '100', SOCKET_AUTH: 'off' },
      }),
    );
    containers = await deployment.containers('media-gateway');
  });
  after(async () => {
    for (const call of calls) call[Symbol.dispose]();
    await stack.disposeAsync();
  });

  async function open(): Promise<Call> {
    const call = await Call.open(deployment.url);
    calls.push(call);
    await call.echo();
    return call;
  }

  /** The container that has the call; a gateway's id begins with its host's name, which is the container's short id. */
  async function containerOf({ conversationUuid }: Call): Promise<string> {
    const { legs } = await until(
      async () => {
        const response = await fetch(`${deployment.operatorUrl}/api/calls/${conversationUuid}`);
        return response.ok && ((await response.json()) as { legs: readonly { gatewayId: string }[] });
      },
      { what: `/api/calls/${conversationUuid}` },
    );
    const gatewayId = legs[0]?.gatewayId ?? '';
    return containers.find((id) => gatewayId.startsWith(id.slice(0, 12))) ?? gatewayId;
  }

  it('share the calls evenly', async () => {
    for (let count = 0; count < 9; count += 1) await open();
    const shares = Map.groupBy(await Promise.all(calls.map(containerOf)), (container) => container);
    assert.deepEqual([...shares.keys()].sort(), containers.toSorted());
    assert.deepEqual(
      [...shares.values()].map(({ length }) => length),
      [3, 3, 3],
    );
  });

  it('refuse no call while one of them drains and stops, and cut none of the others', async () => {
    const [leaving = ''] = containers;
    const others: Call[] = [];
    for (const call of calls) if ((await containerOf(call)) !== leaving) others.push(call);

    let over = false;
    const stop = docker('stop', leaving)
      // It is gone, and nginx may not know yet.
      .then(() => sleep(2000))
      .then(() => {
        over = true;
      });
    const opened: Call[] = [];
    while (!over) {
      opened.push(await open());
      await sleep(20);
    }
    await stop;

    assert.ok(opened.length > 20, `${opened.length} calls were opened meanwhile`);
    // The first few may have come before the signal did.
    for (const call of opened.slice(10)) assert.notEqual(await containerOf(call), leaving);
    for (const call of [...others, ...opened.slice(10)]) {
      assert.ok(call.live);
      await call.echo();
    }
  });

  it('are three again when it is back', async () => {
    const [back = ''] = containers;
    await docker('start', back);
    await until(async () => (await containerOf(await open())) === back, {
      what: 'a call on the gateway that is back',
      deadlineMs: 20_000,
    });
  });
});
