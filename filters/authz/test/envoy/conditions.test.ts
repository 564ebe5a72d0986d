import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ConnectionOptions } from "node:tls";
import {
  Authority,
  discovered,
  Envoy,
  fetchOnce,
  listener,
  lua,
  typed,
  type Answer,
  type JsonObject,
  type Request,
} from "../../../../test/support/envoy/index.ts";
import { policy, Rules, type Case } from "./rules.ts";

interface Attempt extends Request {
  /** The server name that the client asks for; over plaintext where not given. */
  sni?: string;
}

const when = (condition: JsonObject): JsonObject => ({ when: [condition] });
const metadata = (key: string, fields: JsonObject): JsonObject =>
  when({ key: `experimental.envoy.filters.http.test[${key}]`, ...fields });
const group = (value: string): Attempt => ({ headers: [["x-group", value]] });
const groups = (value: string): Attempt => ({ headers: [["x-groups", value]] });
const user = (value: string): Attempt => ({ headers: [["x-user", value]] });

/** Dynamic metadata of a filter in front: a string, a list, a number, by the request's headers. */
const METADATA = lua(`
  function envoy_on_request(handle)
    local metadata = handle:streamInfo():dynamicMetadata()
    local group = handle:headers():get("x-group")
    if group ~= nil then metadata:set("envoy.filters.http.test", "group", group) end
    local line = handle:headers():get("x-groups")
    if line == nil then return end
    local groups = {}
    for name in string.gmatch(line, "[^;]+") do table.insert(groups, name) end
    metadata:set("envoy.filters.http.test", "group", groups)
    metadata:set("envoy.filters.http.test", "count", #groups)
  end`);

const certificate = await (await Authority.create()).issue({ dnsNames: ["shop.example.com"] });
const OVER_TLS: Pick<Case<Attempt>, "chain" | "listener"> = {
  chain: { tls: { certificate } },
  // Without it the listener does not know the name (Envoy's tls_inspector).
  listener: {
    listener_filters: [
      {
        name: "envoy.filters.listener.tls_inspector",
        typed_config: typed("envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"),
      },
    ],
  },
};

const CASES: Readonly<Record<string, Case<Attempt>>> = {
  "connection.sni": {
    rule: when({ key: "connection.sni", values: ["shop.example.com", "*.test"] }),
    ...OVER_TLS,
    hits: [{ sni: "shop.example.com" }, { sni: "SHOP.example.com" }, { sni: "a.test" }],
    misses: [{ sni: "example.com" }, { sni: "" }],
  },
  "connection.sni, a host's name of any kind": {
    rule: when({ key: "connection.sni", values: ["*"] }),
    ...OVER_TLS,
    hits: [{ sni: "a" }],
    misses: [{ sni: "" }],
  },
  "connection.sni, notValues": {
    rule: when({ key: "connection.sni", notValues: ["shop.example.com"] }),
    ...OVER_TLS,
    hits: [{ sni: "" }, { sni: "other" }],
    misses: [{ sni: "shop.example.com" }],
  },
  "connection.sni over plaintext": { rule: when({ key: "connection.sni", values: ["*"] }), hits: [], misses: [{}] },
  "a filter's metadata, a string": {
    rule: metadata("group", { values: ["admin", "dev-*"] }),
    hits: [group("admin"), group("dev-1")],
    misses: [{}, group("admins"), groups("admin")],
  },
  "a filter's metadata, a list": {
    rule: metadata("group", { values: ["[admin]"] }),
    hits: [groups("dev;admin")],
    misses: [{}, group("admin"), groups("dev"), group("[admin]")],
  },
  "a filter's metadata, notValues": {
    rule: metadata("group", { notValues: ["admin"] }),
    hits: [{}, group("dev"), groups("admin")],
    misses: [group("admin")],
  },
  "a filter's metadata, regex": {
    rule: metadata("group", { regex: ["ad.*"] }),
    hits: [group("admin")],
    misses: [{}, group("xadmin")],
  },
  "a filter's metadata, a number": { rule: metadata("count", { values: ["*"] }), hits: [], misses: [groups("a;b")] },
  expression: {
    rule: when({ expression: "request.method == 'PUT' || 'x-user' in request.headers" }),
    hits: [{ method: "PUT" }, user("x")],
    misses: [{}],
  },
  "an expression beside a condition": {
    rule: { when: [{ expression: "request.path == '/a'" }, { key: "request.headers[x-user]", values: ["anna"] }] },
    hits: [{ ...user("anna"), path: "/a" }],
    misses: [user("anna"), { path: "/a" }],
  },
};

/** What cannot be told must not help a request: ALLOW's condition does not hold then, and DENY's does. */
const UNTOLD: Readonly<Record<string, string>> = {
  "an expression that fails": "request.headers['x-user'] == 'anna'",
  "an expression that is no bool": "request.path",
  "an expression over what is not there": "connection.uri_san_peer_certificate == 'spiffe://x'",
};

let rules: Rules;

before(async () => {
  const untold = Object.entries(UNTOLD).map(([name, expression]) => [name, { rule: when({ expression }) }]);
  rules = await Rules.start({ ...CASES, ...Object.fromEntries(untold) }, { filters: [METADATA] });
});
after(async () => await rules?.stop());

async function send(port: number, { sni, ...request }: Attempt): Promise<Answer> {
  const tls: ConnectionOptions | undefined = sni === undefined ? undefined : sni === "" ? {} : { servername: sni };
  return await fetchOnce(port, request, tls);
}

for (const [name, one] of Object.entries(CASES)) test(name, async () => await rules.verify(name, one, send));

for (const name of Object.keys(UNTOLD)) {
  test(`${name}: refused by both actions`, async () => {
    assert.equal((await send(rules.port(name, "ALLOW"), {})).status, 403);
    assert.equal((await send(rules.port(name, "DENY"), {})).status, 403);
  });
}

test("where the same expression can be evaluated, it decides", async () => {
  const name = "an expression that fails";
  assert.equal((await send(rules.port(name, "ALLOW"), user("anna"))).status, 200);
  assert.equal((await send(rules.port(name, "DENY"), user("anna"))).status, 403);
  assert.equal((await send(rules.port(name, "ALLOW"), user("bob"))).status, 403);
  assert.equal((await send(rules.port(name, "DENY"), user("bob"))).status, 200);
});

test("an expression that Envoy does not compile is refused, and the configuration before it stays", async (t) => {
  const configuration = (expression: string): JsonObject => ({
    policies: [policy("deny", "DENY", [when({ expression })])],
  });
  const first = configuration("request.path == '/a'");
  const envoy = await Envoy.start({
    filters: { authz: { module: "authz", configuration: first } },
    listeners: [
      listener("authz", {
        filters: [discovered("authz")],
        routes: [{ match: { prefix: "/" }, direct_response: { status: 200 } }],
      }),
    ],
    metadata: { NAMESPACE: "default" },
  });
  t.after(async () => await envoy.stop());

  const { accepted, log } = await envoy.push("authz", configuration("request.path =="));

  assert.equal(accepted, false);
  assert.match(log, /policies\[0\]\.rules\[0\]\.when\[0\]\.expression: Envoy cannot compile this CEL expression/);
  assert.equal((await fetchOnce(envoy.port("authz"), { path: "/a" })).status, 403);
  assert.equal((await fetchOnce(envoy.port("authz"), { path: "/b" })).status, 200);
});
