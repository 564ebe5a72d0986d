import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ConnectionOptions } from "node:tls";
import {
  Authority,
  detailsOf,
  FeatureListeners,
  fetchOnce,
  filterState,
  SHOWS_DETAILS,
  type Answer,
  type HttpChain,
  type Identity,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { deniedBy, policy, Rules, type Case } from "./rules.ts";

const SLEEP = "spiffe://cluster.local/ns/default/sa/sleep";
const CURL = "spiffe://cluster.local/ns/foo/sa/curl";

/** Clients by what their certificates say; undefined for one over TLS without a certificate. */
const PEERS = {
  sleep: { uris: [SLEEP] },
  curl: { uris: [CURL] },
  "foo/sleep": { uris: ["spiffe://cluster.local/ns/foo/sa/sleep"] },
  "td1/sleep": { uris: ["spiffe://td1/ns/default/sa/sleep"] },
  "old-td/sleep": { uris: ["spiffe://old-td/ns/default/sa/sleep"] },
  "sleep, then curl": { uris: [SLEEP, CURL] },
  "curl, then sleep": { uris: [CURL, SLEEP] },
  "no URI": { dnsNames: ["sleep.default.svc"], commonName: "cluster.local/ns/default/sa/sleep" },
  "another URI": { uris: ["https://cluster.local/ns/default/sa/sleep"] },
  "a SPIFFE ID with a query": { uris: [`${SLEEP}?x`] },
  "another URI, then sleep": { uris: ["https://example.com", SLEEP] },
  anonymous: undefined,
} satisfies Record<string, Identity | undefined>;

type Peer = keyof typeof PEERS;

const NAMED: readonly Peer[] = ["sleep", "curl", "foo/sleep", "td1/sleep", "old-td/sleep"];
/** Peers with a certificate that does not say who they are. */
const UNNAMED: readonly Peer[] = ["no URI", "another URI", "a SPIFFE ID with a query", "another URI, then sleep"];

const from = (source: JsonObject): JsonObject => ({ from: [{ source }] });
const when = (key: string, fields: JsonObject): JsonObject => ({ when: [{ key, ...fields }] });

/** The peers of that list for which a rule holds, and all the others for which it does not. */
function holdsFor(rule: JsonObject, hits: readonly Peer[], fields: JsonObject = {}): Case<Peer> {
  const misses = [...NAMED, "anonymous" as const].filter((peer) => !hits.includes(peer));
  return { rule, fields, hits, misses, unsure: UNNAMED };
}

const CASES: Readonly<Record<string, Case<Peer>>> = {
  "principals, exact": holdsFor(from({ principals: ["cluster.local/ns/default/sa/sleep", "x"] }), ["sleep"]),
  "principals, any that is authenticated": holdsFor(from({ principals: ["*"] }), NAMED),
  "principals, prefix": holdsFor(from({ principals: ["cluster.local/ns/foo/*"] }), ["curl", "foo/sleep"]),
  "principals, suffix": holdsFor(from({ principals: ["*/ns/default/sa/sleep"] }), [
    "sleep",
    "td1/sleep",
    "old-td/sleep",
  ]),
  notPrincipals: holdsFor(from({ notPrincipals: ["cluster.local/ns/default/*", "td1/*", "old-td/*"] }), [
    "curl",
    "foo/sleep",
    "anonymous",
  ]),
  "principals, the first of two URIs": {
    rule: from({ principals: ["cluster.local/ns/default/sa/sleep"] }),
    hits: ["sleep, then curl"],
    misses: ["curl, then sleep"],
  },
  "namespaces, exact": holdsFor(from({ namespaces: ["foo"] }), ["curl", "foo/sleep"]),
  "namespaces, a star anywhere": holdsFor(from({ namespaces: ["d*ult"] }), ["sleep", "td1/sleep", "old-td/sleep"]),
  notNamespaces: holdsFor(from({ notNamespaces: ["default"] }), ["curl", "foo/sleep", "anonymous"]),
  serviceAccounts: holdsFor(from({ serviceAccounts: ["foo/sleep", "default/curl"] }), ["foo/sleep"]),
  "serviceAccounts of the policy's namespace": holdsFor(from({ serviceAccounts: ["sleep"] }), [
    "sleep",
    "td1/sleep",
    "old-td/sleep",
  ]),
  notServiceAccounts: holdsFor(from({ notServiceAccounts: ["default/sleep", "foo/sleep"] }), ["curl", "anonymous"]),
  "trustDomains, exact": holdsFor(from({ trustDomains: ["td1"] }), ["td1/sleep"]),
  "trustDomains, suffix": holdsFor(from({ trustDomains: ["*local"] }), ["sleep", "curl", "foo/sleep"]),
  "trustDomains, prefix": holdsFor(from({ trustDomains: ["old*"] }), ["old-td/sleep"]),
  "trustDomains, any": holdsFor(from({ trustDomains: ["*"] }), NAMED),
  notTrustDomains: holdsFor(from({ notTrustDomains: ["cluster.local"] }), ["td1/sleep", "old-td/sleep", "anonymous"]),
  "two sources": holdsFor({ from: [{ source: { namespaces: ["foo"] } }, { source: { trustDomains: ["td1"] } }] }, [
    "curl",
    "foo/sleep",
    "td1/sleep",
  ]),
  "all fields of a source": holdsFor(from({ namespaces: ["default"], notTrustDomains: ["td1"], principals: ["*"] }), [
    "sleep",
    "old-td/sleep",
  ]),
  "source.principal": holdsFor(
    when("source.principal", { values: ["*/sa/sleep"], notValues: ["cluster.local/ns/default/sa/sleep"] }),
    ["foo/sleep", "td1/sleep", "old-td/sleep"],
  ),
  "source.principal, regex": holdsFor(when("source.principal", { regex: ["cluster[.]local/ns/[f-o]+/sa/.*"] }), [
    "curl",
    "foo/sleep",
  ]),
  "source.namespace": holdsFor(when("source.namespace", { values: ["default"] }), [
    "sleep",
    "td1/sleep",
    "old-td/sleep",
  ]),
  "source.namespace, notValues": holdsFor(when("source.namespace", { notValues: ["default"] }), [
    "curl",
    "foo/sleep",
    "anonymous",
  ]),
  "source.serviceAccount": holdsFor(when("source.serviceAccount", { values: ["foo/curl"] }), ["curl"]),
  "source.trustDomain": holdsFor(when("source.trustDomain", { values: ["td1"] }), ["td1/sleep"]),
  "trustDomainAliases, principals": holdsFor(
    from({ principals: ["cluster.local/ns/default/sa/sleep"] }),
    ["sleep", "old-td/sleep"],
    { trustDomainAliases: ["old-td"] },
  ),
  "trustDomainAliases, trustDomains": holdsFor(
    from({ trustDomains: ["old-td"] }),
    ["sleep", "curl", "foo/sleep", "old-td/sleep"],
    { trustDomainAliases: ["old-td"] },
  ),
  "trustDomain: cluster.local in a policy is the mesh's own": holdsFor(
    from({ principals: ["cluster.local/ns/default/sa/sleep"] }),
    ["td1/sleep", "old-td/sleep"],
    { trustDomain: "td1", trustDomainAliases: ["old-td"] },
  ),
  "a rule that asks for no identity": {
    rule: { to: [{ operation: { paths: ["/"] } }] },
    hits: [...NAMED, ...UNNAMED, "anonymous"],
    misses: [],
  },
};

let authority: Authority;
let rules: Rules;
let tls: HttpChain["tls"];
const clients = new Map<Peer, ConnectionOptions>();

before(async () => {
  authority = await Authority.create();
  const certificate = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/httpbin"] });
  tls = { certificate, clientAuthority: authority.certificate, clientCertificateRequired: false };
  await Promise.all(
    Object.entries(PEERS).map(async ([peer, names]) => {
      const issued = names === undefined ? undefined : await authority.issue(names);
      clients.set(peer as Peer, issued === undefined ? {} : { cert: issued.certificate, key: issued.key });
    }),
  );
  rules = await Rules.start(CASES, { tls });
});
after(async () => await rules?.stop());

const send = async (port: number, peer: Peer): Promise<Answer> => await fetchOnce(port, {}, clients.get(peer));

for (const [name, one] of Object.entries(CASES)) test(name, async () => await rules.verify(name, one, send));

test("what the connection and the proxy say: plaintext, requireMtls, an outbound listener, HBONE", async (t) => {
  const everyone = [policy("everyone", "ALLOW", [{}])];
  const own = [policy("own", "ALLOW", [from({ principals: ["cluster.local/ns/default/sa/httpbin"] })])];
  const chain = { manager: SHOWS_DETAILS };
  const listeners = await FeatureListeners.start(
    "authz",
    {
      anyone: { configuration: { policies: [policy("named", "ALLOW", [from({ principals: ["*"] })])] }, chain },
      nobody: { configuration: { policies: [policy("unnamed", "DENY", [from({ notPrincipals: ["*"] })])] }, chain },
      "mtls, plaintext": { configuration: { requireMtls: true, policies: everyone }, chain },
      "mtls, TLS": { configuration: { requireMtls: true, policies: everyone }, chain: { ...chain, tls } },
      outbound: { configuration: { policies: own }, chain, listener: { traffic_direction: "OUTBOUND" } },
      "said to be outbound": { configuration: { policies: own, direction: "OUTBOUND" }, chain },
      "said to be inbound": {
        configuration: { policies: own, direction: "INBOUND" },
        chain,
        listener: { traffic_direction: "OUTBOUND" },
      },
      "another's outbound": { configuration: { policies: own, trustDomain: "td1", direction: "OUTBOUND" }, chain },
      HBONE: {
        configuration: { policies: own },
        chain: { ...chain, filters: [filterState({ "io.istio.peer_principal": "%REQ(x-peer)%" })] },
      },
    },
    { metadata: { NAMESPACE: "default", SERVICE_ACCOUNT: "httpbin" } },
  );
  t.after(async () => await listeners.stop());
  const seen = async (name: string, peer?: Peer): Promise<string | number> => {
    const answer = await listeners.send(name, {}, peer === undefined ? undefined : clients.get(peer));
    return detailsOf(answer) ?? answer.status;
  };

  assert.equal(await seen("anyone"), deniedBy("none"));
  assert.equal(await seen("nobody"), deniedBy("ns[default]-policy[unnamed]-rule[0]"));
  assert.equal(await seen("mtls, plaintext"), "authz_mtls_required");
  assert.equal(await seen("mtls, TLS", "anonymous"), "authz_mtls_required");
  assert.equal(await seen("mtls, TLS", "sleep"), 200);
  assert.equal(await seen("outbound"), 200);
  assert.equal(await seen("said to be outbound"), 200);
  assert.equal(await seen("said to be inbound"), deniedBy("none"));
  assert.equal(await seen("another's outbound"), 200, "cluster.local in a policy is the mesh's own");

  const through = async (peer: string): Promise<string | number> => {
    const answer = await listeners.send("HBONE", { headers: [["x-peer", peer]] });
    return detailsOf(answer) ?? answer.status;
  };
  assert.equal(await through("spiffe://cluster.local/ns/default/sa/httpbin"), 200);
  assert.equal(await through(SLEEP), deniedBy("none"));
  assert.equal(await through("-"), deniedBy("none"), "a client without a certificate");
});

test("on a gateway the source is the peer, though istiod makes its listeners outbound ones", async (t) => {
  const node = { id: "router~10.0.0.1~gateway.default~default.svc.cluster.local", cluster: "gateway" };
  const metadata = { NAMESPACE: "default", SERVICE_ACCOUNT: "gateway" };
  const named = policy("sleep", "ALLOW", [from({ principals: ["cluster.local/ns/default/sa/sleep"] })]);
  const listeners = await FeatureListeners.start(
    "authz",
    {
      gateway: {
        configuration: { policies: [named] },
        chain: { tls, manager: SHOWS_DETAILS },
        listener: { traffic_direction: "OUTBOUND" },
      },
    },
    { bootstrap: { node: { ...node, metadata } } },
  );
  t.after(async () => await listeners.stop());
  const seen = async (peer: Peer): Promise<string | number> => {
    const answer = await listeners.send("gateway", {}, clients.get(peer));
    return detailsOf(answer) ?? answer.status;
  };

  assert.equal(await seen("sleep"), 200);
  assert.equal(await seen("curl"), deniedBy("none"));
  assert.equal(await seen("anonymous"), deniedBy("none"));
});

test("an outbound listener of a proxy that does not know its own identity refuses what asks for it", async (t) => {
  const configuration = (action: string): JsonObject => ({
    direction: "OUTBOUND",
    policies: [{ name: "p", action, rules: [from({ principals: ["x"] })] }],
  });
  const chain = { manager: SHOWS_DETAILS };
  const features = {
    ALLOW: { configuration: configuration("ALLOW"), chain },
    DENY: { configuration: configuration("DENY"), chain },
  };
  const listeners = await FeatureListeners.start("authz", features);
  t.after(async () => await listeners.stop());
  for (const action of ["ALLOW", "DENY"]) {
    assert.equal(detailsOf(await listeners.send(action)), "authz_unsure", action);
  }
});
