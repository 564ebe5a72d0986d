/** What the filter says of how it stands to Envoy's own tracer: one line for each configuration, as soon as a request shows it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Emulator, Root } from "../../../../emulator/index.ts";
import { TRACE_PROPAGATION } from "./compiled.ts";
import { OTHER_SPAN, SPAN, TRACE, requestHeaders, traceparent } from "./scenario.ts";

const UNTRACED = "info no Envoy tracer writes trace headers after trace-propagation: its headers are sent as they are";
const TRACED =
  "warn Envoy's tracer overwrites the trace headers of trace-propagation on this listener; Envoy's span may be in another trace (README.md: Beside Envoy's tracer)";
const UPSTREAM =
  "info trace-propagation runs as an upstream filter: it changes the headers that Envoy's tracer sends, but not Envoy's own span";

/** How a request goes on behind the filter. */
interface Behind {
  /** Whether the router reaches an upstream; whether the filter is one of the upstream's. */
  reaches?: boolean;
  isUpstream?: boolean;
  /** Headers that a tracer writes then. */
  writes?: Record<string, string>;
}

/** A request whose headers come; what is given ends it. */
function begin(
  root: Root,
  headers: Record<string, string>,
  { reaches = true, isUpstream = false, writes = {} }: Behind,
): () => void {
  let sentOn = isUpstream;
  const properties = (path: readonly string[]): string | undefined =>
    sentOn && reaches && path.join(".") === "upstream.address" ? "10.0.0.1:9080" : undefined;
  const stream = root.stream({ requestHeaders: requestHeaders(headers), properties });
  stream.requestHeaders();
  return () => {
    sentOn = true;
    for (const [name, value] of Object.entries(writes)) stream.writeBehind(name, value);
    stream.end();
  };
}

function lines({ logs }: Emulator): string[] {
  return logs.splice(0).map(({ level, message }) => `${level} ${message}`);
}

/** What is logged for requests, each of which ends before the next one comes. */
function told(configuration: object, headers: Record<string, string>, behind: Behind, requests = 3): string[] {
  const { emulator, vm } = TRACE_PROPAGATION.load();
  const root = TRACE_PROPAGATION.configured(vm, configuration);
  for (let request = 0; request < requests; request++) begin(root, headers, behind)();
  return lines(emulator);
}

const VALID = { traceparent: traceparent() };
const OTHERS = traceparent(TRACE, OTHER_SPAN);

test("no tracer: told once, whatever the filter did to the request", () => {
  for (const configuration of [
    {},
    { participate: true },
    { inject: ["w3c", "b3", "b3-single"] },
    { inject: ["jaeger"] },
  ]) {
    for (const headers of [VALID, {}, { traceparent: "broken", b3: "0" }] as Record<string, string>[]) {
      assert.deepEqual(told(configuration, headers, {}), [UNTRACED], JSON.stringify([configuration, headers]));
    }
  }
});

test("a tracer that writes a format of the filter's, or another: a warning, once", () => {
  assert.deepEqual(told({}, VALID, { writes: { traceparent: OTHERS } }), [TRACED]);
  assert.deepEqual(told({}, {}, { writes: { traceparent: OTHERS } }), [TRACED]);
  const b3 = { "x-b3-traceid": TRACE, "x-b3-spanid": OTHER_SPAN, "x-b3-sampled": "1" };
  assert.deepEqual(told({}, VALID, { writes: b3 }), [TRACED]);
  assert.deepEqual(told({ inject: ["b3"] }, VALID, { writes: { b3: `${TRACE}-${OTHER_SPAN}-1` } }), [TRACED]);
  assert.deepEqual(told({ inject: ["b3-single"] }, VALID, { writes: { b3: `${TRACE}-${OTHER_SPAN}-1` } }), [TRACED]);
});

test("a tracer that says the same is none that changes anything", () => {
  assert.deepEqual(told({}, VALID, { writes: { traceparent: traceparent(TRACE, SPAN) } }), [UNTRACED]);
});

test("an upstream filter sees the upstream's address at once, and says so once", () => {
  assert.deepEqual(told({}, VALID, { isUpstream: true, writes: { traceparent: OTHERS } }), [UPSTREAM]);
});

test("requests that reach no upstream show nothing; the first one that does is looked at", () => {
  const { emulator, vm } = TRACE_PROPAGATION.load();
  const root = TRACE_PROPAGATION.configured(vm, {});
  for (let request = 0; request < 3; request++) begin(root, VALID, { reaches: false })();
  assert.deepEqual(lines(emulator), []);
  begin(root, VALID, {})();
  assert.deepEqual(lines(emulator), [UNTRACED]);
});

test("one request at a time is watched, and those beside it show nothing", () => {
  const { emulator, vm } = TRACE_PROPAGATION.load();
  const root = TRACE_PROPAGATION.configured(vm, {});
  const first = begin(root, VALID, {});
  const second = begin(root, VALID, { writes: { traceparent: OTHERS } });
  second();
  assert.deepEqual(lines(emulator), []);
  first();
  assert.deepEqual(lines(emulator), [UNTRACED]);
});

test("each configuration says it for itself: a push again, and each plugin of the VM", () => {
  const { emulator, vm } = TRACE_PROPAGATION.load();
  const roots = [1, 2].map(() => TRACE_PROPAGATION.configured(vm, {}));
  for (const root of roots) {
    for (let request = 0; request < 2; request++) begin(root, VALID, {})();
    assert.deepEqual(lines(emulator), [UNTRACED]);
  }
  const pending = begin(TRACE_PROPAGATION.configured(vm, {}), VALID, { writes: { traceparent: OTHERS } });
  const pushed = TRACE_PROPAGATION.configured(vm, {});
  for (const root of roots) root.delete();
  begin(pushed, VALID, {})();
  assert.deepEqual(lines(emulator), [UNTRACED]);
  pending();
  assert.deepEqual(lines(emulator), [TRACED]);
  assert.equal(vm.failed, undefined);
});
