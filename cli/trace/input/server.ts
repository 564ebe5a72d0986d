import { Failure } from "../../failure.ts";
import type { Span } from "../span.ts";
import { isFields } from "./field.ts";
import { get, shown, type Answer } from "./http.ts";
import type { Progress } from "./progress.ts";
import { selected, type Selection } from "./selection.ts";
import { answeredError } from "./shape.ts";
import { spansInText } from "./text.ts";

/** How a server is asked. Addresses are relative to its root. */
interface Api {
  /** Where it lists its services. */
  readonly services: string;
  /** The services of that answer's JSON; `undefined` if it is no such list. */
  readonly listed: (value: unknown) => unknown;
  readonly trace: (id: string) => string;
  /** Times are in milliseconds since 1970. */
  readonly traces: (service: string, operation: string | undefined, limit: number, from: number, to: number) => string;
}

/** Jaeger's API v3. Versions before 2.19 know the names with underscores only; later ones read the others first. */
const JAEGER_V3: Api = {
  services: "api/v3/services",
  listed: (value) => (isFields(value) ? value.services : undefined),
  trace: (id) => `api/v3/traces/${id}?rawTraces=true&raw_traces=true`,
  traces: (service, operation, limit, from, to) => {
    const [start, end] = [new Date(from).toISOString(), new Date(to).toISOString()];
    return `api/v3/traces?${parameters({
      "query.serviceName": service,
      "query.service_name": service,
      "query.operationName": operation,
      "query.operation_name": operation,
      "query.startTimeMin": start,
      "query.start_time_min": start,
      "query.startTimeMax": end,
      "query.start_time_max": end,
      "query.searchDepth": limit,
      "query.num_traces": limit,
      "query.rawTraces": true,
      "query.raw_traces": true,
    })}`;
  },
};

/** The API of Jaeger's UI, which versions up to 2.20 have. Its times are in microseconds. */
const JAEGER_UI: Api = {
  services: "api/services",
  listed: (value) => (isFields(value) ? value.data : undefined),
  trace: (id) => `api/traces/${id}?raw=true`,
  traces: (service, operation, limit, from, to) =>
    `api/traces?${parameters({ service, operation, limit, start: from * 1000, end: to * 1000, raw: true })}`,
};

/** Zipkin's API v2. */
const ZIPKIN: Api = {
  services: "api/v2/services",
  listed: (value) => value,
  trace: (id) => `api/v2/trace/${id}`,
  traces: (serviceName, spanName, limit, from, to) =>
    `api/v2/traces?${parameters({ serviceName, spanName: spanName?.toLowerCase(), limit, endTs: to, lookback: to - from })}`,
};

/** What a server is asked for if nothing else is said: traces of the last hour, a hundred of each service. */
const SINCE = 3_600_000;
const LIMIT = 100;

/**
 * The spans of the traces that are wanted. A server's root is asked whose API it has: Jaeger's v3 first. An address of a page of
 * Jaeger's UI or Zipkin's is taken for its root and, if it is that of a trace, for the trace. An address with `/api/`, or of a
 * file `….json`, is fetched as it is.
 *
 * @throws Failure if the server is not there, wants a login, or answers something else
 */
export async function spansOfServer(
  url: URL,
  selection: Selection,
  progress: Progress,
  now: number,
): Promise<readonly Span[]> {
  if (/\/api\/|\.jsonl?$/.test(url.pathname)) {
    progress.begin(url.host);
    return selected(read(url, await get(url, progress)), selection, now);
  }
  const { root, trace = selection.trace } = placeOf(url);
  const { api, services } = await apiOf(root, progress);
  if (trace !== undefined) {
    progress.begin(`trace ${trace}`);
    return ask(root, api.trace(trace.toLowerCase()), progress);
  }
  const wanted = selection.service === undefined ? services : [selection.service];
  const from = now - (selection.since ?? SINCE);
  const spans: Span[] = [];
  const have = new Set<string>();
  for (const [at, service] of wanted.entries()) {
    progress.begin(`${service} (${at + 1} of ${wanted.length} services)`);
    const asked = api.traces(service, selection.operation, selection.limit ?? LIMIT, from, now);
    const found = (await ask(root, asked, progress)).filter(({ traceId }) => !have.has(traceId));
    for (const span of found) {
      spans.push(span);
      have.add(span.traceId);
    }
  }
  // What Zipkin and Jaeger find has the service and the name, though not always in one span.
  return selected(spans, { service: selection.service, operation: selection.operation }, now);
}

/** The root of a server, of the address of a page of its UI, and the trace that the page shows. */
function placeOf(url: URL): { root: URL; trace: string | undefined } {
  const page = /\/trace\/[\da-f]+\/*$|\/zipkin(\/.*)?$|\/search\/*$|\/*$/i;
  const root = new URL(url);
  root.pathname = `${url.pathname.replace(page, "")}/`;
  root.search = root.hash = "";
  return { root, trace: /\/traces?\/([\da-f]+)\/*$/i.exec(url.pathname)?.[1] };
}

async function apiOf(root: URL, progress: Progress): Promise<{ api: Api; services: string[] }> {
  const told: string[] = [];
  for (const api of [JAEGER_V3, JAEGER_UI, ZIPKIN]) {
    const answer = await get(new URL(api.services, root), progress);
    const services = answer.status === 200 ? api.listed(valueOf(answer.text)) : undefined;
    // Jaeger's UI writes null for no services.
    if (Array.isArray(services)) return { api, services: services.map(String).sort() };
    if (services === null) return { api, services: [] };
    told.push(`/${api.services} ${answer.status}${answer.status === 200 ? ` ${answer.type || "without a type"}` : ""}`);
  }
  throw new Failure(`${shown(root)}: it is neither Jaeger nor Zipkin: it answers ${told.join(", ")}`);
}

/** A 404 is Jaeger's and Zipkin's way to say that there are no such traces. */
async function ask(root: URL, path: string, progress: Progress): Promise<readonly Span[]> {
  const url = new URL(path, root);
  const answer = await get(url, progress);
  return answer.status === 404 ? [] : read(url, answer);
}

function read(url: URL, { status, text, type }: Answer): Span[] {
  const place = shown(url).replace(/\?.*/s, "");
  if (status !== 200) {
    const value = valueOf(text);
    const message =
      (isFields(value) ? answeredError(value) : undefined) ?? text.trim().replace(/\s+/g, " ").slice(0, 100);
    throw new Failure(`${place}: the server answers ${status}${message === "" ? "" : `: ${message}`}`);
  }
  if (type === "text/html")
    throw new Failure(`${place}: the server answers a page of HTML, and spans in JSON were expected`);
  return spansInText(place, text);
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function parameters(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== undefined) query.set(name, String(value));
  return query.toString();
}
