/** The values of each header in order; the order between different names has no meaning. */
export type Fields = Record<string, string[]>;

/** Header lines by their names in lower case, sorted. */
export function fieldsOf(headers: readonly (readonly [name: string, value: string])[]): Fields {
  const all: Fields = {};
  for (const [name, value] of headers) (all[name.toLowerCase()] ??= []).push(value);
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
