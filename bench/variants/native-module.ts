import { directResponse, type Json } from "../measure/bootstrap.ts";
import { ALWAYS_REGION, NATIVELY_DECIDED, REGION, SHARE } from "./module.ts";
import { faultFilter, withFault } from "./native-faults.ts";
import { nativeRbacFilter } from "./native-rbac.ts";
import { nativeTracer } from "./native-tracer.ts";
import type { Variant } from "./variant.ts";

/** Envoy's own RBAC and fault filter, route table and tracer (no request a span), all of them at the same four decisions. */
export function nativeAll(): Variant {
  const filters = [nativeRbacFilter(1), faultFilter()];
  const { manager } = nativeTracer(false);
  const title = "native RBAC, route table, fault filter and tracer";
  return { name: "native-all", title, ...NATIVELY_DECIDED, filters, routes: table(), manager };
}

/** As a VirtualService has them that injects the faults where it routes. */
function table(): Json[] {
  return [
    withFault(route("v1", { "x-region": ALWAYS_REGION }), 100),
    withFault(route(NATIVELY_DECIDED.answer, { "x-region": REGION, "end-user": "jason" }), SHARE),
    route("v1", {}),
  ];
}

function route(body: string, headers: Readonly<Record<string, string>>): { [field: string]: Json } {
  const matches = Object.entries(headers).map(([name, exact]) => ({ name, string_match: { exact } }));
  return directResponse({ prefix: "/", headers: matches }, body);
}
