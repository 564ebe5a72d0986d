/** A number and what it counts: `1 error`, `10 spans`. */
export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
