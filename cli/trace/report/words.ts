import type { TraceAnalysis } from "./analysis.ts";
import type { Fault } from "./faults.ts";
import type { Skew } from "./skew.ts";

/** A time in words: `42.1 ms`, `1.25 s`, `310 µs`. */
export function time(micros: number): string {
  if (micros < 1000) return `${Math.round(micros)} µs`;
  if (micros < 999_950) return `${(micros / 1000).toFixed(1)} ms`;
  return `${(micros / 1e6).toFixed(2)} s`;
}

/** A text of at most so many characters; one that is cut ends in `…`. */
export function cut(text: string, longest: number): string {
  return text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
}

/** A part of a whole: `12 %`. */
export function share(part: number, whole: number): string {
  return whole === 0 ? "0 %" : `${((100 * part) / whole).toFixed(part > 0 && part < whole / 100 ? 1 : 0)} %`;
}

/** `GET /productpage of productpage.default`: what began a trace. */
export function began({ tree }: TraceAnalysis): string {
  const root = tree.roots[0]?.span;
  return root === undefined ? "" : `${root.name || "(no name)"} of ${root.service}`;
}

/** `503 UF: no connection`. */
export function symptom({ status, flags, cause }: Fault): string {
  const said = [status, flags].filter((part) => part !== "").join(" ");
  return [said, cause].filter((part) => part !== "").join(": ") || "it reports a failure without a reason";
}

/** An error, where it came from, and what became of it. */
export function faultLine(fault: Fault): string {
  const { service, callee, node, where, recovered } = fault;
  const operation = node.span.name === "" ? "" : `, ${node.span.name}`;
  const end = recovered === undefined ? "recovered by nobody" : `${ENDS[recovered.how]} ${recovered.by}`;
  return `${callee ?? service}${operation}: ${symptom(fault)}, ${where}; ${end}`;
}

const ENDS = { retry: "recovered by a retry of", handled: "handled by" } as const;

/** What a clock that disagrees is told as. */
export function skewLine({ host, service, by }: Skew): string {
  return `the clock of ${service} at ${host} is ${time(Math.abs(by))} ${by > 0 ? "slow" : "fast"}; its spans are shown moved`;
}

/** The critical path in words, the longest parts named, in the order in which they first come. */
export function pathLine({ parts, calls, duration }: TraceAnalysis, most = 8): string {
  const named = new Map<string, number>();
  const callees = new Map([...calls.unanswered.values()].map(({ parent, child }) => [parent, child]));
  for (const { service, kind, micros } of parts) {
    const name = { app: `${service} app`, network: "network", call: callees.get(service) ?? service, other: "no span" }[
      kind
    ];
    named.set(name, (named.get(name) ?? 0) + micros);
  }
  const shown = [...named]
    .sort((a, b) => b[1] - a[1])
    .slice(0, most)
    .map(([name]) => name);
  const listed = [...named].filter(([name]) => shown.includes(name)).map(([name, micros]) => `${name} ${time(micros)}`);
  const rest = duration - shown.reduce((sum, name) => sum + (named.get(name) ?? 0), 0);
  return [...listed, ...(rest >= 1 ? [`other ${time(rest)}`] : [])].join(" · ");
}
