/** No configuration and no request may trap. `SEED=` replays a run, `FUZZ=` sets how many rounds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { PropertyValue } from "../../../../emulator/index.ts";
import { anyConfiguration } from "../../../../test/support/module/mutate.ts";
import { Random, seedOfRun } from "../../../../test/oracle/random.ts";
import { FAULT_INJECTION } from "./compiled.ts";
import { isHeld, runUntilResumed } from "./held.ts";

const SEED = seedOfRun();
const ROUNDS = Number(process.env.FUZZ ?? 5000);
const NODE = { id: "sidecar~1", metadata: { NAMESPACE: "default", SERVICE_ACCOUNT: "x", LABELS: { app: "ratings" } } };
const SOME = { percentage: { value: 50 } };

/** Whatever the filter can be configured with, once. */
const EVERYTHING = {
  direction: "INBOUND",
  trustDomain: "td",
  repeatedHeaders: "JOINED",
  window: { from: "2020-01-01T00:00:00Z", until: "2262-01-01T00:00:00.5+01:00" },
  exempt: [{ headers: { "user-agent": { prefix: "kube-probe/" } } }, { uri: { regex: "/(a|b)+c{2,3}$" }, port: 80 }],
  maxActiveFaults: 100,
  budget: { maxPercent: 99.5 },
  headerControl: { principals: ["td/ns/chaos/*", "*/sa/x"], maxDelay: "10s" },
  virtualServices: [
    {
      name: "a",
      namespace: "b",
      hosts: ["ratings", "*.example.com", "*"],
      http: [
        {
          name: "r",
          match: [
            {
              uri: { prefix: "/a" },
              method: { exact: "GET" },
              headers: { a: { prefix: "b" }, "@request.auth.claims[a][b]": { exact: "c" } },
              withoutHeaders: { c: { regex: "*" } },
              queryParams: { q: { exact: "1" } },
              cookies: { s: { prefix: "t" } },
              principals: ["*", "a*", "*b"],
              sourceLabels: { app: "ratings" },
            },
            { uri: { exact: "/x" }, ignoreUriCase: true },
          ],
          fault: {
            delay: { ...SOME, distribution: { uniform: { min: "1ms", max: "2s" } } },
            abort: { ...SOME, httpStatus: 503, body: "no\u0000", headers: { "X-A": "1", b: "" }, on: "response" },
            window: { from: "2020-02-29T23:59:60Z" },
            consistentBy: { header: "x-user" },
          },
          route: [{ destination: { host: "h" } }],
        },
        {
          match: [{ uri: { prefix: "/n" } }],
          fault: {
            delay: { percent: 50, distribution: { normal: { mean: "10ms", standardDeviation: "1s", max: "2s" } } },
            consistentBy: { cookie: "s" },
          },
        },
        {
          match: [{ uri: { prefix: "/e" } }],
          fault: {
            delay: { ...SOME, distribution: { exponential: { mean: "1ms", max: "1193h2m47.295s" } } },
            consistentBy: "principal",
          },
        },
        {
          match: [{ uri: { prefix: "/p" } }],
          fault: {
            delay: { ...SOME, distribution: { pareto: { scale: "1ms", shape: 0.01, max: "1193h2m47.295s" } } },
            abort: { ...SOME, grpcStatus: "UNAVAILABLE" },
            consistentBy: "traceId",
          },
        },
        { fault: { delay: { ...SOME, fixedDelay: "1h30m" } } },
      ],
    },
  ],
};

