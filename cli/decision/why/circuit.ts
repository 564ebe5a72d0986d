import type { Path } from "../../input/path.ts";
import type { Json } from "../../input/resource.ts";
import type { Answer } from "../decide.ts";
import type { CircuitState } from "../circuits.ts";
import { objectsOf } from "./objects.ts";

/** The circuit that a request belongs to, and what the configuration says of it. */
export interface CircuitExplanation extends CircuitPart {
  readonly name: string;
  /** How it is after the request; absent if its `state` lets nothing be measured, or no circuit has been made for its key yet. */
  readonly state?: CircuitState;
  /** What its rule's `state`, or its own, is. */
  readonly mode: string;
  /** Its `keyedBy`, and what the request has of that, if that can be said in short. */
  readonly keyedBy?: unknown;
  readonly key?: string;
  /** Where the `outlierDetection` stands that counts: istiod's merging of ports and subsets decides. */
  readonly from: string;
  /** The fields of that, with the defaults of those that it has not. */
  readonly outlierDetection: Json;
  /** What opens it, a sentence each. */
  readonly opens: readonly string[];
  /** What counts as an error, for how long it is open, and what comes then. */
  readonly errors: string;
  readonly lasts: string;
  readonly then: string;
  /** What a request is answered while it is open. */
  readonly ifOpen: Answer;
}

/** What of a rule a circuit is for. */
export interface CircuitPart {
  /** The name of the DestinationRule, or its host if it has none. */
  readonly destinationRule: string;
  readonly host: string;
  readonly subset?: string;
  readonly port?: number;
  /** The name of the entry of `circuits`. */
  readonly entry?: string;
}

/** A circuit's part, and the way to what it is named after. */
export interface CircuitPlace {
  readonly part: CircuitPart;
  readonly rule: Json;
  readonly path: Path;
}

/**
 * What of a configuration has a circuit that the filter calls by that name: `<rule>`, and with a dot between the subset, the port, or
 * the entry of `circuits` (`filters/circuit-breaking/rule-reader.ts`). No two circuits have one name.
 */
export function placeOfCircuit(config: Json, name: string): CircuitPlace | undefined {
  for (const [at, rule] of objectsOf(config.destinationRules).entries()) {
    const place = placeIn(rule, ["destinationRules", at], name);
    if (place !== undefined) return place;
  }
  return undefined;
}

function placeIn(rule: Json, at: Path, name: string): CircuitPlace | undefined {
  const of = { destinationRule: ruleName(rule), host: String(rule.host) };
  const found = (part: object, path: Path): CircuitPlace => ({
    part: { ...of, ...part },
    rule,
    path: [...at, ...path],
  });
  if (name === of.destinationRule) return found({}, rule.trafficPolicy === undefined ? [] : ["trafficPolicy"]);
  if (!name.startsWith(`${of.destinationRule}.`)) return undefined;
  const rest = name.slice(of.destinationRule.length + 1);
  const entry = objectsOf(rule.circuits).findIndex((one) => one.name === rest);
  if (entry >= 0) return found({ entry: rest }, ["circuits", entry]);
  const subsets = objectsOf(rule.subsets);
  for (const [place, subset] of subsets.entries()) {
    const part = { subset: String(subset.name) };
    if (rest === subset.name) return found(part, ["subsets", place]);
    const port = portAfter(rest, `${part.subset}.`);
    if (port !== undefined) return found({ ...part, port }, ["subsets", place]);
  }
  const port = portAfter(rest, "");
  return port === undefined ? undefined : found({ port }, ["trafficPolicy", "portLevelSettings"]);
}

function portAfter(text: string, start: string): number | undefined {
  const port = text.slice(start.length);
  return text.startsWith(start) && /^\d+$/.test(port) ? Number(port) : undefined;
}

/** How the filter calls a rule. */
export function ruleName({ name, host }: Json): string {
  return typeof name === "string" && name !== "" ? name : String(host);
}
