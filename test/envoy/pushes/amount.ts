/** How many configurations a test pushes, refused ones included: `PUSHES`, such as 600 for a minute or more, or what a test run has time for. */
export function pushesOr(otherwise: number): number {
  return Number(process.env["PUSHES"]) || otherwise;
}

/** How many rules a large configuration has: `RULES`, or so many that the filters read it as they read the largest (hundreds of kilobytes). */
export const MANY_RULES = Number(process.env["RULES"]) || 2_000;
