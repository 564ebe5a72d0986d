import { edgesOf, type PathPart, type TraceAnalysis } from "./analysis.ts";
import type { Call } from "./calls.ts";
import type { Fault } from "./faults.ts";
import { milliseconds, percentile } from "./percentile.ts";

/** The report as `--output json` writes it. Times are in milliseconds, to the microsecond. */
export interface Report {
  readonly schema: "signalbox.trace/v1";
  readonly traces: readonly TraceSummary[];
  readonly services: readonly ServiceSummary[];
  readonly dependencies: readonly Dependency[];
  readonly errors: readonly ErrorSummary[];
}

/** A trace, in the order in which they begin. */
export interface TraceSummary {
  readonly trace: string;
  /** In UTC, as of ISO 8601. */
  readonly startTime: string;
  /** As long as its root; if spans are missing, from the first root's start to the last root's end. */
  readonly durationMs: number;
  /** How many services have a span in it. */
  readonly services: number;
  /** How many roots of errors it has: the items of `errors` with this trace. */
  readonly errors: number;
  /** What it waits for, by service and kind: together `durationMs`. */
  readonly criticalPath: readonly { service: string; kind: PathPart["kind"]; ms: number }[];
}

/** A service, over all traces: the one with the most time on critical paths first. */
export interface ServiceSummary {
  readonly service: string;
  /** The time of its SERVER spans that none of its calls covers. */
  readonly selfMs: number;
  /** Its part of all critical paths, what its calls take beyond their server's side included. */
  readonly criticalMs: number;
  /** How many times it was called. */
  readonly calls: number;
  /** How many of these failed, as its own spans say. */
  readonly errors: number;
}

/** Who calls whom, over all traces: the most called first. */
export interface Dependency {
  readonly parent: string;
  readonly child: string;
  readonly calls: number;
  /** How many calls failed, as the client's side or the server's says. */
  readonly errors: number;
  /** Of what calls take, as the caller sees it. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** What the CLIENT spans take beyond their SERVER spans, of all calls together. */
  readonly networkMs: number;
}

/** The root of an error. */
export interface ErrorSummary {
  readonly trace: string;
  readonly span: string;
  readonly service: string;
  readonly operation: string;
  /** The service that was called; "" if the span is no call. */
  readonly callee: string;
  readonly status: string;
  readonly flags: string;
  readonly cause: string;
  readonly where: string;
  /** Whether the request that began the trace was spared. */
  readonly recovered: boolean;
  /** The service that spared it, and how; "" if none did. */
  readonly recoveredBy: string;
  readonly recovery: "retry" | "handled" | "";
}

/** The report over some traces. */
export function reportOf(traces: readonly TraceAnalysis[]): Report {
  return {
    schema: "signalbox.trace/v1",
    traces: traces.map(traceSummary),
    services: servicesOf(traces),
    dependencies: edgesOf(traces).map(dependency),
    errors: traces.flatMap(({ faults }) => faults.map(errorSummary)),
  };
}

function traceSummary({ tree, start, duration, services, faults, parts }: TraceAnalysis): TraceSummary {
  return {
    trace: tree.id,
    startTime: utc(start),
    durationMs: milliseconds(duration),
    services: services.length,
    errors: faults.length,
    criticalPath: parts.map(({ service, kind, micros }) => ({ service, kind, ms: milliseconds(micros) })),
  };
}

/** Milliseconds are always written, microseconds if there are any. */
function utc(micros: number): string {
  const whole = Math.floor(micros);
  const date = new Date(Math.floor(whole / 1000)).toISOString();
  const rest = whole % 1000;
  return rest === 0 ? date : date.replace("Z", `${String(rest).padStart(3, "0")}Z`);
}

function servicesOf(traces: readonly TraceAnalysis[]): ServiceSummary[] {
  const sums = new Map<string, { self: number; critical: number; calls: number; errors: number }>();
  const sumOf = (service: string) => {
    const sum = sums.get(service) ?? { self: 0, critical: 0, calls: 0, errors: 0 };
    sums.set(service, sum);
    return sum;
  };
  for (const { services, calls, parts } of traces) {
    services.forEach(sumOf);
    for (const { service, self, node } of calls.visits) {
      const sum = sumOf(service);
      sum.self += self;
      sum.calls++;
      if (node.span.error) sum.errors++;
    }
    for (const { service, micros } of parts) if (service !== "") sumOf(service).critical += micros;
  }
  const sorted = [...sums].sort(([, a], [, b]) => b.critical - a.critical || b.self - a.self);
  return sorted.map(([service, { self, critical, calls, errors }]) => {
    return { service, selfMs: milliseconds(self), criticalMs: milliseconds(critical), calls, errors };
  });
}

function dependency(calls: readonly Call[]): Dependency {
  const durations = calls.map(({ duration }) => duration).sort((a, b) => a - b);
  const [first] = calls;
  return {
    parent: first?.parent ?? "",
    child: first?.child ?? "",
    calls: calls.length,
    errors: calls.filter(({ error }) => error).length,
    p50Ms: milliseconds(percentile(durations, 50)),
    p95Ms: milliseconds(percentile(durations, 95)),
    networkMs: milliseconds(calls.reduce((sum, { network }) => sum + network, 0)),
  };
}

function errorSummary({ trace, node, service, callee, status, flags, cause, where, recovered }: Fault): ErrorSummary {
  return {
    trace,
    span: node.span.spanId,
    service,
    operation: node.span.name,
    callee: callee ?? "",
    status,
    flags,
    cause,
    where,
    recovered: recovered !== undefined,
    recoveredBy: recovered?.by ?? "",
    recovery: recovered?.how ?? "",
  };
}
