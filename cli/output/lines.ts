import type { Answer } from "../decision/decide.ts";

/** The headers of an answer, a line each. */
export function headerLines({ headers }: Answer): string[] {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
}

/** Lines with a title before the first. */
export function listed(title: string, lines: readonly string[]): string[] {
  return lines.map((line, at) => `${(at === 0 ? title : "").padEnd(10)}${line}`);
}
