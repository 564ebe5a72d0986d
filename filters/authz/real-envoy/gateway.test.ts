/** At a gateway, whose listeners istiod makes OUTBOUND, the source is the client and not the gateway. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authority, FeatureListeners, type JsonObject } from "../../../test/real-envoy/harness/index.ts";
import { policy } from "./rules.ts";

const GATEWAY = "cluster.local/ns/default/sa/gateway";
const CLIENT = "cluster.local/ns/default/sa/sleep";
const NODE = {
  id: "router~10.0.0.1~gateway.default~default.svc.cluster.local",
  cluster: "gateway",
  metadata: { NAMESPACE: "default", SERVICE_ACCOUNT: "gateway" },
};

const allows = (...principals: string[]): JsonObject => ({
  policies: [policy("p", "ALLOW", [{ from: [{ source: { principals } }] }])],
});

let authority: Authority;
let listeners: FeatureListeners;

before(async () => {
  authority = await Authority.create();
  const server = await authority.issue({ uris: [`spiffe://${GATEWAY}`] });
  const tls = { certificate: server, clientAuthority: authority.certificate, clientCertificateRequired: false };
  const gateway = { chain: { tls }, listener: { traffic_direction: "OUTBOUND" } };
  listeners = await FeatureListeners.start(
    "authz",
    {
      anyone: { configuration: allows("*"), ...gateway },
      itself: { configuration: allows(GATEWAY), ...gateway },
      client: { configuration: allows(CLIENT), ...gateway },
    },
    { bootstrap: { node: NODE } },
  );
});
after(async () => await listeners?.stop());

/** The status that a client with that identity gets; without a certificate where it has none. */
async function statusFor(name: string, identity?: string): Promise<number> {
  const client = identity === undefined ? undefined : await authority.issue({ uris: [`spiffe://${identity}`] });
  const tls = client === undefined ? {} : { cert: client.certificate, key: client.key };
  return (await listeners.send(name, {}, tls)).status;
}

test("a client without a certificate is nobody", async () => {
  assert.equal(await statusFor("anyone"), 403);
  assert.equal(await statusFor("itself"), 403);
});

test("a client's certificate says who it is", async () => {
  assert.equal(await statusFor("anyone", CLIENT), 200);
  assert.equal(await statusFor("client", CLIENT), 200);
  assert.equal(await statusFor("itself", CLIENT), 403);
});
