import assert from "node:assert/strict";
import { test } from "node:test";
import { struct, type Headers, type Properties, type Root } from "../../../../emulator/index.ts";
import { MANY, assertFlat } from "../../../../test/support/module/memory.ts";
import { readAll } from "../../../../test/support/module/steps.ts";
import { AUTHZ } from "./compiled.ts";

const NODE = { metadata: { NAMESPACE: "default", LABELS: { app: "httpbin" } } };
const HEADERS = {
  ":authority": "httpbin.default:8000",
  ":path": "/api/v1/users/7?page=2",
  ":method": "GET",
  ":scheme": "http",
  "user-agent": "test",
  "x-request-id": "5a2f2b7e-6f0e-4b6c-8c2e-1d2c3b4a5f60",
  "x-user": ["jason", "anna"],
};

/** Bytes, so that a million requests cost the test little: what is not here the emulator looks up itself. */
const VALUES: ReadonlyMap<string, string> = new Map([
  ["connection.uri_san_peer_certificate", "spiffe://cluster.local/ns/default/sa/sleep"],
  ["connection.mtls", "\x01"],
  ["source.address", "10.1.2.3:5000"],
]);
const PROPERTIES: Properties = (path) => VALUES.get(path.join("."));

/** A configuration that makes use of everything; `n` makes it another one. */
function everything(n: number): object {
  const identity = { principals: [`cluster.local/ns/default/sa/other-${n}`, "*/sa/x"], notNamespaces: ["n*o"] };
  const many = Array.from({ length: 10 }, (_, i) => `/never/${n}/${i}`);
  const rules = Array.from({ length: 20 }, (_, i) => ({
    from: [{ source: identity }, { source: { remoteIpBlocks: [`10.0.${i}.0/24`], requestPrincipals: ["iss/*"] } }],
    to: [{ operation: { paths: [...many, `/api/${i}/{*}/{**}`], hosts: ["HTTPBIN*"], methods: ["GET", "P*"] } }],
    when: [
      { key: "request.headers[x-user]", values: ["jason"], regex: [`never-${i}.*(a|b)+`] },
      { key: "request.auth.claims[a][b]", notValues: ["x"] },
    ],
  }));
  const last = { from: [{ source: { namespaces: ["def*t"] } }], to: [{ operation: { paths: ["/api/*"] } }] };
  return {
    direction: "INBOUND",
    trustDomainAliases: ["td", "old-td"],
    decisionLog: { allowed: { percentage: { value: 30 } } },
    explain: { principals: ["cluster.local/ns/default/sa/admin"] },
    policies: [
      { name: "allow", namespace: "default", rules: [...rules, last] },
      {
        name: "deny",
        namespace: "default",
        action: "DENY",
        rules: [{ when: [{ key: "request.headers[x-bad]", values: ["*"] }] }],
      },
      { name: "audit", namespace: "default", action: "AUDIT", rules: rules.slice(0, 5) },
      { name: "try", namespace: "default", action: "DENY", dryRun: true, rules: rules.slice(0, 5) },
      { name: "other", namespace: "default", selector: { matchLabels: { app: "x" } }, rules },
    ],
  };
}

function ask(root: Root, requestHeaders: Headers): void {
  const stream = root.stream({ requestHeaders, properties: PROPERTIES });
  stream.requestHeaders();
  stream.end();
}

test(`memory is flat over ${MANY} requests: allowed, denied, logged, explained`, () => {
  const { emulator, vm } = AUTHZ.load({ record: false });
  const root = AUTHZ.configured(vm, everything(1), { node: NODE });
  const kinds = [HEADERS, { ...HEADERS, "x-bad": "1" }, HEADERS, { ...HEADERS, ":path": "/other" }, HEADERS];
  const explained = { ...HEADERS, "x-authz-explain": "1" };
  const request = (index: number): void => {
    emulator.clock.advance(1);
    ask(root, index % 100 === 0 ? explained : kinds[index % kinds.length]!);
    if (index % 1000 === 0) emulator.logs.length = 0;
  };
  assertFlat(vm, { settle: 5_000, then: MANY }, request);
  const { counters } = emulator.metrics;
  assert.ok(Number(counters.get("authz.allowed")) > 0.5 * MANY && Number(counters.get("authz.denied")) > 0.3 * MANY);
  assert.ok((counters.get("authz.decision_log_dropped") ?? 0n) > 0n);
});

