/** One way in which a configuration can grow. */
export interface Dimension {
  readonly filter: string;
  readonly what: string;
  /** The pluginConfig with so many of them. */
  readonly document: (count: number) => string;
  /** The most that a configuration may have of it, if there are limits of its own. */
  readonly most: number;
  /** Whether it is accepted; if not, what grows is mistakes. */
  readonly accepted: boolean;
}

/** The most that the filters take of what nobody needs many of, and what they read in one step (`Place.firstOfFew`). */
export const FEW = 1000;

/** The most bytes of one string (`assembly/text/json/reader.ts`). */
export const LONGEST = 32 << 10;

/** The n-th of many texts that differ. */
export const nth = (n: number): string => n.toString(36);

/** So many letters, but no more than a string may have. */
export const letters = (count: number): string => "a".repeat(Math.min(count, LONGEST));

/** Texts that differ, about as long as a string may be. */
export const long = (n: number): string => letters(LONGEST - 100) + nth(n);

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
  let { length } = document(count);
  while (count > 1 && length > bytes) {
    count = Math.max(1, Math.floor(count * Math.min(0.99, bytes / length)));
    ({ length } = document(count));
  }
  return count;
}

type Document = (count: number) => string;
type Documents = Readonly<Record<string, Document | readonly [most: number, Document]>>;

/** Dimensions of one filter: of what it accepts, and of mistakes. */
export function dimensionsOf(filter: string, documents: Documents, mistakes: Documents): Dimension[] {
  const made = (of: Documents, accepted: boolean): Dimension[] =>
    Object.entries(of).map(([what, document]) => {
      const [most, make] = typeof document === "function" ? [Infinity, document] : document;
      return { filter, what, document: make, most, accepted };
    });
  return [...made(documents, true), ...made(mistakes, false)];
}
