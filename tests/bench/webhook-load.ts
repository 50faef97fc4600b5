import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { signed } from '@kodama/shared/testing';

/** What a round came to. */
export interface LoadReport {
  readonly accepted: number;
  /** Status -> how many, of those that were not accepted. */
  readonly refused: ReadonlyMap<number, number>;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Webhooks as Vonage sends them, signed, each another event: made before the round, so that it costs the round nothing. */
export function signedWebhooks(count: number): readonly Buffer[] {
  const to = '12025550123';
  return Array.from({ length: count }, () => {
    const uuid = randomUUID();
    const body = Buffer.from(
      JSON.stringify({
        headers: {},
        from: '14155550177',
        to,
        uuid,
        conversation_uuid: `CON-${randomUUID()}`,
        status: 'answered',
        direction: 'inbound',
        start_time: null,
        rate: null,
        network: null,
        timestamp: new Date().toISOString(),
      }),
    );
    const head = `POST /webhooks/event HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\nauthorization: ${signed({ body })}\r\ncontent-length: ${body.length}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), body]);
  });
}

/**
 * Sends them over so many connections at once, to each port in turn, on each the next one when the one before is answered. It reads no more of an
 * answer than its status: the sender shares the machine with what it measures.
 */
export async function sendAll(
  ports: readonly number[],
  webhooks: readonly Buffer[],
  connections: number,
): Promise<LoadReport> {
  const refused = new Map<number, number>();
  const latenciesMs: number[] = [];
  let next = 0;
  let accepted = 0;
  const began = performance.now();
  await Promise.all(
    Array.from({ length: connections }, async (_, index) => {
      const port = ports[index % ports.length] as number;
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      await once(socket, 'connect');
      while (next < webhooks.length) {
        const sentMs = performance.now();
        socket.write(webhooks[next++] as Buffer);
        const status = await statusOf(socket);
        latenciesMs.push(performance.now() - sentMs);
        if (status === 204) accepted += 1;
        else refused.set(status, (refused.get(status) ?? 0) + 1);
      }
      socket.destroy();
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  latenciesMs.sort((a, b) => a - b);
  const percentile = (share: number) => latenciesMs[Math.floor(latenciesMs.length * share)] ?? 0;
  return { accepted, refused, seconds, p50Ms: percentile(0.5), p99Ms: percentile(0.99) };
}

/** Answers are short, and come in one piece. */
function statusOf(socket: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new Error('the connection was closed'));
    socket.once('close', onClose);
    socket.once('data', (data) => {
      socket.off('close', onClose);
      resolve(Number(data.toString('latin1', 9, 12)));
    });
  });
}
