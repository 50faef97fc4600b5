import { shownUrl } from './shown-url.ts';

/**
 * What a person may want to know about a status that is none to reply to a webhook with; empty where that is nothing.
 *
 * @param url told where the sentence does not name it already.
 */
export function statusHint(status: number, method: 'GET' | 'POST', isSigned: boolean, url?: string): string {
  if (status >= 300 && status < 400) return '; a redirect is not followed';
  if (status === 401 || status === 403) {
    return isSigned
      ? '; its token was in the Authorization header, as Bearer, and nowhere else'
      : '; it had no token, as the simulator was given no signature secret';
  }
  if (status === 404 || status === 405) return `; it was a ${method}${url === undefined ? '' : ` to ${shownUrl(url)}`}`;
  return '';
}

/** Continues a sentence about a webhook that was tried more than once. */
export const inTries = (attempts: number): string => (attempts > 1 ? ` (${attempts} tries)` : '');
