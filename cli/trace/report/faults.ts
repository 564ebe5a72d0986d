import { httpStatusOf, responseFlagsOf, textOf, type Span } from "../span.ts";
import type { Node, Tree } from "../tree.ts";
import { isOutbound, type Calls } from "./calls.ts";
import { calleeOf } from "./callee.ts";

/** The root of an error: a span that failed though nothing failed below it. */
export interface Fault {
  readonly trace: string;
  readonly node: Node;
  readonly service: string;
  /** The service that is called, if the span is the client's side of a call. */
  readonly callee: string | undefined;
  /** The HTTP status; "" if there is none. */
  readonly status: string;
  /** Envoy's response flags; "" if there are none. */
  readonly flags: string;
  /** What happened, in words. */
  readonly cause: string;
  /** Where: "between reviews and ratings", "in ratings". */
  readonly where: string;
  /** What kept it from the request that began the trace: `undefined` if nothing did. */
  readonly recovered: Recovery | undefined;
}

/** How an error did not reach the root: another attempt succeeded, or the service above did without the answer. */
export interface Recovery {
  readonly by: string;
  readonly how: "retry" | "handled";
}

/** Envoy's response flags (docs: configuration/observability/access_log/usage, %RESPONSE_FLAGS%), and whether the callee never answered. */
const FLAGS: Readonly<Record<string, readonly [what: string, between: boolean]>> = {
  UF: ["no connection", true],
  UH: ["no healthy host", true],
  UO: ["overflow: a circuit breaker is open", true],
  UT: ["timeout", true],
  UC: ["the connection broke off", true],
  UR: ["the stream was reset", true],
  LR: ["the stream was reset", true],
  UPE: ["the answer broke the protocol", true],
  URX: ["all retries failed", true],
  UMSDR: ["the request took too long", true],
  NR: ["no route", true],
  NC: ["no such cluster", true],
  DF: ["the name was not found", true],
  DT: ["the request took too long", true],
  SI: ["nothing came for too long", true],
  DC: ["the client went away", false],
  DPE: ["the request broke the protocol", false],
  FI: ["a fault was injected", false],
  DI: ["a delay was injected", false],
  RL: ["rate limited", false],
  UAEX: ["refused by authorization", false],
  OM: ["the proxy has no resources left", false],
};

/** The roots of the errors of a trace, in the tree's order. */
export function faultsOf(tree: Tree, { visitOf }: Calls, services: ReadonlySet<string>): Fault[] {
  const failedBelow = new Set<Node>();
  for (let at = tree.nodes.length - 1; at >= 0; at--) {
    const node = tree.nodes[at] as Node;
    // What is between without a kind of its own mostly says nothing of errors.
    const failed = node.span.error || (node.span.kind === "INTERNAL" && failedBelow.has(node));
    if (failed && node.parent !== undefined) failedBelow.add(node.parent);
  }
  const roots = tree.nodes.filter((node) => node.span.error && !failedBelow.has(node));
  const succeeded = new Successes(services);
  return roots.map((node) => faultOf(tree, node, { visitOf, services, succeeded }));
}

/** What a fault is looked up in. */
interface Around {
  readonly visitOf: Calls["visitOf"];
  readonly services: ReadonlySet<string>;
  readonly succeeded: Successes;
}

function faultOf(tree: Tree, node: Node, { visitOf, services, succeeded }: Around): Fault {
  const { span } = node;
  const callee = isOutbound(node) ? calleeName(node, services) : undefined;
  const flags = responseFlagsOf(span);
  const known = flags.split(",").find((flag) => FLAGS[flag] !== undefined) ?? "";
  const [meaning, between = false] = FLAGS[known] ?? [];
  // At the server's side it is between the sidecar and its own application.
  const other = callee ?? (isOutbound(node) ? "what it calls" : "its application");
  return {
    trace: tree.id,
    node,
    service: span.service,
    callee,
    status: String(httpStatusOf(span) ?? grpcStatusOf(span) ?? ""),
    flags,
    cause: meaning ?? causeOf(span),
    where: isAnsweredByProxy(node)
      ? `in the proxy of ${span.service}, which did not ask ${other}`
      : between
        ? `between ${span.service} and ${other}`
        : `in ${callee ?? span.service}`,
    recovered: recoveryOf(node, visitOf, succeeded),
  };
}

/**
 * Whether the caller's own proxy answered, as with a fault or an open circuit: its span knows the cluster and has no response flag and no
 * address that an answer came from. Only spans of trace-propagation tell that; Envoy's own have `http.status_code`.
 */
function isAnsweredByProxy(node: Node): boolean {
  const { span, children } = node;
  const has = (name: string): boolean => span.attributes.has(name);
  const isOurs = has("upstream_cluster") && has("http.response.status_code") && !has("network.peer.address");
  return isOutbound(node) && isOurs && responseFlagsOf(span) === "" && children.length === 0;
}

/** What the call leads to: the service that answered, else what the span says. */
function calleeName({ span, children }: Node, services: ReadonlySet<string>): string | undefined {
  return children.find((child) => child.span.service !== span.service)?.span.service ?? calleeOf(span, services);
}

function grpcStatusOf({ attributes }: Span): string | undefined {
  const status = textOf(attributes, "rpc.grpc.status_code", "rpc.response.status_code", "grpc.status_code");
  return status === undefined || status === "0" ? undefined : `gRPC ${status}`;
}

function causeOf({ statusMessage, attributes, events }: Span): string {
  const exception = events.find(({ name }) => name === "exception")?.attributes;
  const type = textOf(attributes, "error.type");
  const named = exception === undefined ? undefined : textOf(exception, "exception.message", "exception.type");
  // A status as the type says nothing more than the status does.
  return statusMessage || named || (type !== undefined && !/^\d+$/.test(type) ? type : "");
}

/** Looks from the failed span upwards for the first that did not fail, or for another attempt that succeeded. */
function recoveryOf(fault: Node, visitOf: Calls["visitOf"], succeeded: Successes): Recovery | undefined {
  for (let node = fault; ;) {
    if (isOutbound(node) && succeeded.after(node)) return { by: node.span.service, how: "retry" };
    const above = nextAbove(node);
    if (above === undefined) return undefined;
    if (!above.span.error) return { by: (visitOf.get(above)?.node ?? above).span.service, how: "handled" };
    node = above;
  }
}

/** The next span above that says whether it failed: spans without a kind and an error do not. */
function nextAbove({ parent }: Node): Node | undefined {
  let above = parent;
  while (above !== undefined && above.span.kind === "INTERNAL" && !above.span.error && above.parent !== undefined) {
    above = above.parent;
  }
  return above;
}

/** Which calls succeeded, by who made them: the last start of each, as there may be many. */
class Successes {
  private readonly lastOf = new Map<Node, Map<string, number>>();

  constructor(private readonly services: ReadonlySet<string>) {}

  /** Whether the same was called once more, from the same place and after this ended, and that succeeded. */
  after(call: Node): boolean {
    const { parent } = call;
    if (parent === undefined) return false;
    const last = this.lastOf.get(parent) ?? this.read(parent);
    return (last.get(this.attemptOf(call)) ?? -Infinity) >= call.end;
  }

  private read(parent: Node): Map<string, number> {
    const last = new Map<string, number>();
    // They are in the order of their starts.
    for (const child of parent.children) {
      if (isOutbound(child) && !child.span.error) last.set(this.attemptOf(child), child.start);
    }
    this.lastOf.set(parent, last);
    return last;
  }

  private attemptOf(call: Node): string {
    return JSON.stringify([call.span.service, call.span.name, calleeName(call, this.services) ?? ""]);
  }
}
