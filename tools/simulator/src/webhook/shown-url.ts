/** A URL as it may be told of: query, fragment, name and password are often secrets, and left out. */
export function shownUrl(url: string): string {
  if (!URL.canParse(url)) return 'an address that is no URL';
  const { protocol, host, pathname, search, hash } = new URL(url);
  return `${protocol}//${host}${pathname}${search && '?…'}${hash && '#…'}`;
}
