/** What is sent: requests aimed at the configuration, one after the other, some of them while another is held or in flight. */
import { generateFaultyRequest } from "../faults/generate-faults.ts";
import type { Random } from "../random.ts";
import type { VirtualService } from "../routes/virtual-service.ts";
import type { Request } from "../wire.ts";
import type { Place } from "./configuration.ts";
import { HELD_HOST, USER_COOKIE, USER_HEADER } from "./generate-services.ts";
import { type Peer, BAGGAGES, BROKEN_CONTEXTS, CONTEXTS, REQUEST_IDS, TRACE_HEADERS } from "./vocabulary.ts";

/** The header that names a request, so that its line in the access log is known. */
export const CASE = "x-case";
/** The header with which the upstream answers a request only when it is told to. */
export const HOLD = "x-hold";

export interface Exchange {
  place: Place;
  /** Whose certificate it comes with; without one it comes over plaintext, as all that the application sends does. */
  peer: Peer | undefined;
  request: Request;
}

/** A request; or one that is under way (at the upstream, or held by a fault) while others are sent. */
export interface Step extends Exchange {
  meanwhile: Exchange[];
  /** What becomes of the first one after that, if it is held by a fault or was not answered: the client hangs up. */
  hangsUp: boolean;
}

export interface Aim {
  name: string;
  count: number;
  services: VirtualService[];
  places: readonly Place[];
  /** The formats that are read. */
  extract: readonly string[];
  /** Whether each request has a context that is read. */
  byTrace: boolean;
  /** Whose requests come in. */
  peers: readonly (Peer | undefined)[];
}

export function generateSteps(random: Random, aim: Aim): Step[] {
  let number = 0;
  const request = (change: (request: Request) => void = () => {}): Request => {
    const made = generateRequest(random, aim);
    change(made);
    made.headers.push([CASE, `${aim.name}-${number++}`]);
    return made;
  };
  const peer = (place: Place): Peer | undefined => (place === "outbound" ? undefined : random.pick(aim.peers));
  const at = (place: Place, made: Request): Exchange => ({ place, peer: peer(place), request: made });
  const exchange = (place = random.pick(aim.places)): Exchange => at(place, request());
  const alone = (exchange: Exchange): Step => ({ ...exchange, meanwhile: [], hangsUp: false });
  /** An inbound request and the call that it causes, which has nothing of its trace but a key. */
  const call = (): Step[] => {
    const key: [string, string] = ["x-request-id", `call-${number}`];
    const [cause, effect] = aim.places.map((place) => {
      const made = request((one) => {
        const others = one.headers.filter(([name]) => !isKeyOrTrace(name));
        one.headers = [...others, ...(place === "inbound" ? random.pick(CONTEXTS[aim.extract[0]!]!) : []), key];
      });
      return alone(at(place, made));
    });
    return effect === undefined ? [cause!] : [cause!, effect];
  };
  const steps = random.times(aim.count, aim.count, (): Step[] => {
    const kind = random.int(100);
    if (kind >= 85 && !aim.byTrace) return call();
    if (kind < 4) {
      const held = exchange();
      held.request.authority = HELD_HOST;
      return [{ ...held, meanwhile: random.times(1, 3, () => exchange()), hangsUp: true }];
    }
    if (kind < 11) {
      const cause = request(({ headers }) => headers.push([HOLD, "yes"]));
      const place = aim.places[0]!;
      const calls = random.times(1, 3, () => exchange(aim.places[1] ?? place));
      return [{ ...at(place, cause), meanwhile: calls, hangsUp: random.percent(30) }];
    }
    return [alone(exchange())];
  });
  return steps.flat();
}

function isKeyOrTrace(name: string): boolean {
  const lower = name.toLowerCase();
  return TRACE_HEADERS.has(lower) || ["x-request-id", "x-correlation-id"].includes(lower);
}

function generateRequest(random: Random, { services, extract, byTrace }: Aim): Request {
  const made = generateFaultyRequest(random, services, { asciiOnly: false });
  const bare = made.method === "CONNECT" || made.headers.some(([name]) => name === "upgrade");
  // What is aimed at conditions on a trace is none.
  const headers = byTrace ? made.headers.filter(([name]) => !TRACE_HEADERS.has(name.toLowerCase())) : made.headers;
  made.headers = headers;
  const user = `u${random.int(10)}`;
  headers.unshift([USER_HEADER, user], ["cookie", `${USER_COOKIE}=${user}`]);
  for (const [name, value] of context(random, extract, byTrace)) headers.push([name, value]);
  if (random.percent(6)) headers.push(["tracestate", "Congo=1"]);
  if (random.percent(20)) headers.push(["baggage", random.pick(BAGGAGES)]);
  if (random.percent(70)) headers.push(["x-request-id", random.pick(REQUEST_IDS)]);
  if (random.percent(15)) headers.push(["x-correlation-id", random.pick(REQUEST_IDS)]);
  if (random.percent(9)) headers.push(["x-authz-explain", "1"]);
  if (random.percent(15)) headers.push(...control(random));
  if (!bare && random.percent(8)) made.target = random.pick(["/api/v1", "/reviews/1"]);
  if (!bare && random.percent(5)) made.method = random.pick(["DELETE", "PUT"]);
  return made;
}

/** Trace headers, of one format or of several. */
function context(random: Random, extract: readonly string[], byTrace: boolean): (readonly [string, string])[] {
  const [first = "w3c"] = extract;
  if (byTrace) {
    const others = random.percent(50) ? random.some(Object.keys(CONTEXTS), 2).filter((name) => name !== first) : [];
    const formats = new Set([first, ...others, "w3c"]);
    return [...formats].flatMap((format) => random.pick(CONTEXTS[format]!));
  }
  if (random.percent(30)) return [];
  if (random.percent(15)) return [...random.pick(BROKEN_CONTEXTS)];
  const formats = random.some(random.percent(70) ? extract : Object.keys(CONTEXTS), random.percent(70) ? 1 : 2);
  return formats.flatMap((format) => random.pick(CONTEXTS[format]!));
}

/** Asks for a fault, as the headers of Envoy's own fault filter do. */
function control(random: Random): [string, string][] {
  const share = random.pick([0, 100]);
  return random.pick<[string, string][]>([
    [["x-envoy-fault-abort-request", "418"]],
    [["x-envoy-fault-delay-request", "2"]],
    [
      ["x-envoy-fault-abort-request", "503"],
      ["x-envoy-fault-abort-request-percentage", `${share}`],
      ["x-envoy-fault-delay-request", "1"],
    ],
    [["x-envoy-fault-abort-grpc-request", "14"]],
    [["x-envoy-fault-throughput-response", "100"]],
  ]);
}
