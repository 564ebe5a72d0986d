import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { wasmFilter, type Json } from "../measure/bootstrap.ts";
import { PROJECT } from "../../tools/project.ts";
import { ALWAYS, ROUTES, scenarioVariant, STATUS, USER, type Scenario } from "./faults.ts";
import type { Skipped, Variant } from "./variant.ts";

const MODULE = resolve(PROJECT, "build/fault-injection.wasm");

/** The name of this project's variant of a scenario. */
export function faultInjectionName({ name }: Pick<Scenario, "name">): string {
  return `fault-injection-${name}`;
}

/** This project's filter in a scenario. */
export function faultInjection(scenario: Scenario): Variant | Skipped {
  const name = faultInjectionName(scenario);
  const title = `fault-injection, ${scenario.title}`;
  if (!existsSync(MODULE)) return { name, title, reason: "build/fault-injection.wasm is missing: make build" };
  const filters = [wasmFilter(name, MODULE, { virtualServices: virtualServices(scenario) })];
  return { name, title, ...scenarioVariant(scenario), filters, routes: ROUTES };
}

function virtualServices({ share, shareOfAll }: Scenario): Json {
  if (shareOfAll !== undefined) return [{ hosts: ["*"], http: [abort(shareOfAll)] }];
  const http = [{ match: [endUser(ALWAYS)], ...abort(100) }];
  if (share !== undefined) http.push({ match: [endUser(USER)], ...abort(share) });
  return [{ hosts: ["reviews"], http }];
}

function endUser(exact: string): Json {
  return { headers: { "end-user": { exact } } };
}

function abort(share: number): { [field: string]: Json } {
  return { fault: { abort: { percentage: { value: share }, httpStatus: STATUS } } };
}
