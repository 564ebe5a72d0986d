import { objectsOf } from "../../decision/why/objects.ts";
import { ruleIn } from "../../decision/sections.ts";
import { routePlace } from "../../decision/rule.ts";
import { ruleName } from "../../decision/why/circuit.ts";
import type { Workload } from "../../filter/configured.ts";
import { acts, CIRCUIT_BREAKING, partsOf, sectionsOf, type Part, type Section } from "../../filter/sections.ts";
import { isObject, type Json } from "../../input/resource.ts";
import { portValues } from "../values/near.ts";
import { conditionOf, type Condition, type Target } from "./condition.ts";
import { hostCondition, matchConditions } from "./match.ts";
import { ruleWays } from "./policies.ts";
import { writeHeader, writePort } from "./write.ts";

/** Whether the other configuration does not name a value. */
type IsNew = (value: string) => boolean;

/** The rules, routes, entries and circuits of a plugin's configuration, and how a request meets each. */
export function targetsOf(filter: string, config: unknown, { namespace }: Workload, isNew: IsNew): Target[] {
  const sections = sectionsOf(filter, config);
  return partsOf(filter, config).flatMap((part) => {
    const section = sections.find(({ name }) => name === part.path[0]);
    const targets = targetsIn(part, namespace, isNew);
    return section === undefined ? targets : targets.map((target) => inSection(target, section));
  });
}

/** The target as one of a section, which acts on requests of one direction only. */
function inSection(target: Target, section: Section): Target {
  const { rule, ways } = target;
  const directions = (["INBOUND", "OUTBOUND"] as const).filter((direction) => acts(section, direction, false));
  const direction: Condition = { meets: directions.map((one) => ({ direction: one })), misses: [] };
  return {
    ...target,
    ...(rule !== undefined && { rule: ruleIn(section, rule) }),
    ways: ways.map((way) => [...way, direction]),
  };
}

function targetsIn({ filter, config }: Part, own: string, isNew: IsNew): Target[] {
  return [
    ...objectsOf(config.policies).flatMap((policy) => policyTargets(policy, own, isNew)),
    ...objectsOf(config.virtualServices).flatMap((service) => serviceTargets(filter, service, isNew)),
    ...(filter === CIRCUIT_BREAKING
      ? objectsOf(config.destinationRules).flatMap((rule) => circuitTargets(rule, config, isNew))
      : []),
    ...objectsOf(isObject(config.sampling) ? config.sampling.rules : []).map((rule) =>
      matchTarget(rule.match, rule, isNew),
    ),
    ...objectsOf(config.keep).map((policy) => matchTarget(policy.match ?? [{}], policy, isNew)),
    ...objectsOf(config.exempt).map((match) => matchTarget([match], match, isNew)),
  ];
}

function matchTarget(match: unknown, rule: Json, isNew: IsNew): Target {
  return { content: JSON.stringify(rule), ways: objectsOf(match).map((one) => matchConditions(one, isNew)) };
}

function policyTargets({ rules, ...policy }: Json, own: string, isNew: IsNew): Target[] {
  const namespace = typeof policy.namespace === "string" && policy.namespace !== "" ? policy.namespace : own;
  return objectsOf(rules).map((rule, at) => ({
    rule: `ns[${namespace}]-policy[${String(policy.name)}]-rule[${at}]`,
    content: JSON.stringify([policy, rule]),
    ways: ruleWays(rule, namespace, isNew),
  }));
}

function serviceTargets(filter: string, { http, ...service }: Json, isNew: IsNew): Target[] {
  const name = typeof service.name === "string" ? service.name : "";
  const host = hostCondition(hostsOf(service.hosts), namespaceOf(service), isNew);
  return objectsOf(http).map((entry, at) => {
    const place = filter === "header-routing" ? routePlace(name, at) : `${name === "" ? "" : `${name}.`}http[${at}]`;
    const named = filter !== "header-routing" && typeof entry.name === "string" && entry.name !== "";
    const matches = objectsOf(entry.match);
    return {
      rule: named ? String(entry.name) : place,
      content: JSON.stringify([service, entry]),
      ways: (matches.length === 0 ? [{}] : matches).map((match) => [host, ...matchConditions(match, isNew)]),
    };
  });
}

/** The circuits of a DestinationRule: its own, those of ports, of subsets and of their ports, and the narrower ones. */
function circuitTargets(rule: Json, config: Json, isNew: IsNew): Target[] {
  const name = ruleName(rule);
  const content = JSON.stringify([rule, config.rejection]);
  const host = hostCondition([String(rule.host)], namespaceOf(rule), isNew);
  const ofPolicy = (policy: unknown, of: string, before: readonly Condition[]): Target[] => {
    const ports = isObject(policy) ? objectsOf(policy.portLevelSettings) : [];
    const numbers = ports.flatMap(({ port }) => (isObject(port) ? [Number(port.number)] : []));
    return [
      { rule: of, content, ways: [before] },
      ...numbers.map((port) => ({
        rule: `${of}.${port}`,
        content,
        ways: [[...before, conditionOf([portValues(port)], writePort)]],
      })),
    ];
  };
  return [
    ...ofPolicy(rule.trafficPolicy, name, [host]),
    ...objectsOf(rule.subsets).flatMap((subset) =>
      ofPolicy(subset.trafficPolicy, `${name}.${String(subset.name)}`, [host, subsetCondition(config, rule, subset)]),
    ),
    ...objectsOf(rule.circuits).map((circuit) => {
      const matches = objectsOf(circuit.match);
      const key = keyCondition(circuit.keyedBy);
      return {
        rule: `${name}.${String(circuit.name)}`,
        content,
        ways: (matches.length === 0 ? [{}] : matches).map((match) => [host, ...matchConditions(match, isNew), ...key]),
      };
    }),
  ];
}

/** The steering header, as header-routing writes it for a subset. */
function subsetCondition({ steering }: Json, rule: Json, subset: Json): Condition {
  const { header = "x-subset", value = "{subset}" } = isObject(steering) ? steering : {};
  const text = String(value).replaceAll("{subset}", String(subset.name)).replaceAll("{host}", String(rule.host));
  return conditionOf(
    [{ meets: [text.replaceAll("{port}", "80"), text], misses: [`${text}x`, null] }],
    writeHeader(String(header)),
  );
}

/** Something that a key is found by: without it a request belongs to none of its circuits. */
export function keyCondition(key: unknown): Condition[] {
  if (key === "principal") return [{ meets: ANYBODY, misses: [{ principal: null }] }];
  const { header, cookie, claim } = isObject(key) ? key : {};
  if (typeof header === "string") return [keyed((value) => ({ headers: { [header.toLowerCase()]: value } }))];
  if (typeof cookie === "string") return [keyed((value) => ({ cookies: { [cookie]: value } }))];
  if (typeof claim === "string") return [keyed((value) => ({ claims: { [JSON.stringify([claim])]: value } }))];
  return [];
}

/** So many keys that a share of a tenth is surely met by some, and missed by others. */
const KEYS = Array.from({ length: 40 }, (_, at) => `u${at + 1}`);
const ANYBODY = KEYS.map((account) => ({ account }));

function keyed(write: (value: string | null) => object): Condition {
  return { meets: KEYS.map(write), misses: [write(null)] };
}

function hostsOf(hosts: unknown): string[] {
  return Array.isArray(hosts) ? hosts.map(String) : [];
}

function namespaceOf({ namespace }: Json): string {
  return typeof namespace === "string" && namespace !== "" ? namespace : "default";
}
