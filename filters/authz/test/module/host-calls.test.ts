/**
 * The budget: what each kind of request costs in host calls, exactly. One read of the headers where a rule asks for one, a
 * property only where a rule gets as far as asking for it, a counter for the verdict and each rule, one reply.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { struct, type EmulatorOptions, type Headers, type PropertyValue } from "../../../../emulator/index.ts";
import { AUTHZ } from "./compiled.ts";

const GET = { ":authority": "httpbin", ":path": "/admin/users?page=2", ":method": "GET" };
const SLEEP = "cluster.local/ns/default/sa/sleep";
const NODE = { metadata: { NAMESPACE: "default", LABELS: { app: "httpbin" } } };

interface Request {
  readonly headers?: Headers;
  readonly connection?: PropertyValue;
  readonly metadata?: PropertyValue;
}

/** The host calls of one request, all of its callbacks taken together. */
function callsOf(configuration: object, request: Request = {}, options: EmulatorOptions = {}): string[] {
  const { vm } = AUTHZ.load(options);
  const root = AUTHZ.configured(vm, { direction: "INBOUND", ...configuration }, { node: NODE });
  const { headers = GET, connection = { mtls: true, uri_san_peer_certificate: `spiffe://${SLEEP}` } } = request;
  const properties = { connection, ...(request.metadata !== undefined && { metadata: request.metadata }) };
  const stream = root.stream({ requestHeaders: headers, properties });
  stream.requestHeaders();
  if (stream.localReply === undefined) stream.responseHeaders({ ":status": "200" });
  stream.end();
  return stream.calls;
}

const policy = (rules: unknown, fields: object = {}): object => ({ name: "p", namespace: "default", rules, ...fields });
const toPath = (path: string): object => ({ to: [{ operation: { paths: [path] } }] });
const fromSleep = { from: [{ source: { principals: [SLEEP] } }] };
const refusal = (details: string): string => `send_local_response 403 ${details} "RBAC: access denied"`;
const refusalBy = (rule: string): string => refusal(`rbac_access_denied_matched_policy[${rule}]`);

test("no policy for this workload: nothing is asked", () => {
  const elsewhere = policy([toPath("/*")], { namespace: "other" });
  const another = policy([fromSleep], { selector: { matchLabels: { app: "details" } } });
  assert.deepEqual(callsOf({ policies: [] }), ["increment_metric authz.allowed 1"]);
  assert.deepEqual(callsOf({ policies: [elsewhere, another] }), ["increment_metric authz.allowed 1"]);
});

test("allowed by its path: one read of the headers, and two counters", () => {
  assert.deepEqual(callsOf({ policies: [policy([toPath("/admin/*")])] }), [
    "get_header_map_pairs request",
    "increment_metric authz.allowed 1",
    "increment_metric authz.policy.default.p.rule.0.allowed 1",
  ]);
});

test("denied: a reply more; the rule that denies is counted and named, none where no ALLOW rule matches", () => {
  assert.deepEqual(callsOf({ policies: [policy([toPath("/admin/*")], { action: "DENY" })] }), [
    "get_header_map_pairs request",
    "increment_metric authz.denied 1",
    "increment_metric authz.policy.default.p.rule.0.denied 1",
    refusalBy("ns[default]-policy[p]-rule[0]"),
  ]);
  assert.deepEqual(callsOf({ policies: [policy([toPath("/public/*")])] }), [
    "get_header_map_pairs request",
    "increment_metric authz.denied 1",
    refusalBy("none"),
  ]);
});

test("the principal is asked for where a rule's path matches, and once for all rules", () => {
  const rule = (path: string): object => ({ ...toPath(path), ...fromSleep });
  const allowed = ["increment_metric authz.allowed 1", "increment_metric authz.policy.default.p.rule.0.allowed 1"];
  assert.deepEqual(callsOf({ policies: [policy([rule("/admin/users")])] }), [
    "get_header_map_pairs request",
    "get_property connection.uri_san_peer_certificate",
    ...allowed,
  ]);
  const other = { from: [{ source: { principals: ["cluster.local/ns/default/sa/other"] } }] };
  const again = policy([{ ...toPath("/admin/users"), ...other }], { name: "d", action: "DENY" });
  assert.deepEqual(callsOf({ policies: [policy([rule("/admin/users")]), again] }), [
    "get_header_map_pairs request",
    "get_property connection.uri_san_peer_certificate",
    ...allowed,
  ]);
  assert.deepEqual(callsOf({ policies: [policy([rule("/users")])] }), [
    "get_header_map_pairs request",
    "increment_metric authz.denied 1",
    refusalBy("none"),
  ]);
});

