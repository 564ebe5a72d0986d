import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { wasmFilter, type Json } from "../measure/bootstrap.ts";
import { PROJECT } from "../../tools/project.ts";
import { ANSWER, DENIED, POLICY, policyRules } from "./policy.ts";
import type { Skipped, Variant } from "./variant.ts";

const MODULE = resolve(PROJECT, "build/authz.wasm");

/** The name of the variant with `count` rules. */
export function authzName(count: number): string {
  return `authz-${count}`;
}

/** This project's filter with one ALLOW policy of `count` rules, the last of which allows the request. */
export function authz(count: number): Variant | Skipped {
  const title = `authz, ${count} ${count === 1 ? "rule" : "rules"}`;
  const name = authzName(count);
  if (!existsSync(MODULE)) return { name, title, reason: "build/authz.wasm is missing: make build" };
  const configuration: Json = { policies: [{ ...POLICY, rules: policyRules(count) }] };
  return { name, title, ...ANSWER, otherwise: DENIED, filters: [wasmFilter(name, MODULE, configuration)] };
}
