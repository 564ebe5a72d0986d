/** What can become of a request: what is asked of the upstream, and what happens on the way. */

import type { HeaderLine } from "../../support/envoy/index.ts";

/** Which route a request takes (`world.ts`). */
export type Way = "plain" | "timeout" | "try" | "idle" | "duration" | "retry" | "direct" | "nowhere";

export interface Act {
  /** What it is called in a disagreement; the group before the colon counts for coverage. */
  name: string;
  way: Way;
  /** What the upstream does (`upstream.ts`). */
  upstream: string;
  /** Whether the request says that it is gRPC. */
  grpc: boolean;
  /**
   * - `refuse`: nobody listens at the upstream's port;
   * - `leave`: the client leaves when the request is at the upstream;
   * - `overflow`: another request comes while this one waits, and one at a time is all that the cluster takes;
   * - `fault`: a fault is injected after the filter.
   */
  how: "ask" | "refuse" | "leave" | "overflow" | "fault";
  /** Further headers of the request. */
  headers?: readonly HeaderLine[];
}

function act(name: string, upstream: string, fields: Partial<Act> = {}): Act {
  return { name, way: "plain", upstream, grpc: false, how: "ask", ...fields };
}

/** An answer of that status. */
export function status(code: number): Act {
  return act(`status: ${code}`, `status=${code}`);
}

/** A gRPC call whose status comes in the headers of an answer; any text. */
export function grpcStatus(text: string, code = 200): Act {
  return act(`grpc: ${text}, HTTP ${code}`, `status=${code} grpc=${text} empty`, { grpc: true });
}

/** A gRPC call with an answer that has no gRPC status: a proxy's, or one without a body. */
export function grpcWithout(code: number): Act {
  const upstream = code === 200 ? "status=200 empty" : `status=${code}`;
  return act(`grpc without status: ${code}`, upstream, { grpc: true });
}

const WAYS: readonly Way[] = ["timeout", "try", "idle"];

/** No answer that the upstream gave whole. */
export const BROKEN: readonly Act[] = [
  act("no connection", "status=200", { how: "refuse" }),
  act("closed: before headers", "close"),
  act("reset: before headers", "reset"),
  act("garbage", "garbage"),
  ...[200, 404, 500, 503].map((code) => act(`broken off: ${code}`, `break status=${code}`)),
  ...WAYS.map((way) => act(`timeout: ${way}`, "silence", { way })),
];

/** What says nothing of the destination, or next to nothing. */
export const NEUTRAL: readonly Act[] = [
  act("stream too long", "silence", { way: "duration" }),
  act("no route", "status=200", { way: "nowhere" }),
  act("direct response", "status=200", { way: "direct" }),
  act("client gone", "silence", { how: "leave" }),
  act("fault", "status=200", { how: "fault" }),
  ...[200, 503].map((code) => act(`overflow: meanwhile ${code}`, `hold status=${code}`, { how: "overflow" })),
];

/** What the upstream does with a request on a plain route. */
export function scripted(upstream: string, fields: Partial<Act> = {}): Act {
  return act(upstream, upstream, fields);
}

/** The same for gRPC calls. */
export function asGrpc(one: Act): Act {
  return { ...one, name: `grpc ${one.name}`, grpc: true };
}

/** Whether the request is answered before a host is chosen for it. */
export function isAnsweredEarly({ way, how }: Act): boolean {
  return way === "direct" || way === "nowhere" || how === "fault";
}

/** What an answer's `grpc-status` may say, beside the 17 that gRPC has. */
export const ODD_STATUSES = ["17", "999", "99999999999", "-1", "x", "014", ""] as const;
