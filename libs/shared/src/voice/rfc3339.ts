const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-](\d\d):(\d\d))$/;

const FIRST_MS = Date.parse('0000-01-01T00:00:00Z');
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * A timestamp of RFC 3339 as ms since 1970 UTC, to the millisecond; `undefined` for what is none. `Date.parse` alone would
 * take other formats too, and a 30th of February for the 2nd of March. A leap second is not taken: `Date` has none.
 */
export function parseRfc3339(text: string): number | undefined {
  const match = RFC_3339.exec(text);
  if (!match) return undefined;
  const [, year, month, day] = match.map(Number);
  const lastDay = new Date(Date.UTC(2000, Number(month), 0)).setUTCFullYear(Number(year), Number(month), 0);
  if (Number(month) < 1 || Number(month) > 12 || Number(day) < 1 || Number(day) > new Date(lastDay).getUTCDate()) {
    return undefined;
  }
  const ms = Date.parse(text);
  // An offset may lead out of the years that can be written so.
  return Number.isNaN(ms) || ms < FIRST_MS || ms > LAST_MS ? undefined : ms;
}
