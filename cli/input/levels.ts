/** The levels of lists and objects that a document may have: far more than any resource, and few enough for every stack. */
export const MAX_LEVELS = 500;

/** Whether a value of JSON has more levels of lists and objects than `MAX_LEVELS`. Does not recurse. */
export function isTooDeep(value: unknown): boolean {
  const open = [[value].values()];
  for (let inside = open.at(-1); inside !== undefined; inside = open.at(-1)) {
    const next = inside.next();
    if (next.done === true) open.pop();
    else if (typeof next.value === "object" && next.value !== null) open.push(Object.values(next.value).values());
    // The first is of the value itself.
    if (open.length > MAX_LEVELS + 1) return true;
  }
  return false;
}
