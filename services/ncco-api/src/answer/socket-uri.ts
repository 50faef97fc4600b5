/** Where the media gateway is to be reached from outside: what a socket's URI begins with. */
export interface SocketOrigin {
  readonly scheme: 'ws' | 'wss';
  /** Host with its port, if it has one, in lower case. */
  readonly host: string;
}

const HOST = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?|\[[0-9a-f:.]+\])(?::[1-9][0-9]{0,4})?$/;
const MAX_HOST_LENGTH = 260;

/**
 * A `Host` header's value, in lower case, or `undefined` for what must not get into a URI: anything but a name, an IPv4
 * address or an IPv6 address in brackets, and perhaps a port. An address has to be in its usual form: `127.1` is refused,
 * since a URL parser would make another host of it.
 */
export function parseHost(value: string | undefined): string | undefined {
  const host = value?.toLowerCase();
  if (host === undefined || host.length > MAX_HOST_LENGTH || !HOST.test(host)) return undefined;
  // ws's default port goes missing in a parsed URL; at https's, 443, it stays.
  const parsed = URL.parse(`ws://${host}`)?.host;
  return parsed === host || `${parsed}:80` === host ? host : undefined;
}

/** Reads a configured origin, e.g. `https://kodama.example.com`; `undefined` where there is more or less than an origin. */
export function parsePublicOrigin(value: string): SocketOrigin | undefined {
  const [, scheme = '', rest] = /^(https|http|wss|ws):\/\/([^/]+)\/?$/i.exec(value) ?? [];
  const host = parseHost(rest);
  return host === undefined ? undefined : { scheme: /^(https|wss)$/i.test(scheme) ? 'wss' : 'ws', host };
}

/** The URI that Vonage is to open for a call's audio. */
export function socketUri({ scheme, host }: SocketOrigin): string {
  return `${scheme}://${host}/socket`;
}
