/** What a response shows of a decision, and whether two decisions agree. */
import { decodeSeen, SEEN } from "../echo.ts";
import { fieldsOf } from "../header-fields.ts";
import type { Fields } from "../header-fields.ts";
import type { Response } from "../wire.ts";
import { ROUTE, steeringValue } from "./experiment.ts";
import type { Experiment } from "./experiment.ts";

/** What can be seen of one request's way through a listener. */
export interface Observation {
  status: number;
  /** The name of the route that decided; "-" for none or one without a name. */
  route: string;
  /** The steering header's values at the upstream. */
  steering: string[] | undefined;
  /** Method, path and headers at the upstream; undefined when the request did not get there. */
  upstream: { method: string; target: string; headers: Fields } | undefined;
  response: Fields;
}

/** Headers of a response that say nothing of a decision: the time, and what this comparison itself put there. */
const OWN = new Set([SEEN, ROUTE, "date", "x-envoy-upstream-service-time"]);

/** Reads a response of a listener of this experiment. */
export function observe({ steering }: Experiment, response: Response): Observation {
  const all = fieldsOf(response.headers);
  const encoded = all[SEEN]?.[0];
  const seen = encoded === undefined ? undefined : decodeSeen(encoded);
  const upstream = seen && { method: seen.method, target: seen.target, headers: fieldsOf(seen.headers) };
  return {
    status: response.status,
    route: all[ROUTE]?.[0] ?? "-",
    steering: upstream?.headers[steering.header],
    upstream,
    response: Object.fromEntries(Object.entries(all).filter(([name]) => !OWN.has(name))),
  };
}

/**
 * Whether both decisions are one route's draw of lots between several destinations, so that either may differ from the
 * other; destinations that the steering header cannot tell apart may have been different ones too.
 */
function drawn({ virtualServices, steering }: Experiment, a: Observation, b: Observation): boolean {
  if (a.route !== b.route || (a.steering?.length ?? 0) > 1 || (b.steering?.length ?? 0) > 1) return false;
  const routes = virtualServices.flatMap(({ http }) => http).filter(({ name }) => (name ?? "-") === a.route);
  return routes.some(({ route }) => {
    const weighted = route.filter(({ weight }) => (weight ?? 0) > 0);
    const values = weighted.map((destination) => steeringValue(steering, destination));
    const [first, second] = [a.steering?.[0], b.steering?.[0]];
    const toldApart = first === second && values.filter((value) => value === first).length < 2;
    return values.includes(first) && values.includes(second) && !toldApart;
  });
}

/** Where two observations of one request differ: one line for each, none when they agree. */
export function disagreements(experiment: Experiment, native: Observation, filter: Observation): string[] {
  const lines: string[] = [];
  const compare = (what: string, expected: unknown, actual: unknown): void => {
    const [a, b] = [JSON.stringify(expected), JSON.stringify(actual)];
    if (a !== b) lines.push(`${what}: native ${a}, filter ${b}`);
  };
  compare("status", native.status, filter.status);
  compare("route", native.route, filter.route);
  if (drawn(experiment, native, filter)) return lines;
  compare("method", native.upstream?.method, filter.upstream?.method);
  compare("path", native.upstream?.target, filter.upstream?.target);
  const compareFields = (where: string, expected: Fields, actual: Fields): void => {
    for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      compare(`${where} header ${name}`, expected[name], actual[name]);
    }
  };
  compareFields("request", native.upstream?.headers ?? {}, filter.upstream?.headers ?? {});
  compareFields("response", native.response, filter.response);
  return lines;
}