test("memory is flat over a thousand configuration pushes", () => {
  const { vm } = AUTHZ.load({ record: false });
  let root = AUTHZ.configured(vm, everything(0), { node: NODE });
  const push = (n: number): void => {
    const next = AUTHZ.configured(vm, everything(n), { node: NODE });
    root.delete();
    root = next;
    ask(root, HEADERS);
  };
  assertFlat(vm, { settle: 200, then: 1000 }, push);
});

test("memory is flat over a thousand refused configurations", () => {
  const { vm } = AUTHZ.load({ record: false });
  const wrong = JSON.stringify(everything(1)).replace('"source"', '"sauce"');
  const push = (): void => {
    const root = vm.createRoot({ configuration: wrong, node: NODE });
    assert.equal(root.accepted, false);
    root.delete();
    vm.emulator.logs.length = 0;
  };
  assertFlat(vm, { settle: 20, then: 1000 }, push);
});

test("memory is flat over requests with large tokens, of which nothing is kept", () => {
  const { vm } = AUTHZ.load({ record: false });
  const root = AUTHZ.configured(vm, everything(1), { node: NODE });
  const payload = { a: { b: "y" }, iss: "iss", sub: "s", groups: Array.from({ length: 200 }, (_, i) => `group-${i}`) };
  const metadata = { filter_metadata: { "envoy.filters.http.jwt_authn": struct({ payload }) } };
  const request = (): void => {
    const stream = root.stream({ requestHeaders: { ...HEADERS, ":path": "/api/3/x/y" }, properties: { metadata } });
    stream.requestHeaders();
    stream.end();
  };
  assertFlat(vm, { settle: 100, then: 2000 }, request);
});

/** Ten thousand rules as they come in practice: a caller, a method and a path each. */
function tenThousandRules(): object {
  const rules = Array.from({ length: 10_000 }, (_, i) => ({
    from: [{ source: { principals: [`cluster.local/ns/tenant-${i % 500}/sa/client-${i}`] } }],
    to: [{ operation: { methods: ["GET"], paths: [`/tenants/${i}/*`] } }],
  }));
  return { direction: "INBOUND", policies: [{ name: "tenants", namespace: "default", rules }] };
}

test("ten thousand rules: what they take is told", (t) => {
  const { vm } = AUTHZ.load({ record: false });
  const empty = vm.memoryBytes;
  const configuration = tenThousandRules();
  const start = performance.now();
  const root = AUTHZ.configured(vm, configuration, { node: NODE });
  const milliseconds = performance.now() - start;
  const first = vm.memoryBytes;
  const again = AUTHZ.configured(vm, configuration, { node: NODE });
  root.delete();
  const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  t.diagnostic(`read in ${milliseconds.toFixed(0)} ms; ${megabytes(JSON.stringify(configuration).length)} of JSON`);
  t.diagnostic(`memory: ${megabytes(first - empty)}, and ${megabytes(vm.memoryBytes - empty)} after a push`);
  const san = "spiffe://cluster.local/ns/tenant-7/sa/client-5007";
  // The process has accepted the second configuration, the same, before: it is read in steps, for which its first request waits.
  again.stream({ requestHeaders: HEADERS }).requestHeaders();
  readAll(again);
  const said = (path: string): string | undefined => {
    const requestHeaders = { ...HEADERS, ":path": path };
    const stream = again.stream({ requestHeaders, properties: { connection: { uri_san_peer_certificate: san } } });
    stream.requestHeaders();
    stream.end();
    return stream.localReply?.details;
  };
  assert.equal(said("/tenants/5007/x"), undefined);
  assert.equal(said("/tenants/5008/x"), "rbac_access_denied_matched_policy[none]");
  // While a configuration is pushed, three plans may be there: the last root's, the new one's, and that of a root that has just gone.
  const push = (): void => {
    const pushed = AUTHZ.configured(vm, configuration, { node: NODE });
    readAll(pushed);
    pushed.delete();
  };
  for (let time = 0; time < 2; time++) push();
  const settled = vm.memoryBytes;
  for (let time = 0; time < 4; time++) push();
  assert.equal(vm.memoryBytes, settled);
  assert.ok(settled - empty <= 26 * 2 ** 20, megabytes(settled - empty));
});
