import { isObject, type Json } from "../../input/resource.ts";
import { authorityOf } from "../as-envoy.ts";
import type { Decision } from "../decide.ts";
import { routePlace } from "../rule.ts";
import { nearestOf, type Condition, type Rule } from "./nearest.ts";
import { objectsOf } from "./objects.ts";
import { askWith, metOf } from "./probe.ts";
import { hintAt, type Explains, type Question } from "./reasons.ts";
import { requestValue } from "./request-value.ts";

/** What makes an entry of `http` one that surely shows when the filter takes it, and the filter's fields around it. */
interface Surely {
  readonly entry: Json;
  readonly around: Json;
}

const SURELY: Readonly<Record<string, Surely>> = {
  "header-routing": { entry: { route: [{ destination: { host: "a" } }] }, around: { steering: {} } },
  "fault-injection": { entry: { fault: { abort: { percentage: { value: 100 }, httpStatus: 503 } } }, around: {} },
};

/** Explains what a filter of VirtualServices does: which one the host leads to, and which entries come near. */
export const SERVICES: Explains = {
  reasons(question, decision) {
    const services = objectsOf(question.config.virtualServices);
    const chosen = chosenOf(question, services);
    const service = chosen === undefined ? undefined : services[chosen];
    const entries = service === undefined || decision.rule !== "none" ? [] : objectsOf(service.http);
    const met = service === undefined ? [] : entriesMet(question, service, entries);
    const because = decision.rule === "none" ? becauseOf(question, services, service, met, decision) : undefined;
    const rules = met.includes(true) || service === undefined ? [] : rulesOf(question, service, entries);
    return {
      ...(because !== undefined && { because }),
      asked: chosen !== undefined,
      notAsked: services.flatMap((other, at) => (at === chosen ? [] : [whyNotAsked(question, other, service)])),
      ...nearestOf(rules, (conditions) => metConditions(question, conditions)),
      unsure: [],
    };
  },

  nothingApplies(question) {
    const { headerControl, virtualServices } = question.config;
    const services = objectsOf(virtualServices);
    if (services.length === 0 || isObject(headerControl)) return undefined;
    if (chosenOf(question, services) !== undefined) return undefined;
    return services.map((service) => whyNotAsked(question, service, undefined));
  },

  rules: ({ filter, config }) =>
    objectsOf(config.virtualServices).flatMap((service, at) =>
      objectsOf(service.http).map((entry, place) => ({
        // Routes are met by where they stand, entries by their names.
        name: entryName(filter, service, filter === "header-routing" ? {} : entry, place),
        path: ["virtualServices", at, "http", place],
      })),
    ),
};

/** Asks with VirtualServices whose entries surely show, and all else that says how conditions are read. */
function askServices(question: Question, services: readonly Json[]): Decision | undefined {
  const { trustDomain, repeatedHeaders, direction } = question.config;
  const around = SURELY[question.filter]?.around ?? {};
  return askWith(question, { trustDomain, repeatedHeaders, direction, ...around, virtualServices: services });
}

/** The place of the entry that was taken, of those that are called by their places. */
function taken(decision: Decision | undefined): number | undefined {
  const place = /^e(\d+)$/.exec(decision?.rule ?? "")?.[1];
  return place === undefined ? undefined : Number(place);
}

function surely(question: Question, entry: Json, place: number): Json {
  return { ...SURELY[question.filter]?.entry, ...entry, name: `e${place}` };
}

/** The place of the VirtualService that the request's host leads to. */
function chosenOf(question: Question, services: readonly Json[]): number | undefined {
  const all = services.map((service, at) => ({ ...placeOf(service), http: [surely(question, {}, at)] }));
  return taken(askServices(question, all));
}

/** Whose requests a VirtualService is for. */
function placeOf({ name, namespace, hosts }: Json): Json {
  return { hosts, ...(name !== undefined && { name }), ...(namespace !== undefined && { namespace }) };
}

function whyNotAsked(question: Question, other: Json, chosen: Json | undefined): string {
  const hosts = Array.isArray(other.hosts) ? other.hosts.map(String).join(", ") : "";
  const alone = chosen !== undefined && /\*/.test(hosts) && chosenOf(question, [other]) !== undefined;
  const why = alone
    ? `VirtualService ${nameOf(chosen)} names ${authorityOf(question.request)} more closely`
    : `the request is for ${authorityOf(question.request)}`;
  const { namespace } = other;
  const elsewhere =
    !alone && isShort(question, other) && namespace !== undefined && namespace !== question.workload.namespace;
  const hint = elsewhere
    ? `, from a workload in namespace ${question.workload.namespace}: ${hintAt(question, "namespace")}`
    : "";
  return `VirtualService ${nameOf(other)} (hosts ${hosts}; ${why}${hint})`;
}

