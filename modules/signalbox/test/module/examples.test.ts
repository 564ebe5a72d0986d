/** The examples of the README, as `test/support/module/examples.ts` says. */
import type { Emulator, PropertyValue, Root, Stream } from "../../../../emulator/index.ts";
import { streamOf, type ExampleRequest } from "../../../../test/support/module/example-request.ts";
import { counted, testExamples } from "../../../../test/support/module/examples.ts";
import { SECTIONS } from "../../../../test/support/module/sections.ts";

interface Decision {
  direction: keyof typeof DIRECTIONS;
  request: ExampleRequest;
  /** How many such requests come, one after the other, if not one; `sends` is then of each. */
  of?: number;
  /** How many of these are held. */
  slow?: string;
  /** The status of the module's own answer. */
  answers?: number;
  /** Headers of the request that goes on. */
  sends?: Record<string, string>;
  /** The trace id in its `traceparent`. */
  trace?: string;
  /** The sections that counted it. */
  asked?: string[];
}

/** The numbers of envoy.config.core.v3.TrafficDirection. */
const DIRECTIONS = { inbound: 1n, outbound: 2n } as const;

function decide(root: Root, emulator: Emulator, decision: Decision): Decision {
  const { direction, request, of = 1, slow, sends = {} } = decision;
  const before = new Map(emulator.metrics.counters);
  const streams = Array.from({ length: of }, () => sent(root, emulator, direction, request));
  const [first] = streams;
  const headers = new Map(first?.headers);
  const filters = counted(emulator, before).map((name) => name.split(".")[0]?.replaceAll("_", "-"));
  const asked = SECTIONS.filter(({ filter }) => filters.includes(filter)).map(({ name }) => name);
  return {
    direction,
    request,
    ...(decision.of !== undefined && { of }),
    ...(slow !== undefined && { slow: about(streams.filter(({ held }) => held).length, of, slow) }),
    ...(first?.status !== undefined && { answers: first.status }),
    ...(decision.sends !== undefined && { sends: inAll(streams, sends) }),
    ...(decision.trace !== undefined && { trace: headers.get("traceparent")?.split("-")[1] ?? "absent" }),
    ...(decision.asked !== undefined && { asked }),
  };
}

interface Sent {
  held: boolean;
  status: number | undefined;
  headers: readonly (readonly [string, string])[];
}

/** Sends one request, and lets time pass while it is held. */
function sent(root: Root, emulator: Emulator, direction: Decision["direction"], request: ExampleRequest): Sent {
  const options = streamOf(request, "reviews");
  const properties: Record<string, PropertyValue> = {
    ...options.properties,
    xds: { listener_direction: DIRECTIONS[direction] },
  };
  const stream: Stream = root.stream({ ...options, properties });
  const { headers } = stream.requestHeaders();
  const held = stream.requestPaused && stream.localReply === undefined;
  while (stream.requestPaused && stream.localReply === undefined) {
    emulator.clock.advance(root.tickPeriod);
    root.tick();
  }
  const status = stream.localReply?.status;
  if (status === undefined) stream.responseHeaders({ ":status": "200" });
  stream.end();
  return { held, status, headers };
}

/** The headers that are named, if all requests went on with them; else those of the first that did not. */
function inAll(streams: readonly Sent[], named: Record<string, string>): Record<string, string> {
  const own = streams.map(({ headers }) => {
    const all = new Map(headers);
    return Object.fromEntries(Object.keys(named).map((name) => [name, all.get(name) ?? "absent"]));
  });
  return own.find((one) => JSON.stringify(one) !== JSON.stringify(named)) ?? named;
}

/** `about 10 %`, if so many are within four standard deviations of that. */
function about(count: number, of: number, said: string): string {
  const share = Number(/^about (\d+) %$/.exec(said)?.[1]) / 100;
  const allowed = 4 * Math.sqrt(of * share * (1 - share));
  return Math.abs(count - of * share) <= allowed ? said : `${count} of ${of}`;
}

testExamples<Decision>({
  filter: "signalbox",
  metadata: { NAMESPACE: "default", SERVICE_ACCOUNT: "bookinfo-productpage", LABELS: { app: "productpage" } },
  decide,
  manifest: { example: "productpage", shownIn: "modules/signalbox/README.md" },
});
