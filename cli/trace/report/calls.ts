import { UNKNOWN_SERVICE } from "../span.ts";
import type { Node, Tree } from "../tree.ts";
import { calleeOf } from "./callee.ts";
import { covered } from "./interval.ts";

/** What one service does for one request: its SERVER span, with all spans of the same service below it up to its calls. */
export interface Visit {
  readonly node: Node;
  readonly service: string;
  /** The time that none of its calls covers, in microseconds. */
  self: number;
  /** How it was called; `undefined` for a root. */
  call: Call | undefined;
}

/** A call of one service by another. Times are in microseconds. */
export interface Call {
  readonly parent: string;
  readonly child: string;
  /** The client's side; `undefined` if there is no span of it. */
  readonly client: Node | undefined;
  /** What the other service did; `undefined` if it has no span. */
  readonly visit: Visit | undefined;
  readonly error: boolean;
  /** As the caller sees it, if its client span is of this call alone; else as long as the visit. */
  readonly duration: number;
  /** What the client span takes beyond its server spans; 0 if one of them is missing. */
  readonly network: number;
}

/** Who calls whom in a trace. */
export interface Calls {
  /** In the tree's order. */
  readonly visits: readonly Visit[];
  readonly calls: readonly Call[];
  /** The visit that each span belongs to. Client spans without a server span above belong to none. */
  readonly visitOf: ReadonlyMap<Node, Visit>;
  /** By client spans that have no span of another service below them. */
  readonly unanswered: ReadonlyMap<Node, Call>;
}

/** Whether the span calls another service. */
export function isOutbound({ span: { kind } }: Node): boolean {
  return kind === "CLIENT" || kind === "PRODUCER";
}

/**
 * The visits and calls of a trace. A service is visited by a SERVER or CONSUMER span that is not below another of the same
 * visit, and by a span without a kind that is a root or that a span of another service caused.
 *
 * @param services all names of services that spans have, to find out which of them a host's name means
 */
export function callsOf({ nodes }: Tree, services: ReadonlySet<string>): Calls {
  const visits: Visit[] = [];
  const visitOf = new Map<Node, Visit>();
  const outside = new Map<Visit, Node[]>();
  for (const node of nodes) {
    const above = sameServiceAbove(node);
    const inherited = above === undefined ? undefined : visitOf.get(above);
    if (inherited !== undefined) visitOf.set(node, inherited);
    else if (beginsVisit(node)) {
      const visit: Visit = { node, service: node.span.service, self: 0, call: undefined };
      visits.push(visit);
      visitOf.set(node, visit);
    }
    const covering = isOutbound(node) ? visitOf.get(node) : callerAcross(node, visitOf);
    if (covering !== undefined) listAt(outside, covering).push(node);
  }
  for (const visit of visits) {
    visit.self = visit.node.span.duration - covered(visit.node, outside.get(visit) ?? []);
  }
  const callers = callersOf(nodes);
  const answered = new Map<Node, Visit[]>();
  for (const visit of visits) {
    const caller = callers.get(visit.node);
    if (caller !== undefined) listAt(answered, caller).push(visit);
  }
  const around = aroundCalls(nodes);
  const calls = [...answered].flatMap(([caller, answers]) => answeredCalls(caller, answers));
  const unanswered = new Map<Node, Call>();
  for (const node of nodes) {
    if (!isOutbound(node) || answered.has(node) || around.has(node)) continue;
    const child = calleeOf(node.span, services) ?? UNKNOWN_SERVICE;
    const { service: parent, error } = node.span;
    const call = { parent, child, client: node, visit: undefined, error, duration: node.span.duration, network: 0 };
    unanswered.set(node, call);
    if (child !== UNKNOWN_SERVICE) calls.push(call);
  }
  return { visits, calls, visitOf, unanswered };
}

/** The parent, if the span goes on with what that does: the same service, and the parent is no call. */
function sameServiceAbove({ span, parent }: Node): Node | undefined {
  return parent !== undefined && parent.span.service === span.service && !isOutbound(parent) ? parent : undefined;
}

function beginsVisit(node: Node): boolean {
  const { span, parent } = node;
  if (span.kind === "SERVER" || span.kind === "CONSUMER") return true;
  return span.kind === "INTERNAL" && (parent === undefined || parent.span.service !== span.service);
}

/** The visit above, if another service begins here without a client span between. */
function callerAcross({ span, parent }: Node, visitOf: ReadonlyMap<Node, Visit>): Visit | undefined {
  const isAcross = parent !== undefined && parent.span.service !== span.service && !isOutbound(parent);
  return isAcross ? visitOf.get(parent) : undefined;
}

/** Who called: the nearest span above that is the client's or the server's side of something (Zipkin's DependencyLinker). */
function callersOf(nodes: readonly Node[]): Map<Node, Node> {
  const callers = new Map<Node, Node>();
  for (const node of nodes) {
    const { parent } = node;
    if (parent === undefined) continue;
    callers.set(node, parent.span.kind === "INTERNAL" ? (callers.get(parent) ?? parent) : parent);
  }
  return callers;
}

/** Client spans with another of the same service below: an application's own around that of its sidecar. */
function aroundCalls(nodes: readonly Node[]): Set<Node> {
  const nearest = new Map<Node, Node>();
  const around = new Set<Node>();
  for (const node of nodes) {
    const { span, parent } = node;
    if (parent === undefined || parent.span.service !== span.service) continue;
    const above = isOutbound(parent) ? parent : parent.span.kind === "INTERNAL" ? nearest.get(parent) : undefined;
    if (above === undefined) continue;
    nearest.set(node, above);
    if (isOutbound(node)) around.add(above);
  }
  return around;
}

function listAt<Key, Item>(lists: Map<Key, Item[]>, key: Key): Item[] {
  const list = lists.get(key) ?? [];
  if (list.length === 0) lists.set(key, list);
  return list;
}

function answeredCalls(caller: Node, answers: readonly Visit[]): Call[] {
  const client = caller.span.kind === "CLIENT" ? caller : undefined;
  const alone = answers.length === 1;
  const longest = client?.span.duration ?? 0;
  const servers = answers.map(({ node }) => node);
  const beyond = client === undefined || alone ? 0 : longest - covered(client, servers);
  return answers.map((visit, at) => {
    const { span, parent } = visit.node;
    const call: Call = {
      parent: caller.span.service,
      child: visit.service,
      client,
      visit,
      // The caller can call an error what the server does not: 404, a timeout.
      error: span.error || (client === parent && client?.span.error === true),
      duration: client !== undefined && alone ? longest : span.duration,
      network: alone && client !== undefined ? Math.max(0, longest - span.duration) : at === 0 ? beyond : 0,
    };
    visit.call = call;
    return call;
  });
}
