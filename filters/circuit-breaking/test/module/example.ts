import type { Emulator, PropertyValue, Root } from "../../../../emulator/index.ts";
import { streamOf, type ExampleRequest } from "../../../../test/support/module/example-request.ts";

/** What an example of the README says of some requests that come one after the other. */
export interface Decision {
  request: ExampleRequest;
  /** How long after the ones before they come. */
  after?: string;
  /** How many, if not one. */
  times?: number;
  /** What the upstream answers those that get there: a status, the name of a way in which it does not, or a gRPC status in trailers. */
  upstream?: number | keyof typeof NO_ANSWER | `trailers ${number}`;
  /** How long it takes. */
  takes?: string;
  /** How many get there. */
  passed?: number;
  /** What the last one is answered that does not. */
  refused?: Record<string, string>;
  /** How circuits are then. */
  circuits?: Record<string, "closed" | "open" | "half-open">;
  /** How much counters went up meanwhile, without `circuit_breaking.` before their names. */
  counts?: Record<string, number>;
}

/** What Envoy says where there is no answer of the upstream's. */
const NO_ANSWER = {
  "no connection": {
    status: 503,
    code_details: "upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_111}",
    flags: 0x20n,
  },
  timeout: { status: 504, code_details: "response_timeout", flags: 0x4n },
  "no healthy host": { status: 503, code_details: "no_healthy_upstream", flags: 0x2n },
} as const;

const COUNTER = "circuit_breaking.";
/** The host of a request that names none. */
const HOST = "reviews";
const STATES = ["closed", "open", "half-open"] as const;

export function decide(root: Root, emulator: Emulator, decision: Decision): Decision {
  const { request, after, times = 1, passed, refused, circuits, counts } = decision;
  emulator.clock.advance(milliseconds(after ?? "0ms"));
  const before = new Map(emulator.metrics.counters);
  let gotThere = 0;
  let last: Record<string, string> | undefined;
  for (let i = 0; i < times; i++) {
    const reply = one(root, emulator, decision);
    if (reply === undefined) gotThere++;
    else last = Object.fromEntries(Object.keys(refused ?? {}).map((name) => [name, reply[name] ?? "absent"]));
  }
  return {
    request,
    ...given(decision),
    ...(passed !== undefined && { passed: gotThere }),
    ...(refused !== undefined && { refused: last ?? {} }),
    ...(circuits !== undefined && { circuits: states(emulator, Object.keys(circuits)) }),
    ...(counts !== undefined && { counts: rises(emulator, before, Object.keys(counts)) }),
  };
}

/** What is no outcome. */
function given({ after, times, upstream, takes }: Decision): Partial<Decision> {
  return {
    ...(after !== undefined && { after }),
    ...(times !== undefined && { times }),
    ...(upstream !== undefined && { upstream }),
    ...(takes !== undefined && { takes }),
  };
}

/** One request: the reply of the filter's own, if it makes one. */
function one(root: Root, emulator: Emulator, decision: Decision): Record<string, string> | undefined {
  const options = streamOf(decision.request, HOST);
  const response: Record<string, PropertyValue> = { code_details: "via_upstream", flags: 0n };
  const properties = { ...options.properties, response } as Record<string, PropertyValue>;
  const stream = root.stream({ ...options, properties });
  stream.requestHeaders();
  const reply = stream.localReply;
  if (reply === undefined) {
    emulator.clock.advance(milliseconds(decision.takes ?? "0ms"));
    const { upstream = 200 } = decision;
    if (typeof upstream === "number") {
      stream.responseHeaders({ ":status": String(upstream) });
    } else if (upstream.startsWith("trailers ")) {
      stream.responseHeaders({ ":status": "200", "content-type": "application/grpc" }, false);
      response["grpc_status"] = BigInt(upstream.slice("trailers ".length));
    } else {
      const { status, ...says } = NO_ANSWER[upstream as keyof typeof NO_ANSWER];
      Object.assign(response, says);
      stream.responseHeaders({ ":status": String(status) });
    }
  }
  stream.end();
  return reply === undefined ? undefined : Object.fromEntries([...reply.headers, ["body", reply.body]]);
}

function states(emulator: Emulator, names: readonly string[]): NonNullable<Decision["circuits"]> {
  const { gauges } = emulator.metrics;
  return Object.fromEntries(
    names.map((name) => {
      const [metric] = [...gauges.keys()].filter((one) => one.endsWith(`.${name}.state`));
      return [name, STATES[Number(gauges.get(metric ?? "") ?? 9n)] ?? "unknown"];
    }),
  ) as NonNullable<Decision["circuits"]>;
}

function rises(
  emulator: Emulator,
  before: ReadonlyMap<string, bigint>,
  names: readonly string[],
): Record<string, number> {
  const count = (all: ReadonlyMap<string, bigint>, name: string): number => Number(all.get(COUNTER + name) ?? 0n);
  return Object.fromEntries(names.map((name) => [name, count(emulator.metrics.counters, name) - count(before, name)]));
}

function milliseconds(duration: string): number {
  const [, number, unit] = /^([\d.]+)(ms|s|m)$/.exec(duration) ?? [];
  return Number(number) * (unit === "m" ? 60_000 : unit === "s" ? 1000 : 1);
}
