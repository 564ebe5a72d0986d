import type { HeaderLine } from "./http1.ts";

/** The values of a header, in order. */
export function valuesOf(headers: readonly HeaderLine[], name: string): string[] {
  return headers.filter(([header]) => header.toLowerCase() === name).map(([, value]) => value);
}
