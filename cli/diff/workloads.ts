import type { Loaded } from "../decision/load.ts";
import type { Workload } from "../filter/configured.ts";
import { partsOf } from "../filter/sections.ts";
import type { Plugin } from "../input/plugin.ts";
import { isObject, type Json } from "../input/resource.ts";
import { objectsOf } from "../decision/why/objects.ts";

/** How many workloads two configurations are compared for. */
const MOST = 8;

/**
 * The workloads that two plugins can decide differently for: those that their resources select, and of these such as single policies,
 * rules and matches select.
 *
 * @param only whether the user has said which workload: then it is that one
 */
export function workloadsOf(sides: readonly (Loaded | undefined)[], only: boolean): Workload[] {
  const there = sides.filter((one) => one !== undefined);
  const bases = there.map(({ workload }) => workload);
  if (only) return bases.slice(0, 1);
  const narrower = there.flatMap(({ filter, plugin, workload }) =>
    bases.flatMap((base) =>
      partsOf(filter, plugin.config)
        .flatMap(({ config }) => [...selectionsIn(config), ...accountsIn(config)])
        .filter(({ namespace }) => namespace === undefined || isForAny(plugin) || namespace === workload.namespace)
        .map(({ namespace = base.namespace, labels, serviceAccount }) => ({
          ...base,
          namespace,
          labels: { ...base.labels, ...labels },
          ...(serviceAccount !== undefined && { serviceAccount }),
        })),
    ),
  );
  const namespaces = [...new Set(narrower.map(({ namespace }) => namespace))];
  const both = namespaces.flatMap((namespace) => narrower.map((one) => ({ ...one, namespace })));
  const all = [...bases, ...narrower, ...both];
  return [...new Map(all.map((one) => [keyOf(one), one])).values()].slice(0, MOST);
}

/** Whether a plugin's resource is for a workload. A pluginConfig alone is for any. */
export function isFor({ plugin, workload: own }: Loaded, workload: Workload): boolean {
  const { namespace, labels } = plugin.workload;
  const here = namespace === workload.namespace || own.namespace === workload.namespace || isForAny(plugin);
  return here && Object.entries(labels).every(([name, value]) => workload.labels[name] === value);
}

/** Whether a plugin is for every namespace: one in the root namespace, and a pluginConfig alone, which has none. */
function isForAny({ at, workload: { namespace }, config }: Plugin): boolean {
  if (at.length === 0) return true;
  const root = isObject(config) && typeof config.rootNamespace === "string" ? config.rootNamespace : "istio-system";
  return namespace === root;
}

interface Selection {
  readonly namespace?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly serviceAccount?: string;
}

/** The identities that a configuration names: at the calling side the workload's own is what counts. */
function accountsIn(config: Json): Selection[] {
  const found = JSON.stringify(config).matchAll(/\/ns\/([a-z0-9-]+)\/sa\/([a-z0-9.-]+)"/g);
  if (config.direction !== "OUTBOUND") return [];
  return [...found].map(([, namespace = "", serviceAccount = ""]) => ({ namespace, labels: {}, serviceAccount }));
}

function selectionsIn({ policies, destinationRules, virtualServices, exempt, sampling }: Json): Selection[] {
  const matches = [
    ...objectsOf(virtualServices).flatMap(({ http }) => objectsOf(http).flatMap(({ match }) => objectsOf(match))),
    ...objectsOf(exempt),
    ...objectsOf(isObject(sampling) ? sampling.rules : []).flatMap(({ match }) => objectsOf(match)),
  ];
  return [
    ...objectsOf(policies).map(({ namespace, selector }) => selection(namespace, labelsIn(selector))),
    ...objectsOf(destinationRules).map(({ workloadSelector }) => selection(undefined, labelsIn(workloadSelector))),
    ...matches.map(({ sourceNamespace, sourceLabels }) =>
      selection(sourceNamespace, isObject(sourceLabels) ? sourceLabels : {}),
    ),
  ];
}

function labelsIn(selector: unknown): Json {
  return isObject(selector) && isObject(selector.matchLabels) ? selector.matchLabels : {};
}

function selection(namespace: unknown, labels: Json): Selection {
  const own = typeof namespace === "string" && namespace !== "" ? { namespace } : {};
  return { ...own, labels: labels as Record<string, string> };
}

function keyOf({ namespace, labels, gateway, serviceAccount = "default" }: Workload): string {
  return JSON.stringify([namespace, Object.entries(labels).sort(), gateway === true, serviceAccount]);
}