const NAMES = [
  ...[
    ":authority",
    ":path",
    ":method",
    ":scheme",
    "a",
    "c",
    "cookie",
    "x-user",
    "user-agent",
    "content-type",
    "",
    "host",
  ],
  ...["traceparent", "b3", "x-b3-traceid", "x-envoy-fault-delay-request", "x-envoy-fault-delay-request-percentage"],
  ...["x-envoy-fault-abort-request", "x-envoy-fault-abort-grpc-request", "x-envoy-fault-abort-request-percentage"],
  "x-envoy-fault-throughput-response",
];
const VALUES = [
  ...["/a?q=1", "/n", "/e", "/p", "/x", "ratings:80", "s=t; s", "GET", '"', "a.example.com", "?", ";;=;", "[::1]:80"],
  ...["0", "100", "99999999999", "4294967295", "4294967296", "-1", "503", "14", "kube-probe/1", "application/grpc"],
  ...["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "0af7651916cd43dd-b7ad6b7169203331", "d-1", "bb"],
];

function properties(random: Random): { readonly [name: string]: PropertyValue } {
  const any = (...likely: readonly PropertyValue[]): PropertyValue =>
    random.percent(50) ? random.pick(likely) : random.bytes(random.int(40));
  return {
    connection: { mtls: any(true, false), uri_san_peer_certificate: any("spiffe://td/ns/chaos/sa/x", "spiffe://", "") },
    destination: { port: any(80, -1, 2n ** 63n - 1n) },
    metadata: any("\x0a\xff\xff\xff\xff\x0f", ""),
  };
}

test(`configurations: mutated, respelled, random and nested; SEED=${SEED}`, () => {
  const random = new Random(SEED);
  const { emulator, vm } = FAULT_INJECTION.load({ record: false });
  const document = JSON.stringify(EVERYTHING);
  const http = EVERYTHING.virtualServices[0]?.http ?? [];
  const documents = [
    document,
    ...http.map((entry) => JSON.stringify({ virtualServices: [{ hosts: ["*"], http: [entry] }] })),
  ];
  let accepted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const configuration = anyConfiguration(random, random.pick(documents));
    const root = vm.createRoot({ configuration, node: NODE });
    const shown = `SEED=${SEED}, round ${round}: ${Buffer.from(configuration).toString("latin1")}`;
    assert.equal(vm.failed, undefined, shown);
    if (root.accepted) {
      accepted++;
      const streams = ["/a?q=1", "/n", "/e", "/p"].map((path) =>
        root.stream({ requestHeaders: { ":authority": "ratings", ":path": path, ":method": "GET", a: "b" } }),
      );
      for (const stream of streams) stream.requestHeaders();
      runUntilResumed(root, streams);
      for (const stream of streams) {
        if (stream.localReply === undefined) stream.responseHeaders({ ":status": "200" });
        stream.end();
      }
      assert.equal(vm.failed, undefined, shown);
      assert.equal(emulator.metrics.gauges.get("fault_injection.active_faults"), 0n, shown);
    }
    root.delete();
    emulator.logs.length = 0;
  }
  // Were all refused at once, the fuzzing would not get far.
  assert.ok(accepted > ROUNDS / 100, `${accepted} accepted`);
});

test(`requests: empty, huge, repeated, a thousand headers, bytes of every kind; SEED=${SEED}`, () => {
  const random = new Random(SEED + 1);
  for (const logLevel of ["debug", "info"] as const) {
    const { emulator, vm } = FAULT_INJECTION.load({ record: false, logLevel });
    const repeatedHeaders = random.pick(["JOINED", "EACH"]);
    const root = FAULT_INJECTION.configured(vm, { ...EVERYTHING, repeatedHeaders }, { node: NODE });
    const value = (most: number): Uint8Array =>
      random.percent(60) ? Buffer.from(random.pick(VALUES)) : random.bytes(random.int(most + 1));
    let held = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const count = round % 100 === 0 ? 1000 : random.int(20);
      const size = round % 250 === 0 ? 200_000 : 60;
      const headers = random.times(count, count, () => [random.pick(NAMES), value(count > 100 ? 20 : size)] as const);
      // Without a path that an entry has, most requests would meet no fault.
      if (random.percent(60)) headers.unshift([":path", Buffer.from(random.pick(["/a?q=1", "/n", "/e", "/p", "/x"]))]);
      const stream = root.stream({ requestHeaders: headers, properties: properties(random) });
      stream.requestHeaders();
      if (isHeld(stream)) held++;
      if (random.percent(70)) runUntilResumed(root, [stream]);
      if (stream.localReply === undefined && random.percent(70)) stream.responseHeaders({ ":status": "200" });
      stream.end();
      assert.equal(vm.failed, undefined, `SEED=${SEED}, round ${round}`);
      emulator.logs.length = 0;
    }
    assert.ok(held > ROUNDS / 100, `${held} held`);
    assert.equal(emulator.metrics.gauges.get("fault_injection.active_faults"), 0n);
  }
});
