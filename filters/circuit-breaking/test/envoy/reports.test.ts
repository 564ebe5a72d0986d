/** Rows of public reports that need more than one upstream, another filter, another circuit or a push. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  detailsOf,
  discovered,
  freePort,
  inlineWasm,
  SHOWS_DETAILS,
  typed,
  until,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { Circuits, headerOf, isRefused, rule, type Part } from "./circuits.ts";
import { FailingUpstream } from "./failing-upstream.ts";

const LONG = { consecutive5xxErrors: 1, baseEjectionTime: "1h" };
const at = (port: number): JsonObject => ({ socket_address: { address: "127.0.0.1", port_value: port } });
const endpoints = (name: string, ...ports: number[]): JsonObject => ({
  load_assignment: {
    cluster_name: name,
    endpoints: [{ lb_endpoints: ports.map((port) => ({ endpoint: { address: at(port) } })) }],
  },
});

/** Denies requests that have the header. */
const DENIED = "x-denied";
const RBAC: JsonObject = {
  name: "envoy.filters.http.rbac",
  typed_config: typed("envoy.extensions.filters.http.rbac.v3.RBAC", {
    rules: {
      action: "DENY",
      policies: {
        denied: { permissions: [{ header: { name: DENIED, present_match: true } }], principals: [{ any: true }] },
      },
    },
  }),
};

const pushed = (baseEjectionTime: string, fields: JsonObject = {}): JsonObject => ({
  ...rule("pushed", { ...LONG, baseEjectionTime }),
  ...fields,
});

let circuits: Circuits;
let replicas: FailingUpstream[];
before(async () => {
  replicas = [await FailingUpstream.start(), await FailingUpstream.start()];
  const inner = await freePort();
  const brief = rule("denied", { consecutive5xxErrors: 1, baseEjectionTime: "50ms" });
  const parts: Record<string, Part> = {
    replicas: {
      configuration: rule("replicas", LONG),
      cluster: endpoints("replicas", ...replicas.map(({ port }) => port)),
    },
    denied: {
      configuration: brief,
      chain: { filters: [inlineWasm("denied", { module: "circuit-breaking", configuration: brief }), RBAC] },
    },
    inner: { configuration: rule("inner", LONG), listener: { address: at(inner) } },
    outer: { configuration: rule("outer", { consecutive5xxErrors: 3 }), cluster: endpoints("outer", inner) },
    ignoring: {
      configuration: rule("ignoring", { consecutive5xxErrors: 3, ignoredHttpErrorCodes: [503] }),
      cluster: endpoints("ignoring", inner),
    },
    pushed: { configuration: {}, chain: { filters: [discovered("pushed")], manager: SHOWS_DETAILS } },
  };
  circuits = await Circuits.start(parts, {
    filters: { pushed: { module: "circuit-breaking", configuration: pushed("1h") } },
  });
});
after(async () => {
  await circuits?.stop();
  for (const replica of replicas) await replica.stop();
});

test("row 1: all replicas fail: the second request is answered at once, and the upstreams saw one", async () => {
  assert.equal(await circuits.asks("replicas", 3, "502"), ".xx");
  const came = replicas.map((replica) => replica.came("replicas"));
  assert.equal(came[0]! + came[1]!, 1);
});

test("row 24: a probe that a filter behind denies gives its place to the next request", async () => {
  assert.equal(await circuits.asks("denied", 1, "500"), ".");
  const denied = await until("its time to be over", async () => {
    const answer = await circuits.ask("denied", "200", [[DENIED, ""]]);
    return !isRefused(answer) && answer;
  });
  assert.match(detailsOf(denied) ?? "", /^rbac_access_denied/);
  assert.equal(await circuits.metric("state", "denied"), 2);
  assert.equal(await circuits.asks("denied", 1, "200"), ".");
  assert.equal(await circuits.metric("state", "denied"), 0);
});

test("row 32: what a circuit behind refuses is a 503 to the one before, which counts unless it is ignored", async () => {
  const refusedBy = async (part: string): Promise<string> =>
    headerOf(await circuits.ask(part, "500"), "x-circuit-open") ?? "nobody";
  assert.deepEqual(
    [await refusedBy("outer"), await refusedBy("outer"), await refusedBy("outer")],
    ["nobody", "inner", "inner"],
  );
  assert.equal(await refusedBy("outer"), "outer");
  for (let i = 0; i < 5; i++) assert.equal(await refusedBy("ignoring"), "inner");
  assert.equal(await circuits.metric("consecutive_errors", "ignoring"), 0);
});

test("a push of the same rules keeps the state, one of others closes it", async () => {
  assert.equal(await circuits.asks("pushed", 2, "500"), ".x");
  const same = await circuits.envoy.push("pushed", pushed("1h", { expose: true }));
  assert.equal(same.accepted, true, same.log);
  assert.equal(await circuits.asks("pushed", 2, "200"), "xx");
  assert.equal(await circuits.metric("opened", "pushed"), 1);
  const other = await circuits.envoy.push("pushed", pushed("2h"));
  assert.equal(other.accepted, true, other.log);
  assert.equal(await circuits.asks("pushed", 2, "200"), "..");
  assert.equal(await circuits.metric("state", "pushed"), 0);
});
