import { withDeadline } from '@kodama/shared/time';
import type { NatsConnection } from 'nats';

/** Time that what is on its way out may take, ms. */
const DRAIN_TIMEOUT_MS = 2000;

/** Lets what is on its way out go out, and closes the connection; false where that took too long, and it was closed as it was. */
export async function letGoOf(connection: NatsConnection): Promise<boolean> {
  try {
    await withDeadline(connection.drain(), DRAIN_TIMEOUT_MS);
    return true;
  } catch {
    // Not waited for: with a server that has fallen silent, closing may take as long as it likes.
    connection.close().catch(() => {});
    return false;
  }
}
