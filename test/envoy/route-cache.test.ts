import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  Envoy,
  discovered,
  fetchOnce,
  listener,
  lua,
  typed,
  type HeaderLine,
  type JsonObject,
} from "../support/envoy/index.ts";
import { SUBSET_ROUTES, sending } from "./reviews.ts";

// A filter in front that looks at the route makes Envoy choose one before ours has written the header.
const ROUTE_TAKEN = lua("function envoy_on_request(handle) handle:metadata() end");

/** Native, and written so that Envoy does not take the route again: the control of this experiment. */
const WRITE_ONLY: JsonObject = {
  name: "envoy.filters.http.header_mutation",
  typed_config: typed("envoy.extensions.filters.http.header_mutation.v3.HeaderMutation", {
    mutations: {
      request_mutations: [
        { append: { header: { key: "x-subset", value: "v2" }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" } },
      ],
    },
  }),
};

let envoy: Envoy;

before(async () => {
  envoy = await Envoy.start({
    filters: { "header-routing": { module: "header-routing", configuration: sending("jason", "v2") } },
    listeners: [
      listener("taken", { filters: [ROUTE_TAKEN, discovered("header-routing")], routes: SUBSET_ROUTES }),
      listener("control", { filters: [ROUTE_TAKEN, WRITE_ONLY], routes: SUBSET_ROUTES }),
    ],
  });
});
after(async () => await envoy?.stop());

async function subset(...headers: HeaderLine[]): Promise<string> {
  return (await fetchOnce(envoy.port("taken"), { headers })).body;
}

test("under ABI 0.2.1 writing the steering header makes Envoy take the route again", async () => {
  assert.equal((await fetchOnce(envoy.port("control"))).body, "v1", "the route had been taken before the header");
  assert.equal(await subset(["end-user", "jason"]), "v2");
});

test("a steering header that a client sends decides nothing", async () => {
  assert.equal(await subset(["x-subset", "v3"]), "v1");
  assert.equal(await subset(["x-subset", "v3"], ["end-user", "jason"]), "v2");
  assert.equal(await subset(["x-subset", "v3"], ["x-subset", "v2"]), "v1");
});
