/** The clients: who a certificate says that they are, from an ordinary workload to what should never have been issued. */
import { createSecureContext } from "node:tls";
import type { SecureContext } from "node:tls";
import type { Authority } from "../../support/envoy/index.ts";

/** What a client's certificate says; nothing for one that comes over plaintext. */
export interface Peer {
  uris?: readonly string[];
  dnsNames?: readonly string[];
  commonName?: string;
  /**
   * Its only URI is a SPIFFE ID as the standard has it (SPIFFE-ID, section 2) of a workload. Native RBAC compares whatever
   * text it finds; the filter takes no other identity, and denies such a peer where a rule asks for one.
   */
  strict: boolean;
}

const workload = (uri: string): Peer => ({ uris: [`spiffe://${uri}`], strict: true });
const odd = (...uris: string[]): Peer => ({ uris, strict: false });

/** A client without TLS. */
export const PLAINTEXT = "plaintext";

/** All clients with a certificate, by the name that a failure tells. */
export const PEERS: Readonly<Record<string, Peer>> = {
  sleep: workload("cluster.local/ns/default/sa/sleep"),
  curl: workload("cluster.local/ns/default/sa/curl"),
  "foo-sleep": workload("cluster.local/ns/foo/sa/sleep"),
  "foo-curl": workload("cluster.local/ns/foo/sa/curl"),
  "foo-bar": workload("cluster.local/ns/foo-bar/sa/httpbin"),
  gateway: workload("cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account"),
  "root-sleep": workload("cluster.local/ns/istio-system/sa/sleep"),
  "root-curl": workload("cluster.local/ns/istio-system/sa/curl"),
  dots: workload("cluster.local/ns/a.b/sa/sleep.v1"),
  "dots-near": workload("cluster.local/ns/axb/sa/sleepxv1"),
  "td1-sleep": workload("td1.example/ns/default/sa/sleep"),
  "td1-curl": workload("td1.example/ns/foo/sa/curl"),
  "td1x-sleep": workload("td1xexample/ns/default/sa/sleep"),
  "old-sleep": workload("old-td/ns/default/sa/sleep"),
  "old-curl": workload("old-td/ns/foo/sa/curl"),
  "new-sleep": workload("new-td/ns/default/sa/sleep"),
  "new-curl": workload("new-td/ns/foo/sa/curl"),
  "more-segments": workload("cluster.local/cluster/c1/ns/default/pod/p1/sa/sleep/x/y"),
  "sa-in-front": workload("cluster.local/sa/sleep/ns/default/sa/curl"),
  "two-namespaces": workload("cluster.local/ns/foo/x/ns/default/sa/sleep"),
  "no-service-account": workload("cluster.local/ns/default"),
  "upper-case-path": workload("cluster.local/NS/default/SA/Sleep"),
  "trust-domain-only": odd("spiffe://cluster.local"),
  "scheme-only": odd("spiffe://"),
  "empty-trust-domain": odd("spiffe:///ns/default/sa/sleep"),
  "other-scheme": odd("https://cluster.local/ns/default/sa/sleep"),
  "upper-case-scheme": odd("SPIFFE://cluster.local/ns/default/sa/sleep"),
  "upper-case-domain": odd("spiffe://Cluster.Local/ns/default/sa/sleep"),
  "trailing-slash": odd("spiffe://cluster.local/ns/default/sa/sleep/"),
  "empty-segment": odd("spiffe://cluster.local//ns/default/sa/sleep"),
  "dot-segments": odd("spiffe://cluster.local/ns/foo/../default/sa/sleep"),
  "with-port": odd("spiffe://cluster.local:80/ns/default/sa/sleep"),
  "with-user": odd("spiffe://cluster.local@td1.example/ns/default/sa/sleep"),
  "with-query": odd("spiffe://td1.example/ns/foo/sa/x?/ns/default/sa/sleep"),
  "with-fragment": odd("spiffe://cluster.local/ns/default/sa/sleep#x"),
  percent: odd("spiffe://cluster.local/ns/default/sa/%73leep"),
  space: odd("spiffe://cluster.local/ns/default/sa/sleep "),
  star: odd("spiffe://cluster.local/ns/default/sa/a*b"),
  "star-at-end": odd("spiffe://cluster.local/ns/star*/sa/sleep*"),
  "path-without-scheme": odd("cluster.local/ns/default/sa/sleep"),
  "dns-name": { dnsNames: ["sleep.default.svc.cluster.local"], strict: false },
  "dns-name-as-id": { dnsNames: ["spiffe://cluster.local/ns/default/sa/sleep"], strict: false },
  "uri-and-dns-name": { uris: ["spiffe://td1.example/ns/foo/sa/x"], dnsNames: ["cluster.local"], strict: true },
  subject: { commonName: "sleep", strict: false },
  "subject-as-id": { commonName: "spiffe://cluster.local/ns/default/sa/sleep", strict: false },
  nothing: { strict: false },
};

/**
 * Two identities at once, which no certificate of Istio's has. The host tells the filter of the first alone, so it cannot
 * know of the second, by which native RBAC goes too.
 */
export const TWO_URIS: Peer = {
  uris: ["spiffe://td1.example/ns/foo/sa/first", "spiffe://cluster.local/ns/default/sa/sleep"],
  strict: false,
};
/** One with the first of them. */
export const FIRST_URI: Peer = { uris: TWO_URIS.uris!.slice(0, 1), strict: true };

/** Whether a client's identity is one that both sides understand alike: none at all, or a strict SPIFFE ID. */
export function isStrict(peer: string): boolean {
  return peer === PLAINTEXT || PEERS[peer]?.strict === true;
}

/** Those with a certificate of which both sides make the same. */
export const STRICT_PEERS: readonly string[] = Object.keys(PEERS).filter(isStrict);

/** What TLS needs of each client, by its name; made once, because reading a key takes as long as a whole exchange. */
export type Contexts = ReadonlyMap<string, SecureContext>;

/** A certificate for a client, ready for TLS. */
export async function issue(authority: Authority, peer: Peer): Promise<SecureContext> {
  const { certificate, key } = await authority.issue(peer);
  return createSecureContext({ cert: certificate, key });
}

/** One for each client. */
export async function issuePeers(authority: Authority): Promise<Map<string, SecureContext>> {
  const all = Object.entries(PEERS).map(async ([name, peer]) => [name, await issue(authority, peer)] as const);
  return new Map(await Promise.all(all));
}
