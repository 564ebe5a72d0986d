/** What a response shows of a decision, and whether two decisions agree. */
import { decodeSeen, SEEN } from "./echo.ts";
import { ROUTE, steeringValue } from "./experiment.ts";
import type { Experiment } from "./experiment.ts";
import type { Response } from "./wire.ts";

/** The values of each header in order; the order between different names has no meaning. */
type Fields = Record<string, string[]>;

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

function fields(headers: [string, string][]): Fields {
  const all: Fields = {};
  for (const [name, value] of headers) (all[name.toLowerCase()] ??= []).push(value);
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Reads a response of a listener of this experiment. */
export function observe({ steering }: Experiment, response: Response): Observation {
  const all = fields(response.headers);
  const encoded = all[SEEN]?.[0];
  const seen = encoded === undefined ? undefined : decodeSeen(encoded);
  const upstream = seen && { method: seen.method, target: seen.target, headers: fields(seen.headers) };
  return {
    status: response.status,
    route: all[ROUTE]?.[0] ?? "-",
    steering: upstream?.headers[steering.header],
    upstream,
    response: Object.fromEntries(Object.entries(all).filter(([name]) => !OWN.has(name))),
  };
}

/** Whether both are destinations of one route that draws lots between them, so that either is right. */
function drawnFromOne({ virtualServices, steering }: Experiment, a: Observation, b: Observation): boolean {
  return virtualServices.some(({ http }) =>
    http.some(({ route }) => {
      const values = route
        .filter(({ weight }) => (weight ?? 0) > 0)
        .map((destination) => steeringValue(steering, destination));
      const has = (seen: Observation) => values.includes(seen.steering?.[0]) && (seen.steering?.length ?? 0) < 2;
      return values.length > 1 && has(a) && has(b);
    }),
  );
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
  const same = JSON.stringify(native.steering) === JSON.stringify(filter.steering);
  if (!same && drawnFromOne(experiment, native, filter)) return lines;
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
