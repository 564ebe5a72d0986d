import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authority, Http1, typed, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { Features, reviews, to } from "./features.ts";

const SLEEP = "spiffe://cluster.local/ns/default/sa/sleep";

/** Puts a token's claims where istiod has jwt_authn put them. */
const CLAIMS: JsonObject = {
  name: "envoy.filters.http.lua",
  typed_config: typed("envoy.extensions.filters.http.lua.v3.Lua", {
    default_source_code: {
      inline_string: `
        function envoy_on_request(handle)
          local group = handle:headers():get("x-test-group")
          if group == nil then return end
          local groups = {}
          for name in string.gmatch(group, "[^+]+") do table.insert(groups, name) end
          handle:streamInfo():dynamicMetadata():set("envoy.filters.http.jwt_authn", "payload", {
            group = #groups == 1 and groups[1] or groups,
            nested = {["a.b"] = group},
          })
        end`,
    },
  }),
};

let features: Features;
let authority: Authority;

before(async () => {
  authority = await Authority.create();
  const server = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/reviews"] });
  const tls = { certificate: server, clientAuthority: authority.certificate, clientCertificateRequired: false };
  const principals = (...patterns: string[]): JsonObject => reviews([to("hit", { principals: patterns }), to("miss")]);
  features = await Features.start(
    {
      exact: { configuration: principals("cluster.local/ns/default/sa/sleep"), chain: { tls } },
      any: { configuration: principals("*"), chain: { tls } },
      prefix: { configuration: principals("x", "cluster.local/ns/default/*"), chain: { tls } },
      suffix: { configuration: principals("*/sa/sleep"), chain: { tls } },
      outbound: {
        configuration: principals("cluster.local/ns/default/sa/shop"),
        listener: { traffic_direction: "OUTBOUND" },
      },
      "said-outbound": {
        configuration: { ...principals("td/ns/default/sa/shop"), direction: "OUTBOUND", trustDomain: "td" },
      },
      labels: {
        configuration: reviews([
          to("other", { sourceLabels: { app: "other" } }),
          to("elsewhere", { sourceNamespace: "prod" }),
          to("here", { sourceLabels: { app: "shop", "a.b/c": "d" }, sourceNamespace: "default" }),
          to("rest"),
        ]),
      },
      claims: {
        configuration: reviews([
          to("nested", { headers: { "@request.auth.claims[nested][a.b]": { exact: "deep" } } }),
          to("admin", { headers: { "@request.auth.claims.group": { exact: "admin" } } }),
          to("none", { headers: { "@request.auth.claims.group": { prefix: "dev" } } }),
          to("rest"),
        ]),
        chain: { filters: [CLAIMS] },
      },
    },
    { NAMESPACE: "default", SERVICE_ACCOUNT: "shop", LABELS: { app: "shop", "a.b/c": "d" } },
  );
});
after(async () => await features?.stop());

/** The subset for a client with a certificate of these URIs; without one where there are none. */
async function subsetFor(name: string, ...uris: string[]): Promise<string | undefined> {
  const client = uris.length === 0 ? undefined : await authority.issue({ uris });
  const tls = client === undefined ? {} : { cert: client.certificate, key: client.key };
  const connection = await Http1.connect(features.envoy.port(name), tls);
  try {
    return (await features.send(name, {}, connection)).subset;
  } finally {
    connection.close();
  }
}

test("principals: the verified peer's SPIFFE identity, by AuthorizationPolicy's patterns", async () => {
  const other = "spiffe://cluster.local/ns/other/sa/sleep";
  assert.equal(await subsetFor("exact", SLEEP), "hit");
  assert.equal(await subsetFor("exact", other), "miss");
  assert.equal(await subsetFor("any", other), "hit");
  assert.equal(await subsetFor("prefix", SLEEP), "hit");
  assert.equal(await subsetFor("prefix", other), "miss");
  assert.equal(await subsetFor("suffix", other), "hit");
  assert.equal(await subsetFor("suffix", `${other}2`), "miss");
});

test("principals: no certificate, or none with a SPIFFE identity, is no principal", async () => {
  assert.equal(await subsetFor("any"), "miss");
  assert.equal(await subsetFor("any", "https://example.com"), "miss");
});

test("principals: of two URI SANs the first alone is seen", async () => {
  assert.equal(await subsetFor("exact", SLEEP, "spiffe://cluster.local/ns/x/sa/y"), "hit");
  assert.equal(await subsetFor("exact", "spiffe://cluster.local/ns/x/sa/y", SLEEP), "miss");
});

test("on an outbound listener the source is this workload", async () => {
  assert.equal((await features.send("outbound")).subset, "hit");
  assert.equal((await features.send("said-outbound")).subset, "hit");
});

test("sourceLabels and sourceNamespace are compared with this proxy's own", async () => {
  assert.equal((await features.send("labels")).subset, "here");
});

test("claims of the verified token: a string, any of a list, one under another", async () => {
  const subset = async (group: string): Promise<string | undefined> =>
    (await features.send("claims", { headers: [["x-test-group", group]] })).subset;
  assert.equal(await subset("admin"), "admin");
  assert.equal(await subset("dev+admin"), "admin");
  assert.equal(await subset("developers"), "none");
  assert.equal(await subset("deep"), "nested");
  assert.equal(await subset("other"), "rest");
  assert.equal((await features.send("claims")).subset, "rest");
});

test("port: the listener's", async () => {
  const port = features.envoy.port("labels");
  const configuration = reviews([to("hit", { port }), to("miss")]);
  const elsewhere = await Features.start({ port: { configuration } });
  try {
    assert.equal((await elsewhere.send("port")).subset, "miss");
  } finally {
    await elsewhere.stop();
  }
});
