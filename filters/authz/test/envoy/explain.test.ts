import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ConnectionOptions } from "node:tls";
import {
  Authority,
  FeatureListeners,
  valuesOf,
  type Answer,
  type HeaderLine,
  type JsonObject,
  type Request,
  type Seen,
} from "../../../../test/support/envoy/index.ts";
import { firstRule, policy } from "./rules.ts";

const user = (value: string): JsonObject => ({ when: [{ key: "request.headers[x-user]", values: [value] }] });
const ASKS: HeaderLine = ["x-authz-explain", ""];

let listeners: FeatureListeners;
let operator: ConnectionOptions;
let sleep: ConnectionOptions;

before(async () => {
  const authority = await Authority.create();
  const client = async (account: string): Promise<ConnectionOptions> => {
    const { certificate, key } = await authority.issue({ uris: [`spiffe://cluster.local/ns/ops/sa/${account}`] });
    return { cert: certificate, key };
  };
  [operator, sleep] = await Promise.all([client("operator"), client("sleep")]);
  const certificate = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/httpbin"] });
  const tls = { certificate, clientAuthority: authority.certificate, clientCertificateRequired: false };
  const explain = { principals: ["cluster.local/ns/ops/sa/operator"] };
  const feature = (...policies: JsonObject[]): { configuration: JsonObject; chain: { tls: typeof tls } } => {
    return { configuration: { policies, explain }, chain: { tls } };
  };
  listeners = await FeatureListeners.start(
    "authz",
    {
      both: feature(policy("deny", "DENY", [user("mallory")]), policy("allow", "ALLOW", [user("anna")])),
      "dry run": feature(
        policy("deny", "DENY", [user("mallory")], { dryRun: true }),
        policy("allow", "ALLOW", [user("anna")], { dryRun: true }),
      ),
    },
    { metadata: { NAMESPACE: "default" } },
  );
});
after(async () => await listeners?.stop());

async function ask(name: string, who: string, as = operator): Promise<Answer> {
  return await listeners.send(name, { headers: [ASKS, ["x-user", who]] }, as);
}

/** The answer's status and what it says of the decision. */
async function decision(name: string, who: string): Promise<string> {
  const answer = await ask(name, who);
  return `${answer.status} ${valuesOf(answer.headers, "x-authz-decision").join()}`;
}

test("a caller who may is told the verdict of its own request, which does not go on", async () => {
  assert.equal(await decision("both", "anna"), `200 allowed by ${firstRule("allow")}`);
  assert.equal(await decision("both", "mallory"), `403 denied by ${firstRule("deny")}`);
  assert.equal(await decision("both", "bob"), "403 denied, no ALLOW rule matches");
  assert.equal((await ask("both", "anna")).body, "", "an upstream would have answered");
  assert.equal((await ask("both", "bob")).body, "RBAC: access denied");
});

test("dry runs are told too", async () => {
  const allowed = "200 allowed, no ALLOW policy";
  assert.equal(await decision("dry run", "anna"), `${allowed}; dry run allowed by ${firstRule("allow")}`);
  assert.equal(await decision("dry run", "mallory"), `${allowed}; dry run denied by ${firstRule("deny")}`);
  assert.equal(await decision("dry run", "bob"), `${allowed}; dry run denied`);
});

test("any other caller's request is judged as every request, and told nothing", async () => {
  for (const as of [sleep, {}]) {
    const allowed = await ask("both", "anna", as);
    assert.deepEqual(valuesOf(allowed.headers, "x-authz-decision"), []);
    assert.deepEqual(valuesOf((JSON.parse(allowed.body) as Seen).headers, "x-authz-explain"), [""]);
    const denied = await ask("both", "bob", as);
    assert.equal(denied.status, 403);
    assert.deepEqual(valuesOf(denied.headers, "x-authz-decision"), []);
  }
});

test("a caller who may, but does not ask, gets what it came for", async () => {
  const request: Request = { headers: [["x-user", "anna"]] };
  const answer = await listeners.send("both", request, operator);
  assert.equal((JSON.parse(answer.body) as Seen).upstream, "upstream");
  assert.deepEqual(valuesOf(answer.headers, "x-authz-decision"), []);
});

test("what is explained is not counted", async () => {
  const counted = async (): Promise<number[]> =>
    await Promise.all(["allowed", "denied"].map((name) => listeners.envoy.stat(`wasmcustom.authz.${name}`)));
  const before = await counted();
  await ask("both", "anna");
  await ask("both", "bob");
  assert.deepEqual(await counted(), before);
});
