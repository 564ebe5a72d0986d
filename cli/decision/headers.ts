/** Header by header: the value, the values of a repeated one, or null where it was taken away. */
export type Changes = Readonly<Record<string, string | string[] | null>>;

/** Header by header, in lower case, every value in order. */
export type Values = Readonly<Record<string, string[]>>;

/** Headers by name. */
export function valuesOf(pairs: readonly (readonly [string, string])[]): Values {
  const all = new Map<string, string[]>();
  for (const [name, value] of pairs) all.set(name, [...(all.get(name) ?? []), value]);
  return Object.fromEntries(all);
}

/** What is otherwise than before. */
export function changes(before: Values, after: Values): Changes {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  return Object.fromEntries(
    changed.map((name) => {
      const values = after[name];
      return [name, values === undefined ? null : values.length === 1 ? (values[0] as string) : values];
    }),
  );
}
