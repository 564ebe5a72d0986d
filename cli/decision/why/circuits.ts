import { fromUtf8 } from "../../../emulator/index.ts";
import { configure } from "../../filter/configured.ts";
import { shownPath, type Path } from "../../input/path.ts";
import { isObject, type Json } from "../../input/resource.ts";
import { authorityOf } from "../as-envoy.ts";
import { begin, type Answer, type Decision } from "../decide.ts";
import { ANSWERS } from "../upstream.ts";
import { placeOfCircuit, ruleName, type CircuitExplanation } from "./circuit.ts";
import { nearestOf, type Condition, type Nearest, type Rule } from "./nearest.ts";
import { objectsOf } from "./objects.ts";
import { errorsOf, inForce, lastsOf, openedBy, thenOf } from "./outlier-detection.ts";
import { askWith, configureWith, metOf } from "./probe.ts";
import { hintAt, type Explains, type Question } from "./reasons.ts";
import { requestValue } from "./request-value.ts";
import { conditionsOf } from "./services.ts";

/** Explains which circuit a request belongs to, what opens it, and what a request is answered then. */
export const CIRCUITS: Explains = {
  reasons(question, decision) {
    const rules = objectsOf(question.config.destinationRules);
    const chosen = chosenOf(question, rules);
    const rule = chosen === undefined ? undefined : rules[chosen];
    const opened = rule === undefined ? undefined : openCircuit(question);
    const circuit = opened === undefined ? undefined : circuitOf(question, decision, opened);
    const because = circuit === undefined ? becauseOf(question, rules, rule, decision) : undefined;
    return {
      ...(because !== undefined && { because }),
      ...(circuit !== undefined && { circuit }),
      asked: chosen !== undefined,
      notAsked: rules.flatMap((other, at) => (at === chosen ? [] : [whyNotAsked(question, other, rule)])),
      ...(circuit === undefined || rule === undefined ? NONE : nearestEntries(question, rule, circuit)),
      unsure: [],
    };
  },

  nothingApplies(question) {
    const rules = objectsOf(question.config.destinationRules);
    if (rules.length === 0 || chosenOf(question, rules) !== undefined) return undefined;
    return rules.map((rule) => whyNotAsked(question, rule, undefined));
  },

  rules: ({ filter, config, workload }) => {
    // Each circuit has that counter, also one whose state lets nothing be measured.
    const { emulator, root } = configure(filter, config, workload);
    const counter = new RegExp(`^circuit_breaking\\.circuit\\.${root.pluginName}\\.(.+)\\.rejected$`);
    const names = [...emulator.metrics.counters.keys()].flatMap((name) => counter.exec(fromUtf8(name))?.[1] ?? []);
    return names.map((name) => ({ name, path: placeOfCircuit(config, name)?.path ?? [] }));
  },
};

/** A circuit that was opened by errors, in a filter of its own. */
interface Opened {
  /** The `outlierDetection` that counts, and the way to it. */
  readonly block: Json;
  readonly path: Path;
  /** What the filter answers while it is open. */
  readonly answer: Answer;
}

/**
 * Opens the circuit of the request, if it has one: so the filter itself says which `outlierDetection` counts, and what it answers. In the
 * configuration that it is asked with, the first one opens its circuits at the first error, the second at the second, and so on.
 */
function openCircuit(question: Question): Opened | undefined {
  const blocks: { block: Json; path: Path }[] = [];
  const destinationRules = withThresholds(question.config.destinationRules, ["destinationRules"], (block, path) => {
    blocks.push({ block, path });
    return blocks.length;
  });
  const configured = configureWith(question, { ...question.config, destinationRules });
  if (configured === undefined) return undefined;
  for (let errors = 0; errors <= blocks.length; errors++) {
    const { answer } = begin(configured, question.request).end({ ...ANSWERS, status: 500 });
    if (answer === undefined) continue;
    const found = blocks[errors - 1];
    return found === undefined ? undefined : { ...found, answer };
  }
  return undefined;
}

/** Fields that say for how long a circuit is open: all else of an `outlierDetection` could keep a circuit closed. */
const TIMES = ["interval", "baseEjectionTime", "maxEjectionTime"];

/** Fields in which any names can stand. */
const FREE = ["match", "rejection", "labels", "workloadSelector"];

/** Rules in which nothing but errors in a row opens a circuit, however many `threshold` says of each `outlierDetection`; no `state` is in the way. */
function withThresholds(value: unknown, path: Path, threshold: (block: Json, path: Path) => number): unknown {
  if (Array.isArray(value)) return value.map((one, at) => withThresholds(one, [...path, at], threshold));
  if (!isObject(value)) return value;
  const fields = Object.entries(value).filter(([name]) => name !== "state");
  return Object.fromEntries(
    fields.map(([name, one]) => {
      if (FREE.includes(name)) return [name, one];
      if (name !== "outlierDetection" || !isObject(one)) return [name, withThresholds(one, [...path, name], threshold)];
      const times = Object.entries(one).filter(([field]) => TIMES.includes(field));
      return [name, { ...Object.fromEntries(times), consecutive5xxErrors: threshold(one, [...path, name]) }];
    }),
  );
}

