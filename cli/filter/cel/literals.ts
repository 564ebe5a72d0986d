/** absl's `ParseDuration`, but for infinity, which is too long for CEL. */
const DURATION = /^[-+]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|ms|s|m|h))+)$/;
/** absl's `ParseTime` with `RFC3339_full`, as far as the form alone shows it. */
const TIMESTAMP =
  /^\s*(?:[-+]?\d+-\d{1,2}-\d{1,2}[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:[Zz]|[-+]\d\d(?::?\d\d){0,2})|infinite-(?:future|past))\s*$/;

/** Why a text that stands in the expression is nothing that the function could take; undefined where it may be. */
export function literalProblem(name: string, text: string): string | undefined {
  if (name === "duration" && !DURATION.test(text)) {
    return `no duration: ${JSON.stringify(text)} (expected such as "90s" or "1h30m")`;
  }
  if (name === "timestamp" && !TIMESTAMP.test(text)) {
    return `no time: ${JSON.stringify(text)} (expected such as "2026-01-31T08:00:00Z")`;
  }
  return undefined;
}
