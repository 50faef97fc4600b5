import { once } from 'node:events';
import { type Agent, type IncomingMessage, request } from 'node:http';

/** What came of one request: a status, or why there was none. */
export type Outcome = number | 'timeout' | 'no connection' | 'connection lost';

/** Vonage waits this long for the answer to an event, ms. */
const TIMEOUT_MS = 10_000;

const AGAIN: ReadonlySet<Outcome> = new Set(['timeout', 'no connection', 'connection lost', 429, 503, 504]);

export function isAcknowledged(outcome: Outcome): boolean {
  return typeof outcome === 'number' && outcome >= 200 && outcome < 300;
}

/** Says whether Vonage sends it once more after this. */
export function isTriedAgain(outcome: Outcome): boolean {
  return AGAIN.has(outcome);
}

export interface Target {
  readonly url: URL;
  /** Keeps connections, as Vonage does. */
  readonly agent: Agent;
}

/** One POST of an event webhook. It does not reject: that there was no answer is an outcome too. */
export async function post({ url, agent }: Target, body: string, headers: Record<string, string>): Promise<Outcome> {
  const bytes = Buffer.from(body);
  const outgoing = request(url, {
    method: 'POST',
    agent,
    headers: { 'Content-Type': 'application/json', 'Content-Length': bytes.length, ...headers },
  });
  // Whatever goes wrong is heard of below; a connection may break after that once more.
  outgoing.on('error', () => {});
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    outgoing.destroy();
  }, TIMEOUT_MS);
  try {
    outgoing.end(bytes);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    response.resume();
    // An answer counts when all of it is there.
    await once(response, 'end');
    return response.statusCode ?? 0;
  } catch (error) {
    if (timedOut) return 'timeout';
    return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED' ? 'no connection' : 'connection lost';
  } finally {
    clearTimeout(timer);
  }
}
