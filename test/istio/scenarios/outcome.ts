/** What became of a request, so that the outcomes of two proxies can be held to one another. */
import type { Seen } from "../harness/application.ts";
import type { Answer } from "../harness/client.ts";
import { TRACE_ID } from "./through-reviews.ts";

export interface Outcome {
  status: number;
  /** Names and values, in their order. */
  headers: readonly (readonly [string, unknown])[];
  /** What the application saw of it that was reached, headers in their order, or the text of whoever answered before. */
  body: (Omit<Seen, "headers"> & { headers: readonly (readonly [string, string])[] }) | string;
}

/** They say when it was and how long it took; the application's answer is as long as the proxy's own name makes it. */
const OTHERWISE = new Set(["date", "x-envoy-upstream-service-time", "content-length"]);
/** Trace and span ids, ids of requests, and digests of certificates. */
const ID = /\b(?:[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{16}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/g;

/**
 * The outcome as it is the same for every proxy that decides alike: an id that did not come with the request is `#` with a
 * number, the same for the same id, and the proxy's own name is `it`.
 */
export function outcomeOf({ status, headers, body }: Answer, own: string): Outcome {
  const lines = Object.entries(headers).filter(([name]) => !OTHERWISE.has(name));
  const text = JSON.stringify({ status, headers: lines, body: status === 200 ? asSeen(body) : body });
  const ids: string[] = [TRACE_ID];
  const numbered = text.replaceAll(ID, (id) => {
    if (id === TRACE_ID) return id;
    if (!ids.includes(id)) ids.push(id);
    return `#${ids.indexOf(id)}`;
  });
  return JSON.parse(numbered.replaceAll(new RegExp(`\\b${own}\\b`, "g"), "it")) as Outcome;
}

function asSeen(body: string): Outcome["body"] {
  const { headers, ...rest } = JSON.parse(body) as Seen;
  return { ...rest, headers: Object.entries(headers) };
}

/** The value of a request header as the application saw it, if one was reached. */
export function sent({ body }: Outcome, name: string): string | undefined {
  return typeof body === "string" ? undefined : body.headers.find(([one]) => one === name)?.[1];
}

/** The value of a header of the answer. */
export function answered({ headers }: Outcome, name: string): unknown {
  return headers.find(([one]) => one === name)?.[1];
}
