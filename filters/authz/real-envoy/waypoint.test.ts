import { after, before, test } from "node:test";
import { fetchOnce, filterState, type Answer, type JsonObject } from "../../../test/real-envoy/harness/index.ts";
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

let rules: Rules;

before(async () => {
  const node = { id: "waypoint~10.0.0.1~waypoint.default~default.svc.cluster.local", cluster: "waypoint" };
  const bootstrap = { node: { ...node, metadata: { NAMESPACE: "default" } } };
  rules = await Rules.start(CASES, { filters: [PEER_PRINCIPAL] }, { bootstrap });
});
after(async () => await rules?.stop());

const send = async (port: number, peer: string): Promise<Answer> =>
  await fetchOnce(port, peer === NOBODY ? {} : { headers: [["x-peer", peer]] });

for (const [name, one] of Object.entries(CASES)) {
  test(`on a waypoint: ${name}`, async () => await rules.verify(name, one, send));
}
