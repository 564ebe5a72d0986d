import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Envoy, fetchOnce, inlineWasm, listener, type JsonObject } from "../support/envoy/index.ts";
import { reviews, sending, SUBSET_ROUTES } from "./reviews.ts";

let envoy: Envoy;

before(async () => {
  envoy = await Envoy.start({
    filters: { "header-routing": { module: "header-routing", configuration: sending("jason", "v2") } },
    listeners: [reviews()],
  });
});
after(async () => await envoy?.stop());

async function subsetOf(user: string): Promise<string> {
  const answer = await fetchOnce(envoy.port("header-routing"), { path: "/reviews", headers: [["end-user", user]] });
  assert.equal(answer.status, 200);
  return answer.body;
}

/** `sending("jason", "v2")` with one field of its first route renamed. */
function mistyped(): JsonObject {
  return JSON.parse(JSON.stringify(sending("jason", "v2")).replace('"match"', '"mach"')) as JsonObject;
}

test("the filter decides, and another configuration replaces the first without a restart", async () => {
  assert.equal(await subsetOf("jason"), "v2");
  assert.equal(await subsetOf("anna"), "v1");

  assert.equal((await envoy.push("header-routing", sending("anna", "v3"))).accepted, true);

  assert.equal(await subsetOf("jason"), "v1");
  assert.equal(await subsetOf("anna"), "v3");
});

test("a mistyped field is refused with its place and the likely name, and the configuration before stays", async () => {
  assert.equal((await envoy.push("header-routing", sending("jason", "v2"))).accepted, true);

  const { accepted, log } = await envoy.push("header-routing", mistyped());

  assert.equal(accepted, false);
  assert.match(log, /virtualServices\[0\]\.http\[0\].*mach.*match/s);
  assert.equal(await subsetOf("jason"), "v2");
});

test("what is no JSON, and an empty configuration, are refused", async () => {
  assert.equal((await envoy.push("header-routing", sending("jason", "v2"))).accepted, true);

  for (const configuration of ['{"virtualServices": [', "\xff\xfe", "", undefined]) {
    assert.equal((await envoy.push("header-routing", configuration)).accepted, false, JSON.stringify(configuration));
  }

  assert.equal(await subsetOf("jason"), "v2");
});

test("what was refused comes again: right after, Envoy passes it over and reports no error; later it is refused without a reason; it never decides", async () => {
  const wrong = { ...mistyped(), again: 1 };
  const pushed = async (configuration: JsonObject): Promise<[accepted: boolean, saysWhy: boolean]> => {
    const { accepted, log } = await envoy.push("header-routing", configuration);
    return [accepted, /unknown field "again"/.test(log)];
  };
  assert.deepEqual(await pushed(sending("jason", "v2")), [true, false]);
  assert.deepEqual(await pushed(wrong), [false, true]);
  assert.deepEqual(await pushed(wrong), [true, false]);
  assert.equal(await subsetOf("jason"), "v2");
  assert.deepEqual(await pushed(sending("jason", "v3")), [true, false]);
  assert.deepEqual(await pushed(wrong), [false, false]);
  assert.equal(await subsetOf("jason"), "v3");
  assert.deepEqual(await pushed(sending("jason", "v2")), [true, false]);
  assert.equal(await subsetOf("jason"), "v2");
});

test("Envoy does not start with a configuration that the filter refuses", async () => {
  const filters = [inlineWasm("header-routing", { module: "header-routing", configuration: mistyped() })];

  await assert.rejects(Envoy.start({ listeners: [listener("refused", { filters, routes: SUBSET_ROUTES })] }), /mach/);
});

test("two roots of one VM keep their configurations apart", async (t) => {
  const module = "header-routing";
  const both = await Envoy.start({
    filters: {
      first: { module, configuration: sending("jason", "v2") },
      second: { module, configuration: sending("jason", "v3") },
    },
    listeners: [reviews("first"), reviews("second")],
    concurrency: 1,
  });
  t.after(() => both.stop());
  const jason = { headers: [["end-user", "jason"]] as const };

  assert.equal((await fetchOnce(both.port("first"), jason)).body, "v2");
  assert.equal((await fetchOnce(both.port("second"), jason)).body, "v3");

  assert.equal((await both.push("second", sending("jason", "v1"))).accepted, true);
  assert.equal((await fetchOnce(both.port("first"), jason)).body, "v2");
  assert.equal((await fetchOnce(both.port("second"), jason)).body, "v1");
});
