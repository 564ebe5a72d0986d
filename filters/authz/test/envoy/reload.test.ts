import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ConnectionOptions } from "node:tls";
import {
  answer,
  Authority,
  detailsOf,
  discovered,
  Envoy,
  listener,
  SHOWS_DETAILS,
  underLoad,
  valuesOf,
  type Answer,
  type HeaderLine,
  type JsonObject,
  type Request,
} from "../../../../test/support/envoy/index.ts";
import { deniedBy, firstRule, policy } from "./rules.ts";

const PUSHES = 20;

/**
 * Policies that let one user in and refuse another, each of them told by name. With DENY of one such set and ALLOW of the
 * other, a user is refused by no rule (`none`); and who asks for an explanation is told DENY's, ALLOW's and the dry run's
 * part at once.
 */
function admitting(name: string, admitted: string, refused: string): JsonObject {
  const user = (...values: string[]): JsonObject => ({ when: [{ key: "request.headers[x-user]", values }] });
  return {
    policies: [
      policy(`deny-${name}`, "DENY", [user(refused)]),
      policy(`allow-${name}`, "ALLOW", [user(admitted, "operator")]),
      policy(`try-${name}`, "DENY", [user("operator")], { dryRun: true }),
    ],
    explain: { principals: ["*"] },
  };
}

const A = admitting("a", "anna", "bob");
const B = admitting("b", "bob", "anna");

const user = (name: string, ...headers: HeaderLine[]): Request => ({ headers: [["x-user", name], ...headers] });
const REQUESTS = [user("anna"), user("bob"), user("operator", ["x-authz-explain", ""]), user("mallory")];

/** Whose request it was, and what became of it. */
function tell({ status, headers }: Answer, request: Request): string {
  const [who] = valuesOf(request.headers ?? [], "x-user");
  const [decision] = valuesOf(headers, "x-authz-decision");
  return `${who}: ${[status, decision ?? detailsOf({ headers })].join(" ")}`;
}

/** All that can become of the requests where the policies named so are in force, and no others. */
function outcomes(name: string, admitted: string, refused: string): string[] {
  const dryRun = `dry run denied by ${firstRule(`try-${name}`)}`;
  return [
    `${admitted}: 200 direct_response`,
    `${refused}: 403 ${deniedBy(firstRule(`deny-${name}`))}`,
    `operator: 200 allowed by ${firstRule(`allow-${name}`)}; ${dryRun}`,
    `mallory: 403 ${deniedBy("none")}`,
  ];
}

const OF_A = outcomes("a", "anna", "bob");
const OF_B = outcomes("b", "bob", "anna");

let envoy: Envoy;
let client: ConnectionOptions;

before(async () => {
  const authority = await Authority.create();
  const issued = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/sleep"] });
  client = { cert: issued.certificate, key: issued.key };
  const certificate = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/httpbin"] });
  const tls = { certificate, clientAuthority: authority.certificate };
  envoy = await Envoy.start({
    filters: { authz: { module: "authz", configuration: A } },
    listeners: [
      listener("authz", {
        tls,
        filters: [discovered("authz")],
        routes: [answer("reached")],
        manager: SHOWS_DETAILS,
      }),
    ],
    metadata: { NAMESPACE: "default" },
    concurrency: 4,
  });
});
after(async () => await envoy?.stop());

/** All that became of the requests while `work` went on. */
async function meanwhile(work: () => Promise<void>): Promise<string[]> {
  const load = { port: envoy.port("authz"), requests: REQUESTS, tls: client, tell };
  return [...(await underLoad(load, work)).keys()].sort();
}

test("policies replaced under load: each request is judged by one set of them, never by a mixture", async () => {
  const seen = await meanwhile(async () => {
    for (let push = 0; push < PUSHES; push++) {
      const { accepted, log } = await envoy.push("authz", push % 2 === 0 ? B : A);
      assert.equal(accepted, true, log);
    }
  });

  assert.deepEqual(seen, [...new Set([...OF_A, ...OF_B])].sort());
});

test("policies refused under load: the ones before stay in force, for every request", async () => {
  assert.equal((await envoy.push("authz", A)).accepted, true);

  const seen = await meanwhile(async () => {
    for (let push = 0; push < PUSHES; push++) {
      // Envoy would take the same text for no change. Every rule of B is there, and allows whom A refuses.
      const { accepted } = await envoy.push("authz", { ...B, [`unknown${push}`]: push });
      assert.equal(accepted, false);
    }
  });

  assert.deepEqual(seen, [...OF_A].sort());
});

test("once a push is over, no worker judges by what was before", async () => {
  for (const [pushed, expected] of [
    [B, OF_B],
    [A, OF_A],
  ] as const) {
    assert.equal((await envoy.push("authz", pushed)).accepted, true);
    assert.deepEqual(await meanwhile(async () => {}), [...expected].sort());
  }
});
