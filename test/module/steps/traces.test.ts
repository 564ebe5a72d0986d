/** What trace-propagation does for a request after it was held until a large configuration was read: all that it does for others. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { HeadersOutcome, Root, Stream } from "../../../emulator/index.ts";
import { decodeTraces, type ReceivedSpan } from "../../../filters/trace-propagation/test/module/otlp.ts";
import {
  OTHER_SPAN,
  OTHER_TRACE,
  SPAN,
  TRACE,
  traceparent,
} from "../../../filters/trace-propagation/test/module/scenario.ts";
import { tick } from "../../support/module/steps.ts";
import { GET, Process, sampling } from "./process.ts";

const COLLECTOR = "outbound|4318||otel.observability.svc.cluster.local";
const JAEGER = "outbound|5778||jaeger.observability.svc.cluster.local";
const [INBOUND, OUTBOUND] = [1n, 2n];

/** By module: where a filter's configuration stands. */
const MODULES: Readonly<Record<string, (traces: object) => object>> = {
  "trace-propagation": (traces) => traces,
  signalbox: (traces) => ({ tracePropagation: traces }),
};

/** A request of which the headers have come. */
class Begun {
  readonly stream: Stream;
  private readonly outcome: HeadersOutcome;

  constructor(root: Root, direction: bigint, headers: Record<string, string> = {}) {
    const properties = { xds: { listener_direction: direction }, response: { code: 200n, flags: 0n } };
    this.stream = root.stream({ requestHeaders: { ...GET, ...headers }, properties });
    this.outcome = this.stream.requestHeaders();
  }

  /** As it is now, and goes on. */
  get traceparent(): string | undefined {
    return this.outcome.headers.find(([name]) => name === "traceparent")?.[1];
  }

  get trace(): string | undefined {
    return this.traceparent?.slice(3, 35);
  }

  get isHeld(): boolean {
    return this.stream.requestPaused;
  }
}

/** The spans that the root is sending. */
function spansOf(root: Root): ReceivedSpan[] {
  const bodies = [...root.httpCalls.values()].filter(({ cluster }) => cluster === COLLECTOR).map(({ body }) => body);
  return bodies.flatMap((body) => decodeTraces(Buffer.from(body, "latin1")).spans);
}

for (const [module, inSection] of Object.entries(MODULES)) {
  test(`${module}: a request that was held goes on in its trace, its call is joined to it, and it has its span`, () => {
    const process = new Process(module, { clusters: [COLLECTOR] });
    const configuration = inSection({
      ...sampling(100),
      participate: true,
      join: { whenAlone: true },
      reporting: { opentelemetry: { service: "otel.observability.svc.cluster.local" } },
    });
    const vm = process.vm();
    const root = process.pushed(vm, configuration);
    process.makeLooksTake(300);
    const [came, hungUp] = [traceparent(TRACE, SPAN), traceparent(OTHER_TRACE, OTHER_SPAN)].map(
      (traceparent) => new Begun(root, INBOUND, { traceparent }),
    ) as [Begun, Begun];
    assert.deepEqual([came.isHeld, came.traceparent], [true, traceparent(TRACE, SPAN)]);
    hungUp.stream.hangUp();
    while (came.isHeld) tick(root);
    assert.equal(came.trace, TRACE);
    const span = came.traceparent?.slice(36, 52);
    assert.notEqual(span, SPAN);
    // The one whose client has hung up does not count as in flight.
    const call = new Begun(root, OUTBOUND);
    assert.deepEqual([call.isHeld, call.trace], [false, TRACE]);
    call.stream.end();
    came.stream.end();
    hungUp.stream.delete();
    assert.notEqual(new Begun(root, OUTBOUND).trace, TRACE);
    while (root.httpCalls.size === 0) tick(root);
    const spans = spansOf(root);
    assert.deepEqual(
      spans.map(({ traceId, parentSpanId }) => [traceId, parentSpanId]),
      [
        [TRACE, span],
        [TRACE, SPAN],
      ],
    );
    assert.equal(vm.failed, undefined);
  });

  test(`${module}: Jaeger is asked once the configuration is read, and a root that goes before that asks nobody`, () => {
    const process = new Process(module, { clusters: [JAEGER] });
    const { rules } = (sampling(0) as { sampling: { rules: object[] } }).sampling;
    const service = "jaeger.observability.svc.cluster.local";
    const configuration = inSection({
      sampling: { jaegerRemote: { service, initialSamplingRate: 1 }, rules: rules.slice(0, -1) },
    });
    const vm = process.vm();
    const [gone, root] = ["gone", "stays"].map((rootId) => process.pushed(vm, configuration, { rootId })) as [
      Root,
      Root,
    ];
    process.makeLooksTake(300);
    const held = [gone, root].map((one) => new Begun(one, INBOUND));
    gone.tick();
    assert.deepEqual(
      held.map(({ isHeld }) => isHeld),
      [true, true],
    );
    held[0]!.stream.end();
    gone.delete();
    while (held[1]!.isHeld) tick(root);
    assert.equal(held[1]!.traceparent?.slice(-2), "03");
    while (root.httpCalls.size === 0) tick(root);
    assert.deepEqual(
      [...root.httpCalls.values()].map(({ cluster }) => cluster),
      [JAEGER],
    );
    assert.deepEqual([gone.httpCalls.size, vm.failed], [0, undefined]);
  });
}

for (const [module, inSection] of Object.entries(MODULES)) {
  test(`${module}: a root that goes before it is read leaves no timer on`, () => {
    const process = new Process(module);
    const root = process.pushed(process.vm(), inSection(sampling(100)));
    const begun = new Begun(root, INBOUND!);
    assert.deepEqual([begun.isHeld, root.tickPeriod], [true, 1]);
    begun.stream.end();
    root.delete();
    assert.deepEqual([root.deleted, root.tickPeriod], [true, 0]);
  });
}
