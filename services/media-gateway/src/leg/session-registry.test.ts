import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it } from 'node:test';
import { systemClock } from '@kodama/shared/time';
import type { SocketDoor } from '../door/socket-door.ts';
import { InMemoryLegMetricsStore } from '../metrics/in-memory-leg-metrics-store.ts';
import type { LegBatch } from '../metrics/leg-metrics-store.ts';
import { eventually } from '../testing/eventually.ts';
import { OPCODE, RawPeer } from '../testing/raw-peer.ts';
import { startGateway, type TestGateway } from '../testing/test-gateway.ts';
import { frame, VonageEnd } from '../testing/vonage-end.ts';

async function openLeg(gateway: TestGateway) {
  const uuid = randomUUID();
  const vonage = await VonageEnd.open(gateway.port);
  vonage.connected({ uuid });
  await vonage.settled();
  return { vonage, uuid };
}

/** A door that takes its time over whoever has an `Authorization`, until it is told to let them in. */
function slowDoor(): SocketDoor & { readonly asked: Promise<void>; letIn(): void } {
  const asked = Promise.withResolvers<void>();
  const open = Promise.withResolvers<void>();
  return {
    asked: asked.promise,
    letIn: open.resolve,
    async admit(authorization) {
      if (authorization !== undefined) {
        asked.resolve();
        await open.promise;
      }
      return { call: undefined };
    },
  };
}

