import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { until } from "../../../envoy/deadline.ts";
import { PROJECT } from "../../../tools/project.ts";
import { countersOf } from "../harness/counters.ts";
import type { Mesh } from "../harness/mesh.ts";
import { selecting } from "../harness/plugins.ts";
import { JASON } from "./bookinfo.ts";
import { allSections } from "./compared.ts";
import { signalboxPlugin } from "./sections.ts";

/** The labels of counters for Prometheus, by the bootstrap that the component `manifests/metrics` has a sidecar read. */
export function labels(mesh: () => Mesh): void {
  test("manifests/metrics: policy, rule, route and fault are labels of the counters", async (t) => {
    const { data } = parse(readFileSync(join(PROJECT, "manifests/metrics/labels.yaml"), "utf8")) as {
      data: Record<string, string>;
    };
    const labelled = await mesh().startWorkload({
      ...{ name: "labelled", app: "labelled", version: "v1", serviceAccount: "labelled" },
      bootstrapOverride: data["custom_bootstrap.json"],
    });
    await mesh().apply(
      t,
      signalboxPlugin(mesh(), "labelled", { selector: selecting("labelled") }, allSections("reviews", [])),
    );
    await until("the plugin to deny", async () => (await labelled.receive({ path: "/admin" })).status === 403);

    assert.equal((await labelled.receive({})).status, 200);
    await labelled.send({ host: "reviews", headers: JASON });
    const counters = await countersOf(labelled.admin);
    const allowed = counters.get('authz_policy_rule_allowed{policy_namespace="default",policy="get",rule="0"}');
    assert.equal(allowed, 1, [...counters.keys()].join(" "));
    assert.equal(counters.get('header_routing_route_matched{route="jason"}'), 1);
    // No request met it: a counter is there from the configuration on.
    assert.equal(counters.get('fault_injection_route_aborts_injected{fault="fails"}'), 0);
  });
}
