import type { Json } from "../../input/resource.ts";
import { milliseconds } from "../duration.ts";

/** The defaults of `filters/circuit-breaking/read-policy.ts`, which are Istio's where Istio has the field. */
const DEFAULTS: Json = {
  consecutive5xxErrors: 5,
  consecutiveGatewayErrors: 0,
  splitExternalLocalOriginErrors: false,
  interval: "10s",
  baseEjectionTime: "30s",
  minimumNumberOfCalls: 20,
  permittedNumberOfCallsInHalfOpenState: 1,
};

/** The longest opening that nothing is said of. */
const LONGEST = "300s";

/** An `outlierDetection` with the defaults of what it does not say. */
export function inForce(given: Json): Json {
  const of = { ...DEFAULTS, ...given };
  const base = String(of.baseEjectionTime);
  const longer = (milliseconds(base) ?? 0) > (milliseconds(LONGEST) ?? 0);
  const local = of.splitExternalLocalOriginErrors === true ? Number(of.consecutiveLocalOriginFailures ?? 0) : undefined;
  return {
    ...of,
    maxEjectionTime: of.maxEjectionTime ?? (longer ? base : LONGEST),
    ...(local !== undefined && { consecutiveLocalOriginFailures: local === 0 ? 5 : local }),
    ...(of.slowCallDurationThreshold !== undefined && { slowCallRateThreshold: of.slowCallRateThreshold ?? 100 }),
    ...(of.maxWaitDurationInHalfOpenState === undefined && { maxWaitDurationInHalfOpenState: base }),
  };
}

/** What opens a circuit, a sentence each; the fields as `inForce` gives them. */
export function openedBy(of: Json): string[] {
  const inARow = (field: string, one: string, many: string): string[] => {
    const count = Number(of[field] ?? 0);
    return count === 0 ? [] : [`after ${count === 1 ? one : `${count} ${many} in a row`} (${field})`];
  };
  const rate = (field: string, what: string): string[] => {
    if (of[field] === undefined) return [];
    const calls = `of at least ${String(of.minimumNumberOfCalls)} calls in ${String(of.interval)}`;
    return [`if ${String(of[field])} % ${calls} ${what} (${field})`];
  };
  const slow = String(of.slowCallDurationThreshold);
  const all = [
    ...inARow("consecutive5xxErrors", "an error", "errors"),
    ...inARow("consecutiveGatewayErrors", "an error of a gateway", "errors of a gateway"),
    ...inARow("consecutiveLocalOriginFailures", "a request without an answer", "requests without an answer"),
    ...rate("failureRateThreshold", "failed"),
    ...rate("slowCallRateThreshold", `took longer than ${slow}`),
  ];
  return all.length === 0 ? ["never: no number of errors and no rate opens it"] : all;
}

/** What counts as an error. */
export function errorsOf(of: Json): string {
  const codes = list(of.outlierDetectionHttpErrorCodes);
  const ignored = list(of.ignoredHttpErrorCodes);
  const local = of.splitExternalLocalOriginErrors === true ? "" : ", or no answer";
  return `${codes === "" ? "a status from 500 to 599" : `the status ${codes}`}${local}${ignored === "" ? "" : `; ${ignored} does not count`}`;
}

/** For how long a circuit is open. */
export function lastsOf(of: Json): string {
  const base = String(of.baseEjectionTime);
  const longest = String(of.maxEjectionTime);
  const jitter = of.maxEjectionTimeJitter;
  const more = base === longest ? "" : `, each time in a row ${base} longer, at most ${longest}`;
  return `${base}${more}${jitter === undefined ? "" : `, and up to ${String(jitter)} by chance`}`;
}

/** What comes after that. */
export function thenOf(of: Json): string {
  const probes = Number(of.permittedNumberOfCallsInHalfOpenState);
  if (probes === 0) return "all requests are let in again at once";
  if (of.failureRateThreshold !== undefined && probes > 1) {
    return `${Math.min(probes, Number(of.minimumNumberOfCalls))} probes decide, by ${String(of.failureRateThreshold)} %`;
  }
  return probes === 1 ? "one probe decides" : `${probes} probes decide: one that fails opens it again`;
}

function list(codes: unknown): string {
  return Array.isArray(codes) ? codes.map(String).join(", ") : "";
}
