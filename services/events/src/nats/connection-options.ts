import type { ConnectionOptions } from 'nats';

/**
 * How to connect to the servers of one cluster.
 *
 * The client's own reconnecting is off. In an outage it would hold publishes back, and drop them, or send them long after
 * Vonage was told that they failed; requests under way would wait for their timeout; and connecting could not be called
 * off. So a lost connection fails what is under way at once, and the next one starts from nothing: see `stayConnected`.
 *
 * @param urls `nats://host:port` or `tls://host:port`, with user and password, or a token, before the host where they are
 *   needed; they have scheme and user in common
 */
export function connectionOptions(urls: readonly string[], name = 'events'): ConnectionOptions {
  const servers = urls.map((url) => new URL(url));
  const { protocol = '', username = '', password = '' } = servers[0] ?? {};
  const user = decodeURIComponent(username);
  return {
    servers: servers.map(({ host }) => host),
    name,
    reconnect: false,
    timeout: 2000,
    // A server that has fallen silent is noticed in four seconds; a pause of three is none.
    pingInterval: 1000,
    maxPingOut: 3,
    // To know where a request was made from costs each an Error with its stack.
    noAsyncTraces: true,
    ...(protocol === 'tls:' && { tls: {} }),
    ...(user !== '' && (password === '' ? { token: user } : { user, pass: decodeURIComponent(password) })),
  };
}
