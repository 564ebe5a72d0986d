/** The translator against what istiod itself made of the same VirtualServices (`istiod/README.md`). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { translate } from "./translate.ts";
import { resolveHost } from "./translate-hosts.ts";
import type { Proxy, VirtualService } from "./virtual-service.ts";

interface Translation {
  about: string;
  virtualServices: VirtualService[];
  virtualHosts: unknown[];
}

const PROXY: Proxy = { namespace: "default", labels: { app: "sleep", version: "v1" }, listenerPort: 80 };
/** Lists whose order has no meaning; istiod's own order of some is that of a Go map. */
const UNORDERED = new Set(["headers", "query_parameters", "dynamic_metadata"]);

/** One form for messages that mean the same: keys sorted, fields with proto's default values left out. */
function canonical(value: unknown, field = ""): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item));
    return UNORDERED.has(field) ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const isDefault = ([key, one]: [string, unknown]): boolean =>
    (key === "append_action" && one === "APPEND_IF_EXISTS_OR_ADD") || (key === "value" && one === "");
  const entries = Object.entries(value).filter((entry) => !isDefault(entry));
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, canonical(one, key)]),
  );
}

/** istiod's name of the cluster of a destination in this VirtualService (route.go: GetDestinationCluster). */
function clusterIn({ namespace }: VirtualService) {
  return ({ destination: { host, subset = "", port } }: VirtualService["http"][number]["route"][number]): string =>
    `outbound|${port?.number ?? PROXY.listenerPort}|${subset}|${resolveHost(host, namespace)}`;
}

const file = new URL("istiod/translations.json", import.meta.url);
for (const { about, virtualServices, virtualHosts } of JSON.parse(readFileSync(file, "utf8")) as Translation[]) {
  test(`istiod's own translation: ${about}`, () => {
    const owner = new Map(
      virtualServices.flatMap((one) => one.http.flatMap(({ route }) => route.map((d) => [d, one]))),
    );
    const cluster: Parameters<typeof translate>[1]["cluster"] = (destination) =>
      clusterIn(owner.get(destination) as VirtualService)(destination);
    const { virtual_hosts: ours } = translate(virtualServices, { proxy: PROXY, cluster });
    const byName = [...ours].sort((a, b) => ((a["name"] as string) < (b["name"] as string) ? -1 : 1));
    assert.deepEqual(canonical(byName), canonical(virtualHosts));
  });
}
