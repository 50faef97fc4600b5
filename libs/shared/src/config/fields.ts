import { z } from 'zod';

/** A whole number in a range, from its decimal text alone: no `0x10`, no `1e3`, no empty text. */
export function integer({ min, max }: { min: number; max: number }) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^-?\d{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

/** A URL with one of these schemes; a password in it is nobody's business, so the value is never repeated. */
export function url(...protocols: string[]) {
  return z
    .string()
    .refine((value) => isUrl(value, protocols), {
      message: `must be a URL that begins with ${beginnings(protocols)}`,
      abort: true,
    })
    .refine(hasReadableUser, USER_NOT_ENCODED);
}

/**
 * One or more URLs as {@link url} takes them, with commas between: the servers of one cluster, which differ in their hosts
 * alone.
 */
export function urls(...protocols: string[]) {
  return z
    .string()
    .transform((value) => value.split(',').map((part) => part.trim()))
    .refine((all) => all.every((part) => isUrl(part, protocols)), {
      message: `must be URLs, with commas between, that begin with ${beginnings(protocols)}`,
      abort: true,
    })
    .refine((all) => all.every(hasReadableUser), { message: USER_NOT_ENCODED, abort: true })
    .refine(
      (all) =>
        new Set(all.map((part) => new URL(part)).map((u) => `${u.protocol}${u.username}:${u.password}`)).size === 1,
      'must have the same scheme, user and password in each of its URLs',
    );
}

const USER_NOT_ENCODED = 'must have its user and password percent-encoded: a percent sign is %25';

function beginnings(protocols: readonly string[]): string {
  return protocols.map((protocol) => `${protocol}://`).join(' or ');
}

function isUrl(value: string, protocols: readonly string[]): boolean {
  const parsed = URL.parse(value);
  // Without its slashes, nats:4222 is a URL as well, but one that has no host.
  return parsed !== null && parsed.host !== '' && protocols.includes(parsed.protocol.replace(/:$/, ''));
}

/** A URL leaves `%zz` as it is, and whoever connects decodes it: that would end the service, and name no variable. */
function hasReadableUser(value: string): boolean {
  const { username, password } = new URL(value);
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}

/** One or more words, with commas between. */
export function list() {
  return z.string().transform((value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
}

/** One or more secrets, with commas between. @param minLength of each, characters */
export function secrets(minLength: number) {
  return list().refine(
    (all) => all.length > 0 && all.every((secret) => secret.length >= minLength),
    `must have ${minLength} characters at least, each of them where there are several`,
  );
}

/** What every service takes, whatever it does. */
export const commonFields = {
  HOST: z.string().default('0.0.0.0').describe('address to listen on, e.g. 127.0.0.1'),
  PORT: integer({ min: 0, max: 65_535 }).default(8080).describe('TCP port, 0 for any that is free, e.g. 8080'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'must be one of trace, debug, info, warn, error, fatal, silent',
    })
    .default('info')
    .describe('least severe log line that is written, e.g. info'),
};

/** @param what is there, e.g. `where metrics go` */
export function redisUrl(what: string) {
  return url('redis', 'rediss').default('redis://127.0.0.1:6379').describe(`${what}, e.g. redis://127.0.0.1:6379`);
}

/** @param what is kept so long, e.g. `seconds that the record of an ended call is kept` */
export function callRetentionSeconds(what: string) {
  return integer({ min: 1, max: 31_536_000 }).default(86_400).describe(`${what}, e.g. 86400`);
}
