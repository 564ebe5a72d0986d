/** Whatever trace headers come, the request goes on, and in a valid traceparent. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  cluster,
  Envoy,
  fetchOnce,
  valuesOf,
  type HeaderLine,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { Service } from "./service.ts";
import { sidecar } from "./sidecar.ts";
import { counted, newTrace, parentIn, SPAN, TRACE, TRACEPARENT } from "./traces.ts";

const FORMATS = ["w3c", "b3", "b3-single", "jaeger", "datadog", "xray", "cloud-trace"];

/** Far more than Envoy lets through by itself, so that the filter gets it. */
const LARGE: JsonObject = {
  max_request_headers_kb: 1024,
  common_http_protocol_options: { max_headers_count: 2000 },
};

let service: Service;
let envoy: Envoy;

before(async () => {
  service = await Service.start(({ headers }) => headers);
  envoy = await Envoy.start({
    clusters: [cluster("service", service.port)],
    listeners: sidecar({
      name: "sidecar",
      configuration: { extract: FORMATS, inject: FORMATS, join: { keys: ["x-key"], whenAlone: true } },
      workload: "service",
      calls: "service",
      manager: LARGE,
    }),
  });
});
after(async () => {
  assert.equal(envoy?.ended(), false);
  await envoy?.stop();
  await service?.stop();
});

async function seen(side: string, headers: readonly HeaderLine[]): Promise<HeaderLine[]> {
  const { status, body } = await fetchOnce(envoy.port(`sidecar:${side}`), { headers });
  assert.equal(status, 200, body);
  return JSON.parse(body) as HeaderLine[];
}

/** Asserts on both listeners that a request goes on in a trace of its own, as what came is malformed. */
async function beginsAnew(headers: readonly HeaderLine[], how: string): Promise<void> {
  for (const side of ["inbound", "outbound"]) {
    const rises = await counted(envoy, async () => {
      const { trace } = parentIn(await seen(side, headers));
      assert.notEqual(trace, TRACE, how);
    });
    assert.deepEqual([rises["restarted.invalid"], rises["injected"]], [1, 1], `${side} ${how.slice(0, 200)}`);
  }
}

/** A valid value of each format's first header, all of one context. */
const VALID: Readonly<Record<string, string>> = {
  traceparent: TRACEPARENT[1],
  b3: `${TRACE}-${SPAN}-1`,
  "uber-trace-id": `${TRACE}:${SPAN}:0:1`,
  "x-amzn-trace-id": `Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)};Parent=${SPAN};Sampled=1`,
  "x-cloud-trace-context": `${TRACE}/${BigInt(`0x${SPAN}`)};o=1`,
};

/** X-Ray's trace id is parted. */
const IDS = new RegExp([TRACE, TRACE.slice(0, 8), TRACE.slice(8), SPAN].join("|"), "g");

/** What makes a malformed value of a valid one. */
const SPOILT: Readonly<Record<string, (valid: string) => string>> = {
  empty: () => "",
  "cut off in the middle": (valid) => valid.slice(0, valid.length / 2),
  "more in front": (valid) => `~${valid}`,
  "not UTF-8 in front": (valid) => `\xff\xfe${valid}`,
  "not UTF-8 for a digit": (valid) => valid.replace(/[0-9a-f]{12}/, "\x80\xc0\xaf\xed\xa0\x80\xf5\xff\xe2\x28\xa1\xc3"),
  "not hexadecimal": (valid) => valid.replace(TRACE.slice(8), `${TRACE.slice(8, -1)}g`),
  "all zeroes": (valid) => valid.replace(IDS, (id) => "0".repeat(id.length)),
  "100,000 bytes": (valid) => valid + "0".repeat(100_000),
  "100,000 bytes of another": (valid) => ";".repeat(50_000) + ",".repeat(50_000) + valid,
  twice: (valid) => `${valid},${valid}`,
  "a tab in it": (valid) => `${valid.slice(0, 12)}\t${valid.slice(12)}`,
};

for (const [name, spoil] of Object.entries(SPOILT)) {
  test(`malformed: ${name}`, async () => {
    for (const [header, valid] of Object.entries(VALID))
      await beginsAnew([[header, spoil(valid)]], `${header} ${name}`);
    const b3: HeaderLine[] = [
      ["x-b3-traceid", spoil(TRACE)],
      ["x-b3-spanid", spoil(SPAN)],
    ];
    await beginsAnew(b3, `b3 ${name}`);
    await beginsAnew(
      [...Object.entries(VALID).map(([header, valid]): HeaderLine => [header, spoil(valid)]), ...b3],
      name,
    );
  });
}

