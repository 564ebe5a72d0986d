import type { Finding } from "../finding.ts";

/** What is new among findings, and what is gone. */
export interface Changes {
  readonly added: readonly Finding[];
  readonly gone: readonly Finding[];
}

/** Compares the findings of two looks at the same files. One that has only moved to another line is neither new nor gone. */
export function changesBetween(before: readonly Finding[], after: readonly Finding[]): Changes {
  return { added: without(after, before), gone: without(before, after) };
}

/** Of findings that say the same, as many as there are more of. */
function without(all: readonly Finding[], others: readonly Finding[]): Finding[] {
  const counts = new Map<string, number>();
  for (const finding of others) counts.set(saying(finding), (counts.get(saying(finding)) ?? 0) + 1);
  return all.filter((finding) => {
    const left = counts.get(saying(finding)) ?? 0;
    counts.set(saying(finding), left - 1);
    return left <= 0;
  });
}

/** What a finding says, without its line and those that its message names. */
function saying({ severity, file, path, message, filter }: Finding): string {
  return JSON.stringify([severity, file, path, withoutPlaces(message), filter]);
}

/** A message without the lines and columns that it names, which change with every line before them. */
export function withoutPlaces(message: string): string {
  return message.replace(/:\d+:\d+/g, "");
}
