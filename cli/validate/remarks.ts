import { partsOf } from "../filter/sections.ts";
import type { Finding } from "../finding.ts";
import { shownPath, type Path } from "../input/path.ts";
import type { Plugin } from "../input/plugin.ts";
import { positionOf } from "../input/position.ts";
import { isObject, type Resource } from "../input/resource.ts";
import { askingForClaims } from "./claims.ts";
import { remarksOnFaults } from "./faults.ts";
import { remarksOnPhase, remarksOnPlacement } from "./placement.ts";
import { remarksOnRules } from "./policies.ts";
import { itemsOf, type Remark } from "./remark.ts";

/** What Istio takes of a resource, and what is probably a mistake all the same. */
export function remarksOn(resource: Resource, plugin: Plugin | undefined): Finding[] {
  const { source, at } = resource;
  return remarksOf(resource, plugin).map(({ path, message }) => {
    return { ...positionOf(source, [...at, ...path]), severity: "warning", path: shownPath(path), message };
  });
}

function remarksOf(resource: Resource, plugin: Plugin | undefined): Remark[] {
  const { kind, spec } = resource;
  switch (kind) {
    case "VirtualService":
      return remarksOnFaults(spec.http, ["spec", "http"]);
    case "AuthorizationPolicy":
      return remarksOnRules(spec.rules, ["spec", "rules"]);
    case "WasmPlugin":
    case "TrafficExtension": {
      const remarks = remarksOnPlacement(resource, plugin);
      const claim = spec.phase === "AUTHN" ? askingForClaims(plugin?.config) : undefined;
      if (claim === undefined) return [...remarks, ...remarksOnPhase(resource, plugin)];
      const message = `in this phase no token is verified yet, so there are no claims for ${claim}; write AUTHZ`;
      return [...remarks, { path: ["spec", "phase"], message }];
    }
    default:
      return [];
  }
}

/** The same of a pluginConfig, which has Istio's fields. */
export function remarksOnConfig({ source, at, config, filter }: Plugin): Finding[] {
  if (filter === undefined) return [];
  const all = partsOf(filter, config).flatMap((part) => {
    const within = (list: string, remarks: (item: Record<string, unknown>, at: Path) => Remark[]): Remark[] =>
      itemsOf(part.config[list]).flatMap((item, place) =>
        isObject(item) ? remarks(item, [...part.path, list, place]) : [],
      );
    return [
      ...within("virtualServices", ({ http }, own) => remarksOnFaults(http, [...own, "http"])),
      ...within("policies", ({ rules }, own) => remarksOnRules(rules, [...own, "rules"])),
    ];
  });
  return all.map(({ path, message }) => {
    return { ...positionOf(source, [...at, ...path]), severity: "warning", path: shownPath(path), message, filter };
  });
}
