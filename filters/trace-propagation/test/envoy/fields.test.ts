/** `extract`, `inject`, `foreign` and `participate`, on an inbound and an outbound listener, over HTTP/1.1 and HTTP/2. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  FeatureListeners,
  valuesOf,
  type Feature,
  type HeaderLine,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { counted, INBOUND, OUTBOUND, parentIn, PROTOCOLS, seenOf, SPAN, TRACE, TRACEPARENT } from "./traces.ts";

const ALL = ["w3c", "b3", "b3-single", "jaeger", "datadog", "xray", "cloud-trace"];
const OTHERS = ALL.filter((name) => name !== "w3c");

const CONFIGURATIONS: Readonly<Record<string, JsonObject>> = {
  default: {},
  extract: { extract: ALL },
  "b3-first": { extract: ["b3", "w3c"] },
  inject: { inject: ALL },
  "remove-foreign": { extract: ALL, inject: ["jaeger"], foreign: "remove" },
  "keep-foreign": { extract: ALL, inject: ["jaeger"], foreign: "keep" },
  participates: { participate: true },
  passes: { participate: false },
};
const DIRECTIONS = { INBOUND, OUTBOUND };

/** B3 Propagation's own ids (its README, "Single Header"). */
const B3_TRACE = "80f198ee56343ba864fe8b2a57d3eff7";
const B3_SPAN = "e457b5a2e4d86bd1";
const B3: readonly HeaderLine[] = [
  ["X-B3-TraceId", B3_TRACE],
  ["X-B3-ParentSpanId", "05e3ac9a4f6e3b90"],
  ["X-B3-SpanId", B3_SPAN],
  ["X-B3-Sampled", "1"],
];
/** The same context in each format: Datadog's and Google's ids in decimal, X-Ray's with a dash behind the first 8 digits. */
const DATADOG: readonly HeaderLine[] = [
  ["x-datadog-trace-id", `${BigInt("0x64fe8b2a57d3eff7")}`],
  ["x-datadog-parent-id", `${BigInt("0xe457b5a2e4d86bd1")}`],
  ["x-datadog-sampling-priority", "1"],
  ["x-datadog-tags", "_dd.p.tid=80f198ee56343ba8"],
];
const SINGLE: Readonly<Record<string, HeaderLine>> = {
  "b3-single": ["b3", `${B3_TRACE}-${B3_SPAN}-1`],
  jaeger: ["uber-trace-id", `${B3_TRACE}:${B3_SPAN}:0:1`],
  xray: ["x-amzn-trace-id", `Root=1-80f198ee-56343ba864fe8b2a57d3eff7;Parent=${B3_SPAN};Sampled=1`],
  "cloud-trace": ["x-cloud-trace-context", `${B3_TRACE}/${BigInt("0xe457b5a2e4d86bd1")};o=1`],
};
const CONTEXT = `00-${B3_TRACE}-${B3_SPAN}-01`;
const FORMATS: Readonly<Record<string, readonly HeaderLine[]>> = {
  w3c: [["traceparent", CONTEXT]],
  b3: B3,
  datadog: DATADOG,
  ...Object.fromEntries(Object.entries(SINGLE).map(([name, line]) => [name, [line]])),
};

let listeners: FeatureListeners;

before(async () => {
  const features = Object.entries(CONFIGURATIONS).flatMap(([name, configuration]) =>
    Object.entries(DIRECTIONS).map(([direction, listener]): [string, Feature] => [
      `${name}:${direction}`,
      { configuration, listener },
    ]),
  );
  listeners = await FeatureListeners.start("trace-propagation", Object.fromEntries(features));
});
after(async () => await listeners?.stop());

/** What the upstream gets of a request, on each listener, with each protocol. */
async function expect(
  name: string,
  headers: readonly HeaderLine[],
  verify: (seen: HeaderLine[], how: string) => void,
): Promise<void> {
  for (const direction of Object.keys(DIRECTIONS)) {
    for (const protocol of PROTOCOLS) {
      const seen = await seenOf(listeners.envoy.port(`${name}:${direction}`), headers, protocol);
      verify(seen, `${name} ${direction} ${protocol} ${JSON.stringify(seen)}`);
    }
  }
}

/** Asserts that the trace goes on as `00-<trace>-<span>-<flags>`. */
async function goesOnAs(expected: string, name: string, headers: readonly HeaderLine[]): Promise<void> {
  await expect(name, headers, (seen, how) => assert.deepEqual(valuesOf(seen, "traceparent"), [expected], how));
}

/** Asserts that a new trace begins, counted for that reason. */
async function beginsAnew(name: string, headers: readonly HeaderLine[], reason: "absent" | "invalid"): Promise<void> {
  const traces = new Set<string>();
  const rises = await counted(listeners.envoy, async () => {
    await expect(name, headers, (seen) => traces.add(parentIn(seen).trace));
  });
  assert.equal(traces.size, 4);
  assert.ok(!traces.has(TRACE) && !traces.has(B3_TRACE));
  assert.deepEqual(rises, { [`restarted.${reason}`]: 4, injected: 4 });
}