/** Whether the request is for one of its hosts by a Service's name alone, which is known in its own namespace only. */
function isShort({ request }: Question, { hosts }: Json): boolean {
  const host = authorityOf(request).replace(/:\d+$/, "");
  return !host.includes(".") && Array.isArray(hosts) && hosts.includes(host);
}

function nameOf({ name, hosts }: Json): string {
  if (typeof name === "string" && name !== "") return name;
  return `for ${Array.isArray(hosts) ? hosts.join(", ") : ""}`;
}

/** Which entries the request meets, whatever else the filter does with it. */
function entriesMet(question: Question, service: Json, entries: readonly Json[]): (boolean | undefined)[] {
  return metOf(entries, (left) => {
    const http = left.map(({ match }, at) => surely(question, match === undefined ? {} : { match }, at));
    return taken(askServices(question, [{ ...placeOf(service), hosts: ["*"], http }]));
  });
}

function becauseOf(
  question: Question,
  services: readonly Json[],
  service: Json | undefined,
  met: readonly (boolean | undefined)[],
  decision: Decision,
): string | undefined {
  if (decision.outcome === "answered") return undefined;
  const host = authorityOf(question.request);
  if (services.length === 0) return "there is no VirtualService";
  if (service === undefined) return `no VirtualService has the host ${host}`;
  const first = met.indexOf(true);
  if (first < 0) return `no entry of VirtualService ${nameOf(service)} matches`;
  if (question.filter !== "fault-injection") return undefined;
  const entry = objectsOf(service.http)[first] ?? {};
  return `entry ${entryName(question.filter, service, entry, first)} matches and injects nothing: ${whyNoFault(question, entry)}`;
}

/** An entry's name, or how the filter calls one without. */
function entryName(filter: string, service: Json, { name }: Json, place: number): string {
  if (typeof name === "string" && name !== "") return name;
  const of = typeof service.name === "string" ? service.name : "";
  return filter === "header-routing" ? routePlace(of, place) : `${of === "" ? "" : `${of}.`}http[${place}]`;
}

/** What keeps an entry's fault from being injected: what has to go from the configuration so that it is. */
function whyNoFault(question: Question, entry: Json): string {
  if (!isObject(entry.fault)) return "it has no fault";
  const certain = withoutChance(question.config);
  const injects = (config: Json): boolean => askWith(question, config)?.rule !== "none";
  if (injects(certain)) return "its percentage spares this request";
  for (const field of ["window", "exempt", "maxActiveFaults", "budget"]) {
    if (injects(without(certain, field))) return `${field} spares this request`;
  }
  return "more than one of percentage, window, exempt, maxActiveFaults and budget spares this request";
}

/** A configuration in which every percentage is 100. */
function withoutChance(value: Json): Json {
  return mapped(value, (name, one) => (name === "percentage" ? { value: 100 } : one));
}

/** A configuration without a field, wherever it stands. */
function without(value: Json, field: string): Json {
  return mapped(value, (name, one) => (name === field ? undefined : one));
}

function mapped(value: Json, change: (name: string, value: unknown) => unknown): Json {
  return JSON.parse(JSON.stringify(value, (name, one: unknown) => change(name, one))) as Json;
}

function metConditions(question: Question, conditions: readonly Condition[]): (boolean | undefined)[] {
  return metOf(conditions, (left) => {
    const http = left.map(({ key }, at) => surely(question, { match: [JSON.parse(key) as Json] }, at));
    // A namespace that does not matter: the host is any.
    return taken(askServices(question, [{ hosts: ["*"], http }]));
  });
}

/** Fields of a match whose conditions have names of their own. */
const NAMED = ["headers", "withoutHeaders", "queryParams", "cookies"];

function rulesOf({ filter, request }: Question, service: Json, entries: readonly Json[]): Rule[] {
  return entries.map((entry, at) => ({
    name: entryName(filter, service, entry, at),
    groups: [objectsOf(entry.match).map((one) => conditionsOf(one, request))].filter((group) => group.length > 0),
  }));
}

/** A match as its conditions, each of which the filter can be asked about alone: the key is a match with it in JSON. */
export function conditionsOf(match: Json, request: Question["request"]): Condition[] {
  const { ignoreUriCase, name: _, ...fields } = match;
  const condition = (field: string, wanted: unknown, asked: Json): Condition => {
    const has = requestValue(field, request);
    return { key: JSON.stringify(asked), field, wanted, ...(has !== undefined && { has }) };
  };
  return Object.entries(fields).flatMap(([field, wanted]) => {
    if (NAMED.includes(field) && isObject(wanted)) {
      return Object.entries(wanted).map(([name, one]) =>
        condition(`${field}[${name}]`, one, { [field]: { [name]: one } }),
      );
    }
    const cased = field === "uri" && ignoreUriCase !== undefined ? { ignoreUriCase } : {};
    return [condition(field, wanted, { [field]: wanted, ...cased })];
  });
}