test("malformed: Datadog's numbers", async () => {
  const valid: readonly HeaderLine[] = [
    ["x-datadog-trace-id", "7"],
    ["x-datadog-parent-id", "7"],
  ];
  // 2^64 is the first number that is too large.
  for (const wrong of [
    "",
    "-1",
    "1.5",
    "0x1",
    "1g",
    "1:",
    "\xff",
    "1,1",
    "18446744073709551616",
    "1".repeat(100_000),
  ]) {
    for (const spoilt of valid.keys()) {
      const headers = valid.map(([name, value], index): HeaderLine => [name, index === spoilt ? wrong : value]);
      await beginsAnew(headers, `${spoilt} ${wrong}`);
    }
  }
});

test("hundreds of one header, valid each by itself", async () => {
  for (const [header, valid] of Object.entries(VALID)) {
    await beginsAnew(
      Array.from({ length: 500 }, (): HeaderLine => [header, valid]),
      header,
    );
  }
});

test("a single value that is malformed beside another format that is not: the trace goes on", async () => {
  for (const header of Object.keys(VALID)) {
    const headers = Object.entries(VALID).map(([name, valid]): HeaderLine => [name, name === header ? "\xff" : valid]);
    const rises = await counted(envoy, async () => assert.equal(parentIn(await seen("inbound", headers)).trace, TRACE));
    assert.deepEqual(rises, { extracted: 1, injected: 1 });
  }
});

test("tracestate and baggage that are huge, repeated, empty or no text: they go, or a part of them; the trace stays", async () => {
  const lists: Readonly<Record<string, HeaderLine[]>> = {
    tracestate: [
      ["tracestate", "\xff\xfe=1"],
      ["baggage", "\xff\xfe=1"],
    ],
    huge: [
      ["tracestate", `a=${"1".repeat(200_000)}`],
      ["baggage", `a=${"1".repeat(200_000)}`],
    ],
    "a little too long": [
      ["tracestate", ["a", "b", "c", "d"].map((key) => `${key}=${"1".repeat(126)}`).join(",")],
      ["baggage", ["a", "b"].map((key) => `${key}=${"1".repeat(4094)}`).join(",")],
    ],
    "many members": [
      ["tracestate", Array.from({ length: 20_000 }, (_, index) => `a${index}=1`).join(",")],
      ["baggage", Array.from({ length: 20_000 }, (_, index) => `a${index}=1`).join(",")],
    ],
    "many lines": Array.from({ length: 800 }, (_, index): HeaderLine[] => [
      ["tracestate", `a${index}=1`],
      ["baggage", `a${index}=1`],
    ]).flat(),
    commas: [
      ["tracestate", ",".repeat(100_000)],
      ["baggage", ",".repeat(100_000)],
    ],
    empty: Array.from({ length: 400 }, (): HeaderLine[] => [
      ["tracestate", ""],
      ["baggage", ""],
    ]).flat(),
  };
  for (const [how, headers] of Object.entries(lists)) {
    for (const side of ["inbound", "outbound"]) {
      const got = await seen(side, [TRACEPARENT, ...headers]);
      assert.equal(parentIn(got).trace, TRACE);
      const [tracestate = [], baggage = []] = [valuesOf(got, "tracestate"), valuesOf(got, "baggage")];
      // W3C Trace Context §3.3.1.5 and W3C Baggage "Limits": 512 and 8192 bytes.
      assert.ok(tracestate.length <= 1 && (tracestate[0] ?? "").length <= 512, how);
      assert.ok(baggage.length <= 1 && (baggage[0] ?? "").length <= 8192, how);
    }
  }
});

test("keys of joins that are huge, or hundreds: no key, and nothing is joined by them", async () => {
  for (const keys of [["k".repeat(200_000)], Array.from({ length: 900 }, (_, index) => `${index}`)]) {
    const headers = keys.map((key): HeaderLine => ["x-key", key]);
    await seen("inbound", [["traceparent", `00-${newTrace()}-${SPAN}-01`], ...headers]);
    const rises = await counted(envoy, async () => void parentIn(await seen("outbound", headers)));
    assert.deepEqual(rises, { "restarted.absent": 1, join_missed: 1, injected: 1 });
  }
});