/** Asserts that traceparent's context goes on in that format, whatever else came. The span's parent is not told (OpenTelemetry, "B3 Inject"). */
async function isInjected(format: string, others: readonly HeaderLine[] = []): Promise<void> {
  await expect("inject", [["traceparent", CONTEXT], ...others], (seen, how) => {
    for (const [name, value] of FORMATS[format]!) {
      const expected = name === "X-B3-ParentSpanId" ? [] : [value];
      assert.deepEqual(valuesOf(seen, name.toLowerCase()), expected, how);
    }
  });
}

for (const [format, headers] of Object.entries(FORMATS)) {
  test(`extract: ${format}`, async () => {
    const rises = await counted(listeners.envoy, () => goesOnAs(CONTEXT, "extract", headers));
    assert.deepEqual(rises, { extracted: 4, ...(format !== "w3c" && { injected: 4 }) });
  });

  test(`extract: ${format}, its names in other cases`, async () => {
    for (const change of [(name: string) => name.toUpperCase(), (name: string) => name.toLowerCase()]) {
      await goesOnAs(
        CONTEXT,
        "extract",
        headers.map(([name, value]) => [change(name), value]),
      );
    }
  });

  test(`extract: ${format}, its first header twice, is malformed`, async () => {
    const [[name, value]] = headers as [HeaderLine];
    await beginsAnew("extract", [...headers, [name, value]], "invalid");
  });

  test(`inject: ${format}`, async () => {
    await isInjected(format);
  });
}

for (const format of OTHERS) {
  test(`inject: ${format}, in place of what was there, repeated and in another case`, async () => {
    const wrong = FORMATS[format]!.flatMap(([name]): HeaderLine[] => [
      [name.toUpperCase(), "wrong"],
      [name, "wrong again"],
    ]);
    await isInjected(format, wrong);
  });
}

test("extract: w3c where nothing is said; other formats are then nothing", async () => {
  await goesOnAs(CONTEXT, "default", FORMATS["w3c"]!);
  for (const format of OTHERS) await beginsAnew("default", FORMATS[format]!, "absent");
});

test("extract: the first of its order that is there counts, and another trace beside is a conflict", async () => {
  const rises = await counted(listeners.envoy, async () => {
    await goesOnAs(`00-${TRACE}-${SPAN}-01`, "extract", [...B3, TRACEPARENT]);
    await goesOnAs(CONTEXT, "b3-first", [TRACEPARENT, ...B3]);
    await goesOnAs(CONTEXT, "extract", Object.values(FORMATS).flat());
  });
  assert.deepEqual(rises, { extracted: 12, conflicts: 8, injected: 4 });
});

test("tracestate: lines are joined in their order", async () => {
  const lines: HeaderLine[] = [
    ["tracestate", "congo=1"],
    ["TraceState", "rojo=2"],
  ];
  await expect("default", [TRACEPARENT, ...lines], (seen, how) =>
    assert.deepEqual(valuesOf(seen, "tracestate"), ["congo=1,rojo=2"], how),
  );
});

test("foreign: headers of formats that are read and not written go, or stay", async () => {
  const sent = Object.values(FORMATS).flat();
  const names = (lines: readonly HeaderLine[]): string[] => lines.map(([name]) => name.toLowerCase()).sort();
  const traced = (seen: readonly HeaderLine[]): string[] => {
    const known = names(sent);
    return names(seen).filter((name) => known.includes(name));
  };
  await expect("remove-foreign", sent, (seen, how) => assert.deepEqual(traced(seen), ["uber-trace-id"], how));
  await expect("keep-foreign", sent, (seen, how) => assert.deepEqual(traced(seen), names(sent), how));
});

test("participate: each hop is a span of its own, named at the front of tracestate", async () => {
  const spans = new Set<string>([SPAN]);
  await expect("participates", [TRACEPARENT, ["tracestate", "congo=1"]], (seen, how) => {
    const { trace, span, flags } = parentIn(seen);
    assert.deepEqual([trace, flags], [TRACE, "01"], how);
    assert.deepEqual(valuesOf(seen, "tracestate"), [`signalbox=${span},congo=1`], how);
    spans.add(span);
  });
  assert.equal(spans.size, 5);
});

test("participate: false, which is the default, has a valid context go on as it came", async () => {
  for (const name of ["passes", "default"]) {
    await expect(name, [TRACEPARENT, ["tracestate", "congo=1"]], (seen, how) => {
      assert.deepEqual(valuesOf(seen, "traceparent"), [TRACEPARENT[1]], how);
      assert.deepEqual(valuesOf(seen, "tracestate"), ["congo=1"], how);
    });
  }
});
