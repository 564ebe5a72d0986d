import { after, before, test } from "node:test";
import { fetchOnce, filterState, type Answer, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { Rules, type Case } from "./rules.ts";

/** What istiod's listener in front puts there (`%DOWNSTREAM_PEER_URI_SAN%`); a header of the request says it here. */
const PEER_PRINCIPAL = filterState({ "io.istio.peer_principal": "%REQ(x-peer)%" });

const SLEEP = "spiffe://cluster.local/ns/default/sa/sleep";
const CURL = "spiffe://cluster.local/ns/foo/sa/curl";
/** Envoy's format string gives this where there is nothing, as for a peer without a certificate. */
const NOBODY = "-";
/** No SPIFFE ID, the last being what Envoy makes of two URI SANs. */
const UNNAMED = ["https://example.com", "spiffe://", `${SLEEP},${CURL}`];

const from = (source: JsonObject): JsonObject => ({ from: [{ source }] });

const CASES: Readonly<Record<string, Case<string>>> = {
  principals: {
    rule: from({ principals: ["cluster.local/ns/default/sa/sleep"] }),
    hits: [SLEEP],
    misses: [CURL, NOBODY],
    unsure: UNNAMED,
  },
  notPrincipals: {
    rule: from({ notPrincipals: ["cluster.local/ns/default/sa/sleep"] }),
    hits: [CURL, NOBODY],
    misses: [SLEEP],
    unsure: UNNAMED,
  },
  namespaces: { rule: from({ namespaces: ["foo"] }), hits: [CURL], misses: [SLEEP, NOBODY], unsure: UNNAMED },
  serviceAccounts: {
    rule: from({ serviceAccounts: ["foo/curl"] }),
    hits: [CURL],
    misses: [SLEEP, NOBODY],
    unsure: UNNAMED,
  },
  trustDomains: { rule: from({ trustDomains: ["cluster.local"] }), hits: [SLEEP], misses: [NOBODY], unsure: UNNAMED },
  "no filter state at all": {
    rule: from({ principals: ["*"] }),
    chain: { filters: [] },
    hits: [],
    misses: [SLEEP, NOBODY],
  },
};

/** The kinds of proxy to which a listener before them tells who the peer is: a waypoint, and a sidecar for what came by HBONE. */
const KINDS = {
  "a waypoint": "waypoint~10.0.0.1~waypoint.default~default.svc.cluster.local",
  "a sidecar by HBONE": "sidecar~10.0.0.1~httpbin.default~default.svc.cluster.local",
};

const started = new Map<string, Rules>();

before(async () => {
  for (const [kind, id] of Object.entries(KINDS)) {
    const bootstrap = { node: { id, cluster: "test", metadata: { NAMESPACE: "default" } } };
    started.set(kind, await Rules.start(CASES, { filters: [PEER_PRINCIPAL] }, { bootstrap }));
  }
});
after(async () => {
  for (const rules of started.values()) await rules.stop();
});

const send = async (port: number, peer: string): Promise<Answer> =>
  await fetchOnce(port, peer === NOBODY ? {} : { headers: [["x-peer", peer]] });

for (const kind of Object.keys(KINDS)) {
  for (const [name, one] of Object.entries(CASES)) {
    test(`on ${kind}: ${name}`, async () => await started.get(kind)?.verify(name, one, send));
  }
}
