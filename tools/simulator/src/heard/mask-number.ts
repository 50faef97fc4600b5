/** Phone numbers have 7 to 15 digits. */
const LEAST_DIGITS = 7;

/** So many digits are hidden at least, and so many shown at most: country and area, and what tells two numbers apart. */
const LEAST_HIDDEN = 5;
const SHOWN_BEFORE = 4;
const SHOWN_AFTER = 2;

/**
 * Hides the middle of a phone number: `14155550177` becomes `1415•••••77`. What has fewer than 7 digits is nobody's number
 * and stays. Signs before and between the digits stay too.
 */
export function maskNumber(number: string): string {
  const digits = number.replace(/\D/g, '').length;
  if (digits < LEAST_DIGITS) return number;
  const before = Math.min(SHOWN_BEFORE, digits - LEAST_HIDDEN - SHOWN_AFTER);
  let index = 0;
  return number.replace(/\d/g, (digit) => {
    const isShown = index < before || index >= digits - SHOWN_AFTER;
    index++;
    return isShown ? digit : '•';
  });
}

/** UUIDs and other long hexadecimal words are matched first, as the digits in them are no numbers. */
const UUID = /[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}|\b(?=[\da-f]*[a-f])[\da-f]{16,}\b/;
const WRITTEN_OUT = /\+\d(?:[ ().-]{0,2}\d){6,14}/;
const PLAIN = /\d{7,}/;
const ANY = new RegExp(`(${UUID.source})|${WRITTEN_OUT.source}|${PLAIN.source}`, 'gi');

/** Masks whatever may be a phone number in a text: 7 digits or more in a row, or a number written with + and spaces. */
export const maskNumbers = (text: string): string =>
  text.replace(ANY, (match: string, uuid: string | undefined) => uuid ?? maskNumber(match));

/** The address without query and password, which hold the numbers and secrets of a call, and without phone numbers. */
export function maskUrl(url: string): string {
  const withoutQuery = url.replace(/[?#].*$/s, (rest) => (rest.startsWith('?') ? '?…' : ''));
  return maskNumbers(withoutQuery.replace(/^([a-z][a-z\d+.-]*:\/\/)[^/@]*@/i, '$1'));
}
