/**
 * A JSON value as the one text that all its spellings have in common: no white space, keys sorted. It keeps its own stack:
 * a body of a few kilobytes can be nested deeper than calls may be.
 *
 * @param value what `JSON.parse` gave back
 */
export function canonicalJson(value: unknown): string {
  let json = '';
  // What is still to be written, last first: finished text, or a value.
  const pending: ({ readonly text: string } | { readonly value: unknown })[] = [{ value }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    if ('text' in next) {
      json += next.text;
    } else if (Array.isArray(next.value)) {
      const items = next.value.flatMap((item, index) => [{ text: index === 0 ? '' : ',' }, { value: item }]);
      pending.push({ text: ']' }, ...items.reverse(), { text: '[' });
    } else if (typeof next.value === 'object' && next.value !== null) {
      const object = next.value as Readonly<Record<string, unknown>>;
      const members = Object.keys(object)
        .sort()
        .flatMap((key, index) => [
          { text: `${index === 0 ? '' : ','}${JSON.stringify(key)}:` },
          { value: object[key] },
        ]);
      pending.push({ text: '}' }, ...members.reverse(), { text: '{' });
    } else {
      json += JSON.stringify(next.value);
    }
  }
  return json;
}