test("rules that ask for no header read none", () => {
  assert.deepEqual(callsOf({ policies: [policy([fromSleep])] }), [
    "get_property connection.uri_san_peer_certificate",
    "increment_metric authz.allowed 1",
    "increment_metric authz.policy.default.p.rule.0.allowed 1",
  ]);
});

test("over plaintext two calls more tell that nobody else says who the peer is, and that there is no certificate", () => {
  assert.deepEqual(callsOf({ policies: [policy([fromSleep])] }, { connection: { mtls: false } }), [
    "get_property connection.uri_san_peer_certificate -> NotFound",
    "get_property filter_state.io.istio.peer_principal -> NotFound",
    "get_property connection.mtls",
    "increment_metric authz.denied 1",
    refusalBy("none"),
  ]);
});

test("requireMtls: one property before everything else, and nothing behind it over plaintext", () => {
  const configuration = { requireMtls: true, policies: [policy([toPath("/admin/*")])] };
  assert.deepEqual(callsOf(configuration), [
    "get_property connection.mtls",
    "get_header_map_pairs request",
    "increment_metric authz.allowed 1",
    "increment_metric authz.policy.default.p.rule.0.allowed 1",
  ]);
  assert.deepEqual(callsOf(configuration, { connection: { mtls: false } }), [
    "get_property connection.mtls",
    "increment_metric authz.denied 1",
    refusal("authz_mtls_required"),
  ]);
});

test("requireMtls over plaintext: headers are read after all if they may ask for the verdict, or are logged", () => {
  const metadata = { ...NODE.metadata, SERVICE_ACCOUNT: "sleep" };
  const { vm } = AUTHZ.load();
  const explaining = { requireMtls: true, policies: [], explain: { principals: [SLEEP] } };
  const root = AUTHZ.configured(vm, explaining, { node: { metadata } });
  const stream = root.stream({
    requestHeaders: { ...GET, "x-authz-explain": "" },
    properties: { connection: { mtls: false }, xds: { listener_direction: 2n } },
  });
  stream.requestHeaders();
  assert.deepEqual(stream.calls, [
    "get_property connection.mtls",
    "get_header_map_pairs request",
    "get_property xds.listener_direction",
    'send_local_response 403 authz_explained "RBAC: access denied" x-authz-decision=denied, no mTLS',
  ]);

  const decisionLog = { denied: { percentage: { value: 100 } } };
  const logged = callsOf({ requireMtls: true, policies: [], decisionLog }, { connection: { mtls: false } });
  assert.match(logged.join("\n"), /"reason":"no mTLS","method":"GET","host":"httpbin","path":"\/admin\/users"/);
});

test("without a direction the listener is asked for it, where a rule asks for the principal", () => {
  assert.deepEqual(callsOf({ direction: null, policies: [policy([fromSleep])] }), [
    "get_property xds.listener_direction",
    "get_property connection.uri_san_peer_certificate",
    "increment_metric authz.allowed 1",
    "increment_metric authz.policy.default.p.rule.0.allowed 1",
  ]);
  assert.deepEqual(callsOf({ direction: "OUTBOUND", policies: [policy([fromSleep])] }), [
    "increment_metric authz.denied 1",
    "increment_metric authz.unsure 1",
    refusal("authz_unsure"),
  ]);
});

test("a token's claims: the metadata once, however many claims", () => {
  const claims = { iss: "issuer", sub: "sub", group: ["admin"], aud: "httpbin" };
  const metadata = { filter_metadata: { "envoy.filters.http.jwt_authn": struct({ payload: claims }) } };
  const when = [
    { key: "request.auth.claims[group]", values: ["admin"] },
    { key: "request.auth.audiences", values: ["httpbin"] },
  ];
  const rule = { from: [{ source: { requestPrincipals: ["issuer/sub"] } }], when };
  assert.deepEqual(callsOf({ policies: [policy([rule])] }, { metadata }), [
    "get_property metadata",
    "increment_metric authz.allowed 1",
    "increment_metric authz.policy.default.p.rule.0.allowed 1",
  ]);
});

