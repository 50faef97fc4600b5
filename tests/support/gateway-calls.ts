import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call } from '@kodama/media-gateway/leg-metrics-store';
import { type CallReport, placeCall } from '@kodama/simulator';
import type { Service } from './services.ts';
import { until } from './wait.ts';

export interface PlacedCall {
  readonly legUuid: string;
  readonly conversationUuid: string;
  hangUp(): Promise<CallReport>;
  /** What the caller has to say about it when it is over. */
  readonly report: Promise<CallReport>;
}

export interface Exchange extends AsyncDisposable {
  /** Calls; the caller talks for so long, or until hung up. */
  call(seconds?: number): PlacedCall;
}

/** Calls that lead straight to one media gateway: in place of the other services stands as much as such a call needs. */
export async function callsTo(gateway: Service): Promise<Exchange> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    request.resume();
    if (pathname !== '/ncco') {
      response.writeHead(204).end();
      return;
    }
    const endpoint = {
      type: 'websocket',
      uri: `ws://127.0.0.1:${gateway.port}/socket`,
      'content-type': 'audio/l16;rate=16000',
      headers: { uuid: searchParams.get('uuid'), conversation_uuid: searchParams.get('conversation_uuid') },
    };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify([{ action: 'connect', endpoint: [endpoint] }]));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    call(seconds = 600) {
      const hangUp = new AbortController();
      const legUuid = crypto.randomUUID().replaceAll('-', '');
      const conversationUuid = `CON-${crypto.randomUUID()}`;
      const report = placeCall({
        answerUrl: `${origin}/ncco`,
        eventUrl: `${origin}/events`,
        ids: { legUuid, conversationUuid },
        seconds,
        signal: hangUp.signal,
      });
      return {
        legUuid,
        conversationUuid,
        report,
        hangUp() {
          hangUp.abort();
          return report;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** What a gateway tells about a call; `undefined` where it knows none. */
export async function getCall(gateway: Service, id: string): Promise<Call | undefined> {
  const response = await fetch(`${gateway.url}/calls/${id}`);
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`the gateway answered ${response.status}`);
  return (await response.json()) as Call;
}

/** Waits until a gateway tells that the call is in this state. */
export function callIs(state: Call['state'], gateway: Service, { legUuid }: { legUuid: string }): Promise<Call> {
  return until(
    async () => {
      const call = await getCall(gateway, legUuid);
      return call?.state === state ? call : undefined;
    },
    { what: `the call to be ${state}`, deadlineMs: 20_000 },
  );
}
