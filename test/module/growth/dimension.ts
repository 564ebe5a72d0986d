/** One way in which a configuration can grow. */
export interface Dimension {
  readonly filter: string;
  readonly what: string;
  /** The pluginConfig with so many of them. */
  readonly document: (count: number) => string;
  /** The most that a configuration may have of it, if there are limits of its own. */
  readonly most: number;
}

/** The n-th of many texts that differ. */
export const nth = (n: number): string => n.toString(36);

/** The items of a list or the members of an object, with commas between. */
export function many(count: number, item: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => item(n)).join(",");
}

/** How many there are of it in a document of about that size, in bytes. */
export function countFor({ document, most }: Dimension, bytes: number): number {
  const [small, large] = [Math.min(64, most / 2), Math.min(128, most)];
  const each = (document(large).length - document(small).length) / (large - small);
  let count = Math.min(most, Math.floor(bytes / each));
  // Numbers become longer as there are more of them.
  while (count > 1 && document(count).length > bytes) count = Math.floor(count * 0.97);
  return count;
}

/** Makes dimensions of one filter. */
export function dimensionsOf(
  filter: string,
  documents: Readonly<Record<string, ((count: number) => string) | readonly [most: number, (count: number) => string]>>,
): Dimension[] {
  return Object.entries(documents).map(([what, document]) =>
    typeof document === "function"
      ? { filter, what, document, most: Infinity }
      : { filter, what, document: document[1], most: document[0] },
  );
}
