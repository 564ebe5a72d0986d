import type { Random } from "../../../../test/oracle/random.ts";
import type { Made } from "./witness.ts";
import { upperCase } from "../../../../test/oracle/upper-case.ts";

/** Few, so that requests of different traces have the same. */
const KEYS = ["a", "b", "c", "d"];

/** Values of headers in each of the formats, for a trace, a span and whether it is recorded. */
const FORMATS: readonly ((trace: string, span: string, sampled: boolean) => Record<string, string>)[] = [
  (trace, span, sampled) => ({ traceparent: `00-${trace}-${span}-0${sampled ? 1 : 0}` }),
  (trace, span) => ({ traceparent: `01-${trace}-${span}-03-what-is-yet-to-come`, tracestate: "congo=1,rojo=2" }),
  (trace, span, sampled) => ({ "x-b3-traceid": trace, "x-b3-spanid": span, "x-b3-sampled": sampled ? "1" : "0" }),
  (trace, span) => ({ "x-b3-traceid": trace.slice(16), "x-b3-spanid": span, "x-b3-flags": "1" }),
  (trace, span, sampled) => ({ b3: `${trace}-${span}-${sampled ? "d" : "0"}-${span}` }),
  () => ({ b3: "0" }),
  (trace, span, sampled) => ({ "uber-trace-id": `${trace}:${span}:0:${sampled ? 1 : 0}` }),
  (trace, span) => ({
    "x-datadog-trace-id": BigInt(`0x${trace.slice(16)}`).toString(),
    "x-datadog-parent-id": BigInt(`0x${span}`).toString(),
    "x-datadog-sampling-priority": "1",
    "x-datadog-tags": `_dd.p.dm=-1,_dd.p.tid=${trace.slice(0, 16)}`,
  }),
  (trace, span) => ({ "x-amzn-trace-id": `Root=1-${trace.slice(0, 8)}-${trace.slice(8)};Parent=${span};Sampled=1` }),
  (trace) => ({ "x-cloud-trace-context": `${trace}/1;o=1` }),
];

/** Requests of a few traces at a time, each with none, one or some of the formats, whole or tampered with. */
export class AnyRequest {
  private readonly traces: string[] = [];

  constructor(private readonly random: Random) {}

  /** One that carries the context of a trace, if any. */
  make(hasContext: boolean): Made {
    const { random } = this;
    const headers: Record<string, string | string[]> = {};
    if (random.percent(80)) headers["x-request-id"] = random.pick(KEYS);
    if (random.percent(20)) headers["x-correlation-id"] = random.percent(90) ? random.pick(KEYS) : ["a", "b"];
    if (random.percent(3)) headers["x-request-id"] = random.pick(["", "k".repeat(256), "k".repeat(257)]);
    if (!hasContext) return { headers, own: [] };
    const trace = this.trace();
    for (const format of random.some(FORMATS, random.pick([1, 1, 2, 9]))) {
      Object.assign(headers, format(random.percent(10) ? this.hex(32) : trace, this.hex(16), random.percent(50)));
    }
    if (random.percent(30))
      headers["tracestate"] = random.pick(["a=1", "ot=th:8;rv:12345678901234", "A=", ",", "x".repeat(600)]);
    if (random.percent(10)) headers["baggage"] = random.pick(["a=1", "a", "a=%zz", "b=".padEnd(9000, "x")]);
    for (const name of Object.keys(headers)) if (random.percent(8)) headers[name] = this.tampered(headers[name] ?? "");
    return { headers, own: idsIn(headers) };
  }

  private trace(): string {
    if (this.traces.length > 0 && this.random.percent(30)) return this.random.pick(this.traces);
    if (this.traces.length > 5) this.traces.shift();
    const trace = this.hex(32);
    this.traces.push(trace);
    return trace;
  }

  private hex(digits: number): string {
    return Buffer.from(this.random.bytes(digits / 2)).toString("hex");
  }

  private tampered(value: string | string[]): string | string[] {
    const { random } = this;
    const text = [value].flat().join(",");
    const at = random.int(text.length + 1);
    const to = at + random.int(8);
    const bytes = Buffer.from(random.bytes(random.int(4))).toString("latin1");
    const put = random.pick(["", "0", "-", ":", ";", "f", upperCase(text.slice(at, to)), text, bytes]);
    const changed = text.slice(0, at) + put + text.slice(to);
    return random.percent(20) ? [changed, text] : changed;
  }
}

/** Whatever of the values may be the lower half of a trace's id: 16 digits in a row, fewer that stand alone, decimal numbers. */
function idsIn(headers: Record<string, string | readonly string[]>): string[] {
  const ids = new Set<string>();
  for (const [digits] of Object.values(headers)
    .flat()
    .join("\n")
    .matchAll(/[0-9a-f]+/gi)) {
    const run = digits.toLowerCase();
    for (let at = 0; at === 0 || at + 16 <= run.length; at++) ids.add(run.slice(at, at + 16).padStart(16, "0"));
    for (let length = 1; length < Math.min(16, run.length); length++) ids.add(run.slice(0, length).padStart(16, "0"));
    if (/^\d+$/.test(run)) ids.add(BigInt.asUintN(64, BigInt(run)).toString(16).padStart(16, "0"));
  }
  return [...ids];
}
