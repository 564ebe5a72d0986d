import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import {
  Http1,
  Http2,
  valuesOf,
  type Envoy,
  type HeaderLine,
  type JsonObject,
  type Seen,
} from "../../../../test/support/envoy/index.ts";

/** Ids of the example in W3C Trace Context §3.2.4. */
export const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
export const SPAN = "00f067aa0ba902b7";
export const TRACEPARENT: HeaderLine = ["traceparent", `00-${TRACE}-${SPAN}-01`];

/** Which way a listener's requests go. */
export const INBOUND: JsonObject = { traffic_direction: "INBOUND" };
export const OUTBOUND: JsonObject = { traffic_direction: "OUTBOUND" };

/** The random ids of another trace, and of a span in it. */
export function newTrace(): string {
  return randomBytes(16).toString("hex");
}

export function newSpan(): string {
  return randomBytes(8).toString("hex");
}

/** A traceparent of version 00. */
export function traceparent(trace: string, span = newSpan(), flags = "01"): HeaderLine {
  return ["traceparent", `00-${trace}-${span}-${flags}`];
}

/** What a traceparent says. */
export interface Parent {
  trace: string;
  span: string;
  flags: string;
}

/** The parent that headers name: asserts that there is one traceparent, valid in version 00 with Level 2's flags. */
export function parentIn(headers: readonly HeaderLine[]): Parent {
  const values = valuesOf(headers, "traceparent");
  const match = /^00-([0-9a-f]{32})-([0-9a-f]{16})-(0[0-3])$/.exec(values[0] ?? "");
  assert.ok(values.length === 1 && match !== null, `one traceparent: ${JSON.stringify(values)}`);
  const [, trace = "", span = "", flags = ""] = match;
  assert.doesNotMatch(trace, /^0*$/);
  assert.doesNotMatch(span, /^0*$/);
  return { trace, span, flags };
}

export type Protocol = "HTTP/1.1" | "HTTP/2";
export const PROTOCOLS: readonly Protocol[] = ["HTTP/1.1", "HTTP/2"];

/** Sends a request with these headers on a connection of its own; gives those that the upstream got. */
export async function seenOf(
  port: number,
  headers: readonly HeaderLine[] = [],
  protocol: Protocol = "HTTP/1.1",
): Promise<HeaderLine[]> {
  const { status, body } = protocol === "HTTP/2" ? await overHttp2(port, headers) : await overHttp1(port, headers);
  assert.equal(status, 200, body);
  return (JSON.parse(body) as Seen).headers;
}

async function overHttp1(port: number, headers: readonly HeaderLine[]): Promise<{ status: number; body: string }> {
  const connection = await Http1.connect(port);
  try {
    return await connection.request({ headers });
  } finally {
    connection.close();
  }
}

async function overHttp2(port: number, headers: readonly HeaderLine[]): Promise<{ status: number; body: string }> {
  const byName: Record<string, string[]> = {};
  for (const [name, value] of headers) (byName[name.toLowerCase()] ??= []).push(value);
  const session = await Http2.connect(port);
  try {
    return await session.request({ ":path": "/", ...byName });
  } finally {
    session.close();
  }
}

const PREFIX = "wasmcustom.trace_propagation.";

/** The filter's counters, by their names behind `trace_propagation.`. */
export async function counters(envoy: Envoy): Promise<Record<string, number>> {
  const mine = [...(await envoy.admin.stats())].filter(([name]) => name.startsWith(PREFIX));
  return Object.fromEntries(mine.map(([name, value]) => [name.slice(PREFIX.length), Number(value)]));
}

/** By how much each of the filter's counters rises, those that do not left out. */
export async function counted(envoy: Envoy, work: () => Promise<void>): Promise<Record<string, number>> {
  const before = await counters(envoy);
  await work();
  const rises = Object.entries(await counters(envoy)).map(([name, now]) => [name, now - (before[name] ?? 0)] as const);
  return Object.fromEntries(rises.filter(([, rise]) => rise !== 0));
}
