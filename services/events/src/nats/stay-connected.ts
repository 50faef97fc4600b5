import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectionOptions, connect, DebugEvents, type NatsConnection } from 'nats';

/** Time between two attempts to connect, ms; up to half of it again at random, so that instances do not come all at once. */
const RECONNECT_WAIT_MS = 500;

export interface ConnectionUser {
  /** Has the connection until this resolves; what it throws ends the connection's use, and is reported as an outage. */
  use(connection: NatsConnection): Promise<void>;
  /** Once an outage, which may be a long one: why NATS cannot be reached, or the connection cannot be used. */
  unreachable(error: unknown): void;
}

/** Connects, hands the connection to its user, and connects again when that is done with it, until the signal comes. */
export async function stayConnected(
  options: ConnectionOptions,
  signal: AbortSignal,
  user: ConnectionUser,
): Promise<void> {
  let reported = false;
  while (!signal.aborted) {
    try {
      const connection = await connect(options);
      if (signal.aborted) await connection.close();
      else await user.use(connection);
      reported = false;
    } catch (error) {
      if (!reported) user.unreachable(error);
      reported = true;
    }
    const waitMs = RECONNECT_WAIT_MS * (1 + Math.random() / 2);
    await sleep(waitMs, undefined, { signal }).catch(() => {});
  }
}

/** Resolves when the connection is closed, or when the server does not answer pings any more. */
export async function untilLost(connection: NatsConnection): Promise<void> {
  const silent = async () => {
    for await (const { type } of connection.status()) if (type === DebugEvents.StaleConnection) return;
  };
  await Promise.race([connection.closed(), silent()]);
}
