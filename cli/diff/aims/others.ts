import { CIRCUIT_BREAKING, partsOf } from "../../filter/sections.ts";
import { isObject, type Json } from "../../input/resource.ts";
import type { Patch } from "../parts.ts";
import { principalPattern } from "../values/identity.ts";
import { keyCondition } from "./targets.ts";
import { writePrincipal } from "./write.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const SPAN = "b7ad6b7169203331";

/** A context in each format that trace-propagation reads, sampled and not (its README, "Formats"). */
const CONTEXTS: readonly Patch[] = [
  { headers: { traceparent: `00-${TRACE}-${SPAN}-01` } },
  { headers: { traceparent: `00-${TRACE}-${SPAN}-00`, tracestate: "vendor=1" } },
  { headers: { "x-b3-traceid": TRACE, "x-b3-spanid": SPAN, "x-b3-sampled": "1" } },
  { headers: { "x-b3-traceid": TRACE, "x-b3-spanid": SPAN, "x-b3-sampled": "0" } },
  { headers: { b3: `${TRACE}-${SPAN}-1` } },
  { headers: { "uber-trace-id": `${TRACE}:${SPAN}:0:1` } },
  {
    headers: {
      "x-datadog-trace-id": "1234567890123456",
      "x-datadog-parent-id": "6543210987654321",
      "x-datadog-sampling-priority": "1",
    },
  },
  { headers: { "x-amzn-trace-id": `Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)};Parent=${SPAN};Sampled=1` } },
  { headers: { "x-cloud-trace-context": `${TRACE}/1234567890;o=1` } },
  { headers: { traceparent: `00-${TRACE}-${SPAN}-01`, b3: `${TRACE.replace("0", "1")}-${SPAN}-0` } },
  { headers: { "x-request-id": "0b1c2d3e-0000-4000-8000-000000000001" } },
];

/** Headers by which a request asks for faults (Envoy's fault filter; fault-injection's README, "headerControl"). */
const ASKED_FAULTS: readonly Patch[] = [
  { headers: { "x-envoy-fault-delay-request": "3000", "x-envoy-fault-delay-request-percentage": "100" } },
  { headers: { "x-envoy-fault-delay-request": "600000" } },
  { headers: { "x-envoy-fault-abort-request": "503", "x-envoy-fault-abort-request-percentage": "100" } },
];

/** Changes that stand in no rule of a configuration and can matter to it. */
export function otherPatches(filter: string, config: unknown): Patch[] {
  return partsOf(filter, config).flatMap((part) => [
    ...(part.filter === "trace-propagation" ? CONTEXTS : []),
    ...askers(part.config.headerControl, ASKED_FAULTS),
    ...askers(part.config.explain, [{ headers: { "x-authz-explain": "1" } }]),
    ...(part.filter === CIRCUIT_BREAKING ? [] : keysIn(part.config)),
    ...domains(part.config),
    ...requestHeaders(part.config),
    ...(part.filter === "authz" ? [{ account: "default" }] : []),
  ]);
}

/** What somebody who may ask for something sends, and what somebody else sends. */
function askers(field: unknown, patches: readonly Patch[]): Patch[] {
  if (!isObject(field) || !Array.isArray(field.principals)) return [];
  const who = field.principals.flatMap((text) => {
    const { meets, misses } = principalPattern(String(text));
    return [...meets, ...misses.slice(0, 2)].map(writePrincipal).filter((one) => one !== undefined);
  });
  return who.flatMap((identity) => patches.map((patch) => ({ ...identity, ...patch })));
}

/** Headers that a plugin takes away or writes, as a client may send them. */
function requestHeaders(config: Json): Patch[] {
  const { header = "x-subset" } = isObject(config.steering) ? config.steering : {};
  const steering =
    typeof header === "string" && !header.startsWith(":") && config.steering !== undefined ? [header] : [];
  return [...steering, ...changedHeaders(config, "request")].map((name) => ({
    headers: { [name.toLowerCase()]: "sent" },
  }));
}

/** The headers that routes change, on the way to the service or back. */
export function changedHeaders(value: unknown, way: "request" | "response"): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => changedHeaders(one, way));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, one]) => {
    const operations = name === "headers" && isObject(one) ? one[way] : undefined;
    if (!isObject(operations)) return changedHeaders(one, way);
    const { remove, set, add } = operations;
    return [
      ...(Array.isArray(remove) ? remove.map(String) : []),
      ...[set, add].flatMap((all) => Object.keys(isObject(all) ? all : {})),
    ];
  });
}

/** What choices stick to. */
function keysIn(value: unknown): Patch[] {
  if (Array.isArray(value)) return value.flatMap(keysIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, one]) => {
    if (name !== "hashOn" && name !== "consistentBy") return keysIn(one);
    return keyCondition(one).flatMap(({ meets }) => meets);
  });
}

function domains({ trustDomain, trustDomainAliases }: Json): Patch[] {
  const all = [trustDomain, ...(Array.isArray(trustDomainAliases) ? trustDomainAliases : [])];
  return all
    .filter((one): one is string => typeof one === "string")
    .map((one) => ({ trustDomain: one.replaceAll("*", "x") }));
}

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i;

/** The times that two configurations name, and after these the moments before and after them. */
export function timesIn(...configs: readonly unknown[]): string[] {
  const found: number[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === "string" && TIME.test(value)) found.push(Date.parse(value));
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(visit);
  };
  configs.forEach(visit);
  const times = [...new Set(found)].filter((time) => !Number.isNaN(time)).sort((a, b) => a - b);
  const all = new Set([0, 1000, -1000].flatMap((beside) => times.map((time) => time + beside)));
  return [...all].map((time) => new Date(time).toISOString());
}
