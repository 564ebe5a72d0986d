/** What istiod itself made of VirtualServices (`README.md`), and how it is compared. */
import { readFileSync } from "node:fs";
import { translate } from "../translate.ts";
import type { Options } from "../translate.ts";
import { resolveHost } from "../translate-hosts.ts";
import type { Proxy, VirtualService } from "../virtual-service.ts";

/** A list of VirtualServices and the virtual hosts that istiod sends for them. */
export interface Translation {
  about: string;
  virtualServices: VirtualService[];
  virtualHosts: unknown[];
}

const PROXY: Proxy = { namespace: "default", labels: { app: "sleep", version: "v1" }, listenerPort: 80 };
/** Lists whose order has no meaning; istiod's own order of some is that of a Go map. */
const UNORDERED = new Set(["headers", "query_parameters", "dynamic_metadata"]);

/** Reads a `translations.json`. */
export function readTranslations(file: URL): Translation[] {
  return JSON.parse(readFileSync(file, "utf8")) as Translation[];
}

/** One form for messages that mean the same: keys sorted, fields with proto's default values left out. */
export function canonical(value: unknown, field = ""): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => canonical(item));
    return UNORDERED.has(field) ? items.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const isDefault = ([key, one]: [string, unknown]): boolean =>
    (key === "append_action" && one === "APPEND_IF_EXISTS_OR_ADD") ||
    (key === "value" && one === "") ||
    (key === "numerator" && one === 0) ||
    (key === "denominator" && one === "HUNDRED");
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

/** What the translator beside this makes of them for the proxy that istiod was asked for, with istiod's cluster names. */
export function ours(virtualServices: VirtualService[], options: Partial<Options> = {}): unknown {
  const owner = new Map(virtualServices.flatMap((one) => one.http.flatMap(({ route }) => route.map((d) => [d, one]))));
  const cluster: Options["cluster"] = (destination) => clusterIn(owner.get(destination) as VirtualService)(destination);
  const { virtual_hosts: hosts } = translate(virtualServices, { proxy: PROXY, cluster, ...options });
  return canonical([...hosts].sort((a, b) => ((a["name"] as string) < (b["name"] as string) ? -1 : 1)));
}
