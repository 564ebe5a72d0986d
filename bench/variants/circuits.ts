import { setTimeout as pause } from "node:timers/promises";
import { clusterAt, matchHeader, type Json } from "../measure/bootstrap.ts";
import { get } from "../measure/check.ts";
import { FAIL, FAILED, SUCCEEDED } from "../measure/upstream.ts";
import type { Variant } from "./variant.ts";

/** The header that tells requests apart, of which each request has the next value. */
export const TENANTS = {
  header: "x-tenant",
  values: Array.from({ length: 1000 }, (_, index) => `tenant-${index}`),
} as const;

/** How many errors in a row open a circuit, of each kind. */
export const ERRORS = 5;
/** For how long it then is open, so that it can be seen to open before it is measured while it is closed. */
export const OPEN_MS = 1000;
/** For how long it is open while that is measured. */
export const LONG_OPEN_MS = 24 * 60 * 60 * 1000;

/** In that time a circuit must have come into a state. */
const LIMIT_MS = 20_000;

/** What is common to all: the way to the upstream, by a cluster with its name and further fields. */
export function toUpstream(
  name: string,
  port: number,
  cluster: { [field: string]: Json } = {},
): Pick<Variant, "answer" | "reads" | "routes" | "clusters"> {
  const route = { match: matchHeader(), route: { cluster: name } };
  return { answer: SUCCEEDED, reads: [], routes: [route], clusters: [clusterAt(name, port, cluster)] };
}

/** Has a circuit open, which is to be seen by `refused` (a status, a space and a body), and close again. */
export function opensAndCloses(refused: string): NonNullable<Variant["prepare"]> {
  return async (port, headers) => {
    await opens(refused)(port, headers);
    await until("closed", SUCCEEDED, () => get(port, headers));
  };
}

/** Has a circuit open. */
export function opens(refused: string): NonNullable<Variant["prepare"]> {
  return async (port, headers) => {
    for (let error = 1; error <= ERRORS; error++) {
      const answer = await get(port, { ...headers, ...FAIL });
      if (answer !== `503 ${FAILED}`) throw new Error(`error ${error} of ${ERRORS}: got "${answer}"`);
    }
    await until("open", refused, () => get(port, headers));
  };
}

/** Each tenant has an error and then none, so that each has a circuit of its own, which is closed. */
export async function failForEachTenant(port: number, headers: Readonly<Record<string, string>>): Promise<void> {
  for (const tenant of TENANTS.values) {
    const own = { ...headers, [TENANTS.header]: tenant };
    await get(port, { ...own, ...FAIL });
    await get(port, own);
  }
}

async function until(state: string, expected: string, ask: () => Promise<string>): Promise<void> {
  let last = "";
  for (const end = performance.now() + LIMIT_MS; performance.now() < end;) {
    last = await ask();
    if (last === expected) return;
    await pause(10);
  }
  throw new Error(`the circuit is never seen ${state}: expected "${expected}", got "${last}"`);
}