test("a dry run costs its counters, whatever it would have done", () => {
  const enforced = policy([toPath("/admin/*")]);
  const deny = policy([toPath("/admin/users")], { name: "d", action: "DENY", dryRun: true });
  const allow = policy([toPath("/other")], { name: "a", dryRun: true });
  assert.deepEqual(callsOf({ policies: [enforced, deny, allow] }), [
    "get_header_map_pairs request",
    "increment_metric authz.allowed 1",
    "increment_metric authz.policy.default.p.rule.0.allowed 1",
    "increment_metric authz.istio_dry_run_deny_shadow_denied 1",
    "increment_metric authz.policy.default.d.rule.0.shadow_denied 1",
    "increment_metric authz.istio_dry_run_allow_shadow_denied 1",
  ]);
  const silent = policy([toPath("/other")], { name: "d", action: "DENY", dryRun: true });
  const grants = policy([toPath("/admin/users")], { name: "a", dryRun: true });
  assert.deepEqual(callsOf({ policies: [silent, grants] }), [
    "get_header_map_pairs request",
    "increment_metric authz.allowed 1",
    "increment_metric authz.istio_dry_run_deny_shadow_allowed 1",
    "increment_metric authz.istio_dry_run_allow_shadow_allowed 1",
    "increment_metric authz.policy.default.a.rule.0.shadow_allowed 1",
  ]);
});

test("a request that is refused never comes to the dry run of ALLOW", () => {
  const deny = policy([{}], { action: "DENY" });
  const allow = policy([{}], { name: "a", dryRun: true });
  assert.deepEqual(callsOf({ policies: [deny, allow] }), [
    "increment_metric authz.denied 1",
    "increment_metric authz.policy.default.p.rule.0.denied 1",
    refusalBy("ns[default]-policy[p]-rule[0]"),
  ]);
});

test("AUDIT: two counters, and nothing else", () => {
  assert.deepEqual(callsOf({ policies: [policy([{}], { action: "AUDIT" })] }), [
    "increment_metric authz.allowed 1",
    "increment_metric authz.audited 1",
    "increment_metric authz.policy.default.p.rule.0.audited 1",
  ]);
});

test("the decision log: what a line shows is read, then the time, then the line; nothing of it for what is not logged", () => {
  const decisionLog = { allowed: { percentage: { value: 100 } } };
  const policies = [policy([toPath("/admin/*")])];
  const allowed = [
    "get_header_map_pairs request",
    "increment_metric authz.allowed 1",
    "increment_metric authz.policy.default.p.rule.0.allowed 1",
  ];
  assert.deepEqual(callsOf({ policies, decisionLog }), [
    ...allowed,
    "get_current_time_nanoseconds",
    "get_property connection.uri_san_peer_certificate",
    'log info authz: {"time":"2026-01-01T00:00:00.000Z","verdict":"allowed","policy":"ns[default]-policy[p]","rule":0,' +
      `"principal":"${SLEEP}","method":"GET","host":"httpbin","path":"/admin/users"}`,
  ]);
  assert.deepEqual(callsOf({ policies, decisionLog: {} }), allowed);
  assert.deepEqual(callsOf({ policies, decisionLog }, {}, { logLevel: "warn" }), allowed);
});

test("explain: the caller's own header and identity first, then the answer; it is neither counted nor logged", () => {
  const configuration = {
    explain: { principals: [SLEEP] },
    decisionLog: { allowed: { percentage: { value: 100 } } },
    policies: [policy([toPath("/admin/*")])],
  };
  assert.deepEqual(callsOf(configuration, { headers: { ...GET, "x-authz-explain": "" } }), [
    "get_header_map_pairs request",
    "get_property connection.uri_san_peer_certificate",
    'send_local_response 200 authz_explained "" x-authz-decision=allowed by ns[default]-policy[p]-rule[0]',
  ]);
  const { decisionLog: _log, ...silent } = configuration;
  const counted = ["increment_metric authz.allowed 1", "increment_metric authz.policy.default.p.rule.0.allowed 1"];
  assert.deepEqual(callsOf(silent), ["get_header_map_pairs request", ...counted], "nobody asks, nobody is looked at");
  const other = { mtls: true, uri_san_peer_certificate: "spiffe://cluster.local/ns/default/sa/other" };
  assert.deepEqual(callsOf(silent, { headers: { ...GET, "x-authz-explain": "" }, connection: other }), [
    "get_header_map_pairs request",
    "get_property connection.uri_san_peer_certificate",
    ...counted,
  ]);
});
