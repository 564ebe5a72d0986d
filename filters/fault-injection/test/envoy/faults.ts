import {
  detailsOf,
  SHOWS_DETAILS,
  valuesOf,
  type Answer,
  type Envoy,
  type Feature,
  type HttpChain,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";

/** Of a delay or an abort that befalls every request. */
export const CERTAIN: JsonObject = { percentage: { value: 100 } };

/** A delay that no test waits for: it ends with its stream. */
export const FOR_GOOD = "1h";

/** Of a listener on which this workload itself is the source. */
export const OUTBOUND: JsonObject = { traffic_direction: "OUTBOUND" };

/** The node's metadata by which that source is `OWN_PRINCIPAL`. */
export const METADATA: JsonObject = { NAMESPACE: "default", SERVICE_ACCOUNT: "shop" };
export const OWN_PRINCIPAL = "cluster.local/ns/default/sa/shop";

/** A pluginConfig with these entries for every host. */
export function plugin(http: readonly JsonObject[], fields: JsonObject = {}): JsonObject {
  return { virtualServices: [{ name: "all", namespace: "default", hosts: ["*"], http }], ...fields };
}

/** An entry with a fault; without `match`, for every request. */
export function entry(name: string, fault: JsonObject, match?: JsonObject): JsonObject {
  return { name, ...(match && { match: [match] }), fault };
}

/** A fault that delays every request by that long. */
export function delay(fixedDelay: string, fields: JsonObject = {}): JsonObject {
  return { delay: { ...CERTAIN, fixedDelay }, ...fields };
}

/** A fault that answers every request with that status. */
export function abort(httpStatus: number, fields: JsonObject = {}): JsonObject {
  return { abort: { ...CERTAIN, httpStatus, ...fields } };
}

/** A pluginConfig by which this workload's requests say themselves how long they are delayed (`delayedBy`). */
export function selfControlled(fields: JsonObject = {}): JsonObject {
  return { virtualServices: [], headerControl: { principals: [OWN_PRINCIPAL] }, ...fields };
}

/** The header that asks for a delay of so many milliseconds. */
export function delayedBy(milliseconds: number): ["x-envoy-fault-delay-request", string] {
  return ["x-envoy-fault-delay-request", `${milliseconds}`];
}

/** A configuration on a listener whose own answers tell why they were given. */
export function feature(configuration: JsonObject, chain: HttpChain = {}, listener?: JsonObject): Feature {
  return { configuration, chain: { ...chain, manager: { ...SHOWS_DETAILS, ...chain.manager } }, listener };
}

/** What became of a request, in one line: `200`, `200, delay`, `418 fault_filter_abort, abort`; at the end the entry's name. */
export function outcome({ status, headers }: Pick<Answer, "status" | "headers">): string {
  const what = [status, detailsOf({ headers })].filter((part) => part !== undefined).join(" ");
  return [what, ...valuesOf(headers, "x-fault-injected")].join(", ");
}

/** The outcome of a request that an entry aborted. */
export function aborted(status: number, name: string): string {
  return `${status} fault_filter_abort, ${name}`;
}

const PREFIX = "wasmcustom.fault_injection.";

/** The value of one of the filter's metrics, by its name behind `fault_injection.`. */
export async function metric(envoy: Envoy, name: string): Promise<number> {
  return await envoy.stat(PREFIX + name);
}

/** By how much each of the filter's metrics rises, those that do not left out. */
export async function counted(envoy: Envoy, work: () => Promise<void>): Promise<Record<string, number>> {
  const all = async (): Promise<Map<string, number>> => {
    const mine = [...(await envoy.admin.stats())].filter(([name]) => name.startsWith(PREFIX));
    return new Map(mine.map(([name, value]) => [name.slice(PREFIX.length), Number(value)]));
  };
  const before = await all();
  await work();
  const rises = [...(await all())].map(([name, value]): [string, number] => [name, value - (before.get(name) ?? 0)]);
  return Object.fromEntries(rises.filter(([, rise]) => rise !== 0));
}

/** How long something took, in milliseconds of this process's clock. */
export async function timed<T>(work: () => Promise<T>): Promise<[result: T, milliseconds: number]> {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

/** How early a delay may end, in milliseconds: Envoy's timers count from when its event loop last looked at the clock. */
export const EARLY_MS = 5;
