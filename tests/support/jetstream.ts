import { connect, type JetStreamManager, type NatsConnection } from 'nats';

/** Uses NATS through a connection of its own, as an operator's tools would. */
export async function onNats<T>(url: string, use: (connection: NatsConnection) => Promise<T>): Promise<T> {
  const connection = await connect({ servers: url.replace('nats://', '') });
  try {
    return await use(connection);
  } finally {
    await connection.close();
  }
}

/** What JetStream has, through a connection of its own. */
export function inJetStream<T>(
  url: string,
  use: (manager: JetStreamManager, connection: NatsConnection) => Promise<T>,
): Promise<T> {
  return onNats(url, async (connection) => use(await connection.jetstreamManager(), connection));
}