describe('SessionRegistry', () => {
  it('refuses the call above its limit, and has room again after one has ended', async () => {
    await using gateway = await startGateway({ config: { MAX_LIVE_CALLS: 2 } });
    const first = await openLeg(gateway);
    const second = await openLeg(gateway);
    const refused = await RawPeer.connect(gateway.port);
    assert.equal(refused.answer.status, 503);
    assert.equal(gateway.registry.size, 2);
    await first.vonage.echoes(frame(640));

    await first.vonage.hangUp();
    await gateway.ended(first.uuid);
    const third = await openLeg(gateway);
    await third.vonage.echoes(frame(640));
    await second.vonage.echoes(frame(640));
    assert.equal((await RawPeer.connect(gateway.port)).answer.status, 503);
  });

  it('gives a place away as soon as its call is over, however slow the store is', async () => {
    class SlowStore extends InMemoryLegMetricsStore {
      readonly #asked = Promise.withResolvers<void>();
      release = this.#asked.resolve;
      override async write(batch: LegBatch): Promise<void> {
        await this.#asked.promise;
        await super.write(batch);
      }
    }
    const store = new SlowStore({ clock: systemClock, leaseMs: 60_000, retentionMs: 60_000 });
    await using gateway = await startGateway({ store, config: { MAX_LIVE_CALLS: 1 } });
    const first = await openLeg(gateway);
    await first.vonage.hangUp();
    await eventually('its place', () => gateway.registry.refusal() === undefined);
    assert.equal(gateway.registry.size, 1, 'its record is still under way');
    const second = await openLeg(gateway);
    await second.vonage.echoes(frame(640));
    assert.equal((await RawPeer.connect(gateway.port)).answer.status, 503);
    store.release();
    assert.equal((await gateway.ended(first.uuid)).closedBy, 'peer');
  });

  it('forgets every leg, however it ended', async () => {
    await using gateway = await startGateway();
    const ends: ((peer: RawPeer) => void)[] = [
      (peer) => peer.socket.end(),
      (peer) => peer.socket.destroy(),
      (peer) => peer.socket.resetAndDestroy(),
      (peer) => peer.send(OPCODE.CLOSE, Buffer.from([0x03, 0xe8])),
      (peer) => peer.send(7, 'no such opcode'),
      (peer) => peer.send(OPCODE.TEXT, Buffer.alloc(5000)),
    ];
    const peers = await Promise.all(Array.from({ length: 30 }, () => RawPeer.connect(gateway.port)));
    assert.equal(gateway.registry.size, 30);
    for (const [index, peer] of peers.entries()) ends[index % ends.length]?.(peer);
    await eventually('all legs to be forgotten', () => gateway.registry.size === 0);
  });

  describe('when it drains', () => {
    it('refuses new calls and lets live ones talk on until they end by themselves', async () => {
      await using gateway = await startGateway();
      const { vonage, uuid } = await openLeg(gateway);
      let drained = false;
      const drain = gateway.registry.drain(60_000).then(() => {
        drained = true;
      });
      const refused = await RawPeer.connect(gateway.port);
      assert.equal(refused.answer.status, 503);
      assert.match(refused.answer.body, /the gateway is stopping/);
      await vonage.echoes(frame(640, 1), frame(640, 2));
      assert.equal(drained, false);
      await vonage.hangUp();
      await drain;
      assert.equal((await gateway.ended(uuid)).closedBy, 'peer');
    });

    it('waits for all of them, not for the first that ends', async () => {
      await using gateway = await startGateway();
      const one = await openLeg(gateway);
      const other = await openLeg(gateway);
      const drain = gateway.registry.drain(60_000);
      await one.vonage.hangUp();
      await gateway.ended(one.uuid);
      await other.vonage.echoes(frame(640));
      await other.vonage.hangUp();
      await drain;
      assert.equal(gateway.registry.size, 0);
    });

    it('closes at the deadline with 1001, and the last records are there when it is done', async () => {
      await using gateway = await startGateway();
      const legs = await Promise.all([openLeg(gateway), openLeg(gateway), openLeg(gateway)]);
      await gateway.registry.drain(50);
      assert.equal(gateway.registry.size, 0);
      for (const { vonage, uuid } of legs) {
        assert.deepEqual(await vonage.closed, { code: 1001, reason: 'the gateway is stopping' });
        const leg = (await gateway.store.find(uuid))?.legs[0];
        assert.deepEqual([leg?.state, leg?.closeCode, leg?.closedBy], ['ended', 1001, 'gateway']);
      }
    });

    it('cuts a peer that does not answer the goodbye', async () => {
      await using gateway = await startGateway();
      const peer = await RawPeer.connect(gateway.port);
      const uuid = randomUUID();
      peer.send(OPCODE.TEXT, JSON.stringify({ event: 'websocket:connected', uuid }));
      await eventually('the leg', () => gateway.registry.news(true).length === 1);
      await gateway.registry.drain(0);
      await peer.gone;
      assert.equal(peer.closeCode, 1001);
      const leg = await gateway.ended(uuid);
      assert.deepEqual([leg.closeCode, leg.closedBy], [1001, 'gateway']);
    });

    it('does not wait for a peer that reads nothing', async () => {
      await using gateway = await startGateway({ config: { MAX_BUFFERED_BYTES: 10_000_000 } });
      const peer = await RawPeer.connect(gateway.port);
      peer.send(OPCODE.TEXT, JSON.stringify({ event: 'websocket:connected' }));
      peer.socket.pause();
      while ((gateway.sockets[0]?.bufferedAmount ?? 0) === 0) {
        for (let i = 0; i < 500; i++) peer.send(OPCODE.BINARY, frame(640));
        await new Promise(setImmediate);
      }
      await gateway.registry.drain(0);
      assert.equal(gateway.registry.size, 0);
      peer.socket.destroy();
    });

    it('is done at once where there is no leg', async () => {
      await using gateway = await startGateway();
      await gateway.registry.drain(60_000);
    });

    it('waits for a socket that is at the door, and for its call', async () => {
      const door = slowDoor();
      await using gateway = await startGateway({ door });
      const opening = VonageEnd.open(gateway.port, 'Bearer x');
      await door.asked;
      let drained = false;
      const drain = gateway.registry.drain(60_000).then(() => {
        drained = true;
      });
      door.letIn();
      const vonage = await opening;
      const uuid = randomUUID();
      vonage.connected({ uuid });
      await vonage.echoes(frame(640, 1), frame(640, 2));
      assert.equal(drained, false);
      await vonage.hangUp();
      await drain;
      assert.equal(gateway.registry.size, 0);
      assert.equal((await gateway.store.find(uuid))?.legs[0]?.closedBy, 'peer');
    });

    it('says goodbye to a socket that the door lets in after the deadline', async () => {
      const door = slowDoor();
      await using gateway = await startGateway({ door });
      const { vonage: other } = await openLeg(gateway);
      const opening = VonageEnd.open(gateway.port, 'Bearer x');
      await door.asked;
      const drain = gateway.registry.drain(0);
      await other.closed;
      door.letIn();
      const vonage = await opening;
      assert.deepEqual(await vonage.closed, { code: 1001, reason: 'the gateway is stopping' });
      await drain;
      assert.equal(gateway.registry.size, 0);
    });
  });
});
