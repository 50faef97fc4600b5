import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApplicationJwt } from './application-jwt.ts';
import type { CallControl } from './call-control.ts';
import { type CallReply, findRoute } from './call-routes.ts';
import { readBody, refusalOf, send } from './http-messages.ts';
import { RateLimit } from './rate-limit.ts';
import { RestError } from './rest-error.ts';

/** Of one application, whatever it asks for. */
const REQUESTS_PER_SECOND = 15;

export interface RestServerOptions {
  /** One that is free unless given. */
  readonly port?: number;
  readonly control: CallControl;
  /** The application's, as PEM or as a key object. */
  readonly publicKey: string | KeyObject;
  readonly applicationId: string;
  /** Told of each request when its reply is on its way; the path is without its query. */
  readonly onRequest?: (line: { readonly method: string; readonly path: string; readonly status: number }) => void;
  /** Epoch ms, for tokens and for the limit of requests; the system's clock unless given. */
  readonly clock?: () => number;
}

export interface RestServer extends AsyncDisposable {
  /** What a client takes for the API's host: `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** Address of the list of calls. */
  readonly url: string;
}

/**
 * Stands in for the part of the Voice API that controls running calls, on 127.0.0.1 alone.
 *
 * @throws {TypeError} where the public key is none of RSA.
 */
export async function startRestServer(options: RestServerOptions): Promise<RestServer> {
  const { port = 0, clock = Date.now } = options;
  const applicationJwt = new ApplicationJwt(options.publicKey, options.applicationId, clock);
  const limit = new RateLimit(REQUESTS_PER_SECOND, clock);

  const server = createServer((request, response) => void serve(request, response));
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const callsUrl = `${origin}/v1/calls`;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? '';
    const url = URL.parse(`${origin}${request.url}`);
    const path = url?.pathname ?? request.url ?? '';
    let reply: CallReply;
    try {
      const { handler, legUuid } = findRoute(method, path);
      await applicationJwt.check(request.headers.authorization);
      if (!limit.take()) throw tooManyRequests();
      const body = await readBody(request);
      reply = handler({
        control: options.control,
        callsUrl,
        legUuid,
        query: url?.searchParams ?? new URLSearchParams(),
        body,
      });
    } catch (error) {
      reply = refusalOf(error);
    }
    send(response, reply);
    options.onRequest?.({ method, path, status: reply.status });
  }

  return {
    origin,
    url: callsUrl,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const tooManyRequests = (): RestError =>
  new RestError(429, 'throttled', 'Too many requests', {
    detail: `${REQUESTS_PER_SECOND} requests a second are allowed`,
    headers: { 'retry-after': '1' },
  });
