import { CIRCUIT_BREAKING } from "../filter/sections.ts";
import type { Finding } from "../finding.ts";
import type { Json, Resource } from "../input/resource.ts";
import { notAgreed } from "./metadata.ts";
import { toKnow, type Made, type Origin } from "./outcome.ts";
import type { Options } from "./options.ts";
import { placedParts, ruleConfig, type Steering } from "./rule-config.ts";
import { mergedRule, type Group } from "./rule-groups.ts";
import { wasmPlugin } from "./wasm-plugin.ts";

/** What a plugin of circuit-breaking is made of. */
export interface Placed {
  readonly namespace: string;
  /** The hosts that it has circuits for, with the rules of each. */
  readonly decided: readonly Group[];
  /** Hosts that a wildcard of these has too, and that have no circuit. */
  readonly close: readonly Group[];
  readonly steering: Steering | undefined;
}

/** The plugin of circuit-breaking, beside the DestinationRules. */
export function circuitPlugin(
  { namespace, decided, close, steering }: Placed,
  options: Options,
  findings: Finding[],
): Made {
  const from = decided.flatMap(({ rules }) => rules.map(({ resource }) => resource));
  const lost = notAgreed(from);
  if (lost.length > 0) {
    const message = `the DestinationRules of its plugin differ in these labels or annotations, so the plugin has none of them: `;
    findings.push(toKnow(from[0] as Resource, ["metadata"], message + lost.join(", ")));
  }
  const [first] = decided.flatMap(({ rules }) => rules);
  return wasmPlugin(
    {
      filter: CIRCUIT_BREAKING,
      namespace,
      selector: options.selector,
      mode: "CLIENT",
      madeOf: [
        ...(first !== undefined && first.namespace !== namespace ? [first.namespace] : []),
        ...(first === undefined ? [] : [first.resource.name]),
      ],
      from,
      steps: ["Apply this plugin beside the DestinationRules, which stay as they are."],
      comment: commentFor(options, steering),
      origins: decided.flatMap(originsOf),
      pluginConfig: {
        ...(steering !== undefined && { steering }),
        destinationRules: [
          ...decided.map((group) => configOf(group, decided, steering, options)),
          ...close.map(({ rules: [rule] }) => ({ namespace: rule?.namespace, host: rule?.resource.spec.host })),
        ],
      },
    },
    options,
  );
}

function commentFor({ dryRun }: Options, steering: Steering | undefined): string[] {
  return [
    "Native outlier detection still ejects single hosts. The plugin stops requests to a destination as a whole, and one probe decides when it is back.",
    ...(steering === undefined
      ? []
      : ["A request that a native entry of a VirtualService sends to a subset counts for the destination as a whole."]),
    dryRun
      ? "It refuses nothing (METRICS_ONLY): it counts circuit_breaking.would_reject and logs what would open."
      : "To see first what it would refuse, convert with --dry-run. To go back, delete it.",
  ];
}

/** A rule as the filter reads it. Circuits are named after rules: of several rules of one name each has its namespace too. */
function configOf(group: Group, all: readonly Group[], steering: Steering | undefined, { dryRun }: Options): Json {
  const [rule] = group.rules;
  if (rule === undefined) return {};
  const { resource, namespace, workloadSelector } = rule;
  const { name } = resource;
  const same = all.filter(({ rules: [other] }) => other?.resource.name === name);
  return {
    name: same.length > 1 ? `${name}.${namespace}` : name,
    namespace,
    host: resource.spec.host,
    ...(workloadSelector !== undefined && { workloadSelector }),
    ...(dryRun && { state: "METRICS_ONLY" }),
    ...ruleConfig(mergedRule(group), steering),
  };
}

function originsOf(group: Group, place: number): Origin[] {
  const path = ["spec", "pluginConfig", "destinationRules", place];
  const parts = placedParts(mergedRule(group)).map(({ path: way, part }) => ({
    path: [...path, ...way],
    resource: part.resource,
    at: part.at,
  }));
  const [rule] = group.rules;
  return rule === undefined ? parts : [{ path, resource: rule.resource, at: ["spec"] }, ...parts];
}
