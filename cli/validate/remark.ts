import type { Path } from "../input/path.ts";

/** Something that Istio takes and that does not do what was probably meant. */
export interface Remark {
  readonly path: Path;
  readonly message: string;
}

/** The items of what should be a list. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}
