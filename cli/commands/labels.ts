import { Failure } from "../failure.ts";

/**
 * `a=b,c=d`, as kubectl's selectors of equality.
 *
 * @throws Failure where it is something else
 */
export function labelsOf(option: string, text: string | undefined): Record<string, string> | undefined {
  if (text === undefined) return undefined;
  const pairs = text.split(",").map((pair) => /^([^=!]+)=([^=]*)$/.exec(pair.trim())?.slice(1) as [string, string]);
  if (pairs.some((pair) => pair === undefined)) {
    throw new Failure(`${option} ${text}: expected labels, such as app=httpbin`);
  }
  return Object.fromEntries(pairs);
}
