import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { wasmFilter, type Json } from "../measure/bootstrap.ts";
import { PROJECT } from "../../tools/project.ts";
import {
  ERRORS,
  LONG_OPEN_MS,
  OPEN_MS,
  TENANTS,
  failForEachTenant,
  opens,
  opensAndCloses,
  toUpstream,
} from "./circuits.ts";
import type { Skipped, Variant } from "./variant.ts";

const MODULE = resolve(PROJECT, "build/circuit-breaking.wasm");
export const REFUSED = "503 circuit open";

type Fields = { [field: string]: Json };
const ERRORS_IN_A_ROW: Fields = { consecutive5xxErrors: ERRORS, baseEjectionTime: `${OPEN_MS}ms` };

/** This project's filter: one circuit for the host, closed, and what else it may have to do; and an open one. */
export function circuitBreaking(upstream: number): (Variant | Skipped)[] {
  const ours = (name: string, what: string, rules: Json[], prepare: Variant["prepare"]): Variant | Skipped => {
    const title = `circuit-breaking, ${what}`;
    if (!existsSync(MODULE)) return { name, title, reason: "build/circuit-breaking.wasm is missing: make build" };
    const filters = [wasmFilter(name, MODULE, { destinationRules: rules })];
    return { name, title, ...toUpstream(name, upstream), filters, prepare };
  };
  const tried = opensAndCloses(REFUSED);
  const rates = { ...ERRORS_IN_A_ROW, failureRateThreshold: 50, minimumNumberOfCalls: 1000 };
  const long = { ...ERRORS_IN_A_ROW, baseEjectionTime: `${LONG_OPEN_MS}ms`, maxEjectionTime: `${LONG_OPEN_MS}ms` };
  const others = TENANTS.values.slice(1).map((tenant) => rule(`${tenant}.example.com`));
  const keyed = { name: "tenant", keyedBy: { header: TENANTS.header }, outlierDetection: ERRORS_IN_A_ROW };
  const open = ours("circuits-open", "an open circuit refuses", [rule("reviews", long)], opens(REFUSED));
  return [
    ours("circuits-one", "one circuit for the host, closed", [rule("reviews")], tried),
    ours("circuits-rates", "the same with a failure rate", [rule("reviews", rates)], tried),
    ours("circuits-1000-hosts", "circuits for 1,000 hosts", [...others, rule("reviews")], tried),
    ours("circuits-1000-matches", "1,000 circuits of one host", [withCircuits(TENANTS.values.map(matched))], tried),
    ours("circuits-1000-keys", "a circuit for each of 1,000 keys", [withCircuits([keyed])], async (port, headers) => {
      await failForEachTenant(port, headers);
      await tried(port, { ...headers, [TENANTS.header]: TENANTS.values[0]! });
    }),
    "reason" in open ? open : { ...open, sometimes: REFUSED },
  ];
}

function rule(host: string, outlierDetection: Fields = ERRORS_IN_A_ROW): Fields {
  return { name: host, host, trafficPolicy: { outlierDetection } };
}

function withCircuits(circuits: Json[]): Fields {
  return { ...rule("reviews"), circuits };
}

function matched(tenant: string): Json {
  const match = [{ headers: { [TENANTS.header]: { exact: tenant } } }];
  return { name: tenant, match, outlierDetection: ERRORS_IN_A_ROW };
}
