import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Http1, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { Features, reviews, to } from "./features.ts";

const split = (fields: JsonObject = {}): JsonObject =>
  reviews([
    {
      name: "split",
      route: [
        { destination: { host: "reviews", subset: "v1" }, weight: 75 },
        { destination: { host: "reviews", subset: "v2" }, weight: 25 },
        { destination: { host: "reviews", subset: "v3" }, weight: 0 },
      ],
      ...fields,
    },
  ]);

let features: Features;

before(async () => {
  features = await Features.start({
    random: { configuration: split() },
    header: { configuration: split({ hashOn: { header: "x-user" } }) },
    cookie: { configuration: split({ hashOn: { cookie: "session" } }) },
    counted: { configuration: reviews([to("v2", { uri: { prefix: "/counted" } })], { expose: true }) },
    exposed: {
      configuration: reviews([to("v2", { uri: { prefix: "/named" } })], { expose: true }),
      chain: { accessLog: "%REQ(:PATH)% %FILTER_STATE(wasm.header-routing.route:PLAIN)%" },
    },
  });
});
after(async () => await features?.stop());

test("weights: both are drawn, in their shares within five standard deviations, and weight 0 never", async () => {
  const requests = 2000;
  const connection = await Http1.connect(features.envoy.port("random"));
  let second = 0;
  for (let i = 0; i < requests; i++) {
    const { subset } = await features.send("random", {}, connection);
    assert.ok(subset === "v1" || subset === "v2", subset);
    if (subset === "v2") second++;
  }
  connection.close();
  const deviation = Math.sqrt(requests * 0.25 * 0.75);
  assert.ok(Math.abs(second - requests * 0.25) < 5 * deviation, `${second} of ${requests}`);
});

test("hashOn: the same key goes to the same destination, on every worker", async () => {
  const users = Array.from({ length: 40 }, (_, index) => `user-${index}`);
  const subsets = new Set<string | undefined>();
  for (const user of users) {
    const first = (await features.send("header", { headers: [["x-user", user]] })).subset;
    subsets.add(first);
    for (let again = 0; again < 4; again++) {
      assert.equal((await features.send("header", { headers: [["x-user", user]] })).subset, first);
    }
    const byCookie = { headers: [["cookie", `a=b; session=${user}`] as const] };
    assert.equal((await features.send("cookie", byCookie)).subset, first, "the key decides, not where it stands");
  }
  assert.deepEqual([...subsets].sort(), ["v1", "v2"]);
});

test("counters: for a named route, and for requests that none matches", async () => {
  const matched = "wasmcustom.header_routing.route.v2.matched";
  const unmatched = "wasmcustom.header_routing.no_match";
  const before = [await features.envoy.stat(matched), await features.envoy.stat(unmatched)];

  for (const path of ["/counted", "/counted", "/counted", "/other", "/other"]) await features.send("counted", { path });

  assert.equal((await features.envoy.stat(matched)) - (before[0] ?? 0), 3);
  assert.equal((await features.envoy.stat(unmatched)) - (before[1] ?? 0), 2);
});

test("expose: the route's name is filter state that access logs print; the debug log names it too", async () => {
  await features.send("exposed", { path: "/named" });
  await features.send("exposed", { path: "/other" });
  assert.deepEqual(await features.envoy.accessLog(2), ["/named v2", "/other -"]);
  await features.envoy.logged('header-routing: reviews http[0] "v2" -> v2');
  await features.envoy.logged("header-routing: no route matches");
});
