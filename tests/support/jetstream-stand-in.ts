import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A message as it came over the wire. */
export interface WireMessage {
  readonly subject: string;
  /** Name -> value, spelled as they came. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Answers a NATS client as a server with JetStream would, as far as a publisher goes, and keeps what is published: for tests
 * of what the client puts into a message by itself. It makes every stream that it is asked for, and takes every message.
 */
export class JetStreamStandIn implements AsyncDisposable {
  readonly messages: WireMessage[] = [];
  readonly #server = createServer((socket) => this.#serve(socket));
  readonly #sockets = new Set<Socket>();

  static async start(): Promise<JetStreamStandIn> {
    const standIn = new JetStreamStandIn();
    standIn.#server.listen(0, '127.0.0.1');
    await once(standIn.#server, 'listening');
    return standIn;
  }

  get url(): string {
    return `nats://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.write(
      `INFO ${JSON.stringify({ server_id: 'stand-in', version: '2.10.0', proto: 1, headers: true, max_payload: 1 << 20 })}\r\n`,
    );
    /** Subject without its wildcard -> the number of the subscription. */
    const subscriptions = new Map<string, string>();
    const answer = (reply: string, value: object) => {
      const [, id] = [...subscriptions].find(([subject]) => reply.startsWith(subject)) ?? [];
      const json = JSON.stringify(value);
      socket.write(`MSG ${reply} ${id} ${json.length}\r\n${json}\r\n`);
    };
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const [verb, ...words] = rest.subarray(0, end).toString().split(' ');
        const isMessage = verb === 'PUB' || verb === 'HPUB';
        const size = isMessage ? Number(words.at(-1)) + 2 : 0;
        if (rest.length < end + 2 + size) return;
        const bytes = rest.subarray(end + 2, end + 2 + size - (isMessage ? 2 : 0));
        rest = Buffer.from(rest.subarray(end + 2 + size));
        if (verb === 'PING') socket.write('PONG\r\n');
        if (verb === 'SUB') subscriptions.set(String(words[0]).replace('*', ''), String(words.at(-1)));
        if (isMessage)
          answer(String(words[1]), this.#take(String(words[0]), verb === 'HPUB' ? Number(words[2]) : 0, bytes));
      }
    });
  }

  #take(subject: string, headerBytes: number, bytes: Buffer): object {
    const [, stream] = /^\$JS\.API\.STREAM\.(?:CREATE|INFO)\.(.+)$/.exec(subject) ?? [];
    if (stream !== undefined) return { config: { name: stream }, created: new Date(), state: {} };
    const lines = bytes.subarray(0, headerBytes).toString().split('\r\n').slice(1);
    const pairs = lines.filter(Boolean).map((line) => /^([^:]+): ?(.*)$/.exec(line)?.slice(1) ?? []);
    const headers = Object.fromEntries(pairs);
    this.messages.push({ subject, headers, body: Buffer.from(bytes.subarray(headerBytes)) });
    return { stream: headers['Nats-Expected-Stream'], seq: this.messages.length };
  }
}
