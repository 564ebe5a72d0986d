import type { ConnectionOptions } from "node:tls";
import { Authority } from "../../support/envoy/index.ts";
import type { ServerTls } from "../../support/envoy/tls.ts";

/** What a listener and its clients need for mTLS; without it nobody's principal is known, and nobody may ask for an explanation. */
export interface Mtls {
  server: ServerTls;
  client: ConnectionOptions;
}

/** Certificates of one mesh. */
export async function issueMtls(): Promise<Mtls> {
  const authority = await Authority.create();
  const certificate = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/reviews"] });
  const issued = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/sleep"] });
  return {
    server: { certificate, clientAuthority: authority.certificate },
    client: { cert: issued.certificate, key: issued.key },
  };
}
