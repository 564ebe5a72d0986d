/** What a refused request gets, beside native RBAC with the same rules: answers and lines of the access log. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  answer,
  Envoy,
  Http1,
  Http2,
  inlineWasm,
  listener,
  typed,
  type HeaderLine,
  type HttpChain,
  type JsonObject,
  type Request,
} from "../../../../test/support/envoy/index.ts";
import { policy } from "./rules.ts";

/** DENY for these users, a rule for each, all but the first of which are for the last user too. */
const BLOCKED = Array.from({ length: 12 }, (_, index) => [`user-${index}`, ...(index > 0 ? ["everyone"] : [])]);

/** The same policies twice: as pluginConfig, and as istiod's translation of them to Envoy's RBAC filters. */
const POLICIES: readonly JsonObject[] = [
  policy(
    "block",
    "DENY",
    BLOCKED.map((values) => ({ when: [{ key: "request.headers[x-user]", values }] })),
  ),
  policy("public", "ALLOW", [{ to: [{ operation: { paths: ["/public*"] } }] }]),
];
const userIs = (exact: string): JsonObject => ({ header: { name: "x-user", string_match: { exact } } });
const NATIVE: readonly JsonObject[] = [
  rbac(
    "DENY",
    "block",
    BLOCKED.map((users) => ({ permissions: [{ any: true }], principals: users.map(userIs) })),
  ),
  rbac("ALLOW", "public", [
    { permissions: [{ url_path: { path: { prefix: "/public" } } }], principals: [{ any: true }] },
  ]),
];

function rbac(action: string, name: string, rules: readonly JsonObject[]): JsonObject {
  const policies = Object.fromEntries(
    rules.map((rule, index): [string, JsonObject] => [`ns[default]-policy[${name}]-rule[${index}]`, rule]),
  );
  const config = typed("envoy.extensions.filters.http.rbac.v3.RBAC", { rules: { action, policies } });
  return { name: "envoy.filters.http.rbac", typed_config: config };
}

const FIELDS = [
  "%REQ(x-id)% %PROTOCOL% %REQ(:METHOD)% %RESPONSE_CODE% %RESPONSE_CODE_DETAILS% %RESPONSE_FLAGS%",
  "%GRPC_STATUS% %BYTES_RECEIVED% %BYTES_SENT% %CONNECTION_TERMINATION_DETAILS% %ROUTE_NAME%",
].join(" ");

const REQUESTS: Readonly<Record<string, Request>> = {
  allowed: { path: "/public" },
  "no ALLOW rule": { path: "/private" },
  "a DENY rule": { path: "/public", headers: [["x-user", "user-1"]] },
  "several DENY rules": { path: "/public", headers: [["x-user", "everyone"]] },
  "the last but one rule": { path: "/public", headers: [["x-user", "user-10"]] },
  HEAD: { method: "HEAD", path: "/private" },
  "a body": { method: "POST", path: "/private", body: "x".repeat(1000) },
  "gRPC, no ALLOW rule": { method: "POST", path: "/private", headers: [["content-type", "application/grpc"]] },
  "gRPC, a DENY rule": {
    method: "POST",
    path: "/public",
    headers: [
      ["content-type", "application/grpc+proto"],
      ["x-user", "user-3"],
    ],
  },
  "gRPC-Web is none of gRPC": { path: "/private", headers: [["content-type", "application/grpc-web"]] },
};

let envoy: Envoy;

before(async () => {
  const chain = (name: string, filters: HttpChain["filters"]): ReturnType<typeof listener> =>
    listener(name, {
      filters,
      routes: [answer("reached", undefined, { name: "reached" })],
      accessLog: `${name} ${FIELDS}`,
    });
  const configuration = { policies: POLICIES };
  envoy = await Envoy.start({
    listeners: [chain("native", NATIVE), chain("authz", [inlineWasm("authz", { module: "authz", configuration })])],
    metadata: { NAMESPACE: "default" },
  });
});
after(async () => await envoy?.stop());

/** What can be seen of an answer, over HTTP/1.1. */
async function seen(name: string, { headers = [], ...request }: Request, id: string): Promise<JsonObject> {
  const connection = await Http1.connect(envoy.port(name));
  const {
    status,
    body,
    headers: lines,
  } = await connection.request({ ...request, headers: [...headers, ["x-id", id]] });
  connection.close();
  return { status, body, headers: comparable(lines) };
}

/** The same over HTTP/2. */
async function seenOverHttp2(
  name: string,
  { method = "GET", path = "/", headers = [], body }: Request,
  id: string,
): Promise<JsonObject> {
  const connection = await Http2.connect(envoy.port(name));
  const pseudo = { ":method": method, ":path": path, ":authority": "localhost" };
  const answer = await connection.request({ ...pseudo, ...Object.fromEntries(headers), "x-id": id }, body);
  connection.close();
  return { status: answer.status, body: answer.body, headers: comparable(answer.headers) };
}

/** All headers but the time. */
function comparable(lines: readonly HeaderLine[]): string[] {
  return lines
    .filter(([name]) => name !== "date")
    .map(([name, value]) => `${name}: ${value}`)
    .sort();
}

/** What both listeners logged of the request with that id. */
async function logged(id: string, lines: number): Promise<Record<string, string>> {
  const all = (await envoy.accessLog(lines)).map((line) => line.split(" ")).filter(([, of]) => of === id);
  return Object.fromEntries(all.map(([name, , ...rest]) => [name, rest.join(" ")]));
}

let lines = 0;
for (const [over, see] of Object.entries({ "HTTP/1.1": seen, "HTTP/2": seenOverHttp2 })) {
  for (const [what, request] of Object.entries(REQUESTS)) {
    test(`${what}, over ${over}: as native RBAC answers and logs it`, async () => {
      const id = `${lines}`;
      const native = await see("native", request, id);
      const ours = await see("authz", request, id);
      lines += 2;
      assert.deepEqual(ours, native);
      const log = await logged(id, lines);
      assert.equal(log["authz"], log["native"]);
      assert.notEqual(log["native"], undefined);
    });
  }
}

test("the answers and details themselves", async () => {
  const refused = await seen("authz", { path: "/private" }, "plain");
  assert.equal(refused["status"], 403);
  assert.equal(refused["body"], "RBAC: access denied");
  const grpc = await seenOverHttp2("authz", { ...REQUESTS["gRPC, a DENY rule"] }, "grpc");
  assert.equal(grpc["status"], 200);
  assert.deepEqual(
    (grpc["headers"] as string[]).filter((line) => line.startsWith("grpc-")),
    ["grpc-message: RBAC: access denied", "grpc-status: 7"],
  );
  await seen("authz", { path: "/public", headers: [["x-user", "everyone"]] }, "several");
  lines += 3;
  const details = async (id: string): Promise<string | undefined> => (await logged(id, lines))["authz"]?.split(" ")[3];
  assert.equal(await details("plain"), "rbac_access_denied_matched_policy[none]");
  assert.equal(await details("grpc"), "rbac_access_denied_matched_policy[ns[default]-policy[block]-rule[3]]");
  // The first by the bytes of the ids: `rule[10]` is before `rule[1]`.
  assert.equal(await details("several"), "rbac_access_denied_matched_policy[ns[default]-policy[block]-rule[10]]");
});