function circuitOf(
  question: Question,
  decision: Decision,
  { block, path, answer }: Opened,
): CircuitExplanation | undefined {
  const name = decision.rule;
  const place = placeOfCircuit(question.config, name);
  if (place === undefined) return undefined;
  const of = inForce(block);
  const entry = objectsOf(place.rule.circuits).find((one) => one.name === place.part.entry) ?? {};
  const { keyedBy } = entry;
  const key = keyOf(question, keyedBy);
  const state = decision.circuits?.[name];
  return {
    name,
    ...place.part,
    ...(state !== undefined && { state }),
    mode: String(entry.state ?? place.rule.state ?? "ENABLED"),
    ...(keyedBy !== undefined && { keyedBy }),
    ...(key !== undefined && { key }),
    from: shownPath(path),
    outlierDetection: of,
    opens: openedBy(of),
    errors: errorsOf(of),
    lasts: lastsOf(of),
    then: thenOf(of),
    ifOpen: answer,
  };
}

/** The field that `keyedBy` tells requests apart by, as `requestValue` calls it. */
function keyField(keyedBy: unknown): string {
  if (!isObject(keyedBy)) return "principals";
  if (keyedBy.header !== undefined) return `headers[${String(keyedBy.header)}]`;
  return keyedBy.claim === undefined
    ? `cookies[${String(keyedBy.cookie)}]`
    : `request.auth.claims[${String(keyedBy.claim)}]`;
}

function keyOf({ request }: Question, keyedBy: unknown): string | undefined {
  return keyedBy === undefined ? undefined : requestValue(keyField(keyedBy), request);
}

/** The place of the rule that the request's host leads to. */
function chosenOf(question: Question, rules: readonly Json[]): number | undefined {
  const all = rules.map((rule, at) => ({ ...placeOf(rule), ...REFUSING, name: `r${at}` }));
  const name = refusedBy(question, all);
  return name === undefined ? undefined : Number(name.slice(1));
}

/** What makes a rule, or an entry of `circuits`, one that surely shows when the filter takes it. */
const REFUSING = { state: "FORCED_OPEN", trafficPolicy: { outlierDetection: {} } };

/** The circuit that refuses the request, with these rules and all else that says how conditions are read. */
function refusedBy(question: Question, destinationRules: readonly Json[]): string | undefined {
  const { trustDomain, repeatedHeaders, direction } = question.config;
  const decision = askWith(question, { trustDomain, repeatedHeaders, direction, exempt: [], destinationRules });
  return decision?.answer?.headers["x-circuit-open"];
}

/** Whose requests a rule is for. */
function placeOf({ namespace, host, workloadSelector }: Json): Json {
  return {
    host,
    ...(namespace !== undefined && { namespace }),
    ...(workloadSelector !== undefined && { workloadSelector }),
  };
}

function whyNotAsked(question: Question, other: Json, chosen: Json | undefined): string {
  const of = `DestinationRule ${ruleName(other)} (host ${String(other.host)}`;
  const authority = authorityOf(question.request);
  if (chosen !== undefined && chosenOf(question, [other]) !== undefined) {
    return `${of}; DestinationRule ${ruleName(chosen)} names ${authority} more closely)`;
  }
  const { workloadSelector: _, ...everywhere } = other;
  if (chosenOf(question, [everywhere]) !== undefined) {
    return `${of}; its workloadSelector is not for this workload: ${hintAt(question, "labels")})`;
  }
  const { namespace = "default" } = other;
  const elsewhere = namespace !== question.workload.namespace && !authority.replace(/:\d+$/, "").includes(".");
  const hint = elsewhere
    ? `, from a workload in namespace ${question.workload.namespace}: ${hintAt(question, "namespace")}`
    : "";
  return `${of}; the request is for ${authority}${hint})`;
}

/** Why the request belongs to no circuit. */
function becauseOf(question: Question, rules: readonly Json[], rule: Json | undefined, decision: Decision): string {
  if (rules.length === 0) return "there is no DestinationRule";
  if (rule === undefined) return `no DestinationRule has the host ${authorityOf(question.request)}`;
  if (decision.rule !== "none") {
    const entry = placeOfCircuit(question.config, decision.rule)?.part.entry;
    const keyedBy = objectsOf(rule.circuits).find(({ name }) => name === entry)?.keyedBy;
    return `no circuit is for it: ${decision.rule} has one for each ${keyField(keyedBy)}, and the request has none`;
  }
  const counted = openCircuit({ ...question, config: { ...question.config, exempt: [] } });
  if (counted !== undefined) return "no circuit is for it: exempt spares this request";
  return `no circuit is for it: DestinationRule ${ruleName(rule)} has no outlierDetection for the port and subset of the request`;
}

/** The entries of `circuits` that the request does not meet, if it belongs to none of them. */
function nearestEntries(question: Question, rule: Json, { entry: own }: CircuitExplanation): Nearest {
  if (own !== undefined) return NONE;
  const entries = objectsOf(rule.circuits);
  const rules: Rule[] = entries.map((entry) => ({
    name: `${ruleName(rule)}.${String(entry.name)}`,
    groups: [objectsOf(entry.match).map((one) => conditionsOf(one, question.request))].filter(
      (group) => group.length > 0,
    ),
  }));
  return nearestOf(rules, (conditions) => metConditions(question, conditions));
}

const NONE: Nearest = { nearest: [], notCompared: 0 };

function metConditions(question: Question, conditions: readonly Condition[]): (boolean | undefined)[] {
  return metOf(conditions, (left) => {
    const circuits = left.map(({ key }, at) => ({
      name: `c${at}`,
      match: [JSON.parse(key) as Json],
      state: "FORCED_OPEN",
      outlierDetection: {},
    }));
    const place = /^r\.c(\d+)$/.exec(refusedBy(question, [{ name: "r", host: "*", circuits }]) ?? "")?.[1];
    return place === undefined ? undefined : Number(place);
  });
}
