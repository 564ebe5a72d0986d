/** Whom faults befall: by the identity of the caller, a cookie, a claim; the first entry that matches applies. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { ConnectionOptions } from "node:tls";
import {
  Authority,
  FeatureListeners,
  TokenIssuers,
  type HeaderLine,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { abort, aborted, entry, feature, METADATA, outcome, OUTBOUND, OWN_PRINCIPAL, plugin } from "./faults.ts";

const ISSUER = "https://issuer.example";
const tokens = new TokenIssuers([ISSUER]);
let authority: Authority;
let listeners: FeatureListeners;

/** Requests that the match takes are aborted, others go on. */
const aborting = (name: string, match: JsonObject): JsonObject => plugin([entry(name, abort(418), match)]);

before(async () => {
  authority = await Authority.create();
  const server = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/ratings"] });
  const tls = { certificate: server, clientAuthority: authority.certificate, clientCertificateRequired: false };
  const claim = { headers: { "@request.auth.claims.group": { exact: "testers" } } };
  listeners = await FeatureListeners.start(
    "fault-injection",
    {
      principal: feature(aborting("principal", { principals: ["cluster.local/ns/default/sa/reviews"] }), { tls }),
      namespace: feature(aborting("namespace", { principals: ["cluster.local/ns/chaos/*"] }), { tls }),
      own: feature(aborting("own", { principals: [OWN_PRINCIPAL] }), {}, OUTBOUND),
      "not-own": feature(aborting("not-own", { principals: ["cluster.local/ns/default/sa/x"] }), {}, OUTBOUND),
      cookie: feature(aborting("cookie", { cookies: { group: { exact: "testers" } } })),
      "cookie-outbound": feature(aborting("cookie-outbound", { cookies: { group: { regex: "t.*" } } }), {}, OUTBOUND),
      claim: feature(aborting("claim", claim), { filters: [tokens.filter()] }),
      order: feature(
        plugin([
          { name: "spared", match: [{ uri: { prefix: "/pay" } }] },
          entry("first", abort(418), { uri: { prefix: "/p" } }),
          { ...entry("second", abort(503)), route: [{ destination: { host: "ratings", subset: "v1" } }] },
        ]),
      ),
      hosts: feature({
        virtualServices: [
          { name: "ratings", namespace: "default", hosts: ["ratings"], http: [{ fault: abort(418) }] },
          { name: "others", namespace: "default", hosts: ["*.example"], http: [{ fault: abort(503) }] },
        ],
      }),
    },
    { metadata: METADATA },
  );
});
after(async () => await listeners?.stop());

async function outcomeOf(name: string, headers: readonly HeaderLine[], path = "/"): Promise<string> {
  return outcome(await listeners.send(name, { headers, path }));
}

/** For a client with a certificate of this URI; without one where there is none. */
async function outcomeFor(name: string, uri?: string): Promise<string> {
  const issued = uri === undefined ? undefined : await authority.issue({ uris: [uri] });
  const tls: ConnectionOptions = issued === undefined ? {} : { cert: issued.certificate, key: issued.key };
  return outcome(await listeners.send(name, {}, tls));
}

test("principals: one caller's requests alone, by the certificate that it showed", async () => {
  assert.equal(
    await outcomeFor("principal", "spiffe://cluster.local/ns/default/sa/reviews"),
    aborted(418, "principal"),
  );
  assert.equal(await outcomeFor("principal", "spiffe://cluster.local/ns/default/sa/reviews2"), "200");
  assert.equal(await outcomeFor("principal"), "200");
  assert.equal(await outcomeFor("namespace", "spiffe://cluster.local/ns/chaos/sa/monkey"), aborted(418, "namespace"));
  assert.equal(await outcomeFor("namespace", "spiffe://cluster.local/ns/default/sa/reviews"), "200");
});

test("principals on an outbound listener: this workload's own", async () => {
  assert.equal(await outcomeOf("own", []), aborted(418, "own"));
  assert.equal(await outcomeOf("not-own", []), "200");
});

test("cookies: one user's requests alone", async () => {
  const cookie = (value: string): HeaderLine[] => [["Cookie", value]];
  assert.equal(await outcomeOf("cookie", cookie("a=b; group=testers")), aborted(418, "cookie"));
  assert.equal(await outcomeOf("cookie", cookie("group=others")), "200");
  assert.equal(await outcomeOf("cookie", []), "200");
  assert.equal(await outcomeOf("cookie-outbound", cookie("group=testers")), aborted(418, "cookie-outbound"));
  assert.equal(await outcomeOf("cookie-outbound", cookie("group=others")), "200");
});

test("claims: those of a token that was verified", async () => {
  const bearer = (claims: Readonly<Record<string, string>>): HeaderLine[] => [
    ["authorization", `Bearer ${tokens.sign({ iss: ISSUER, ...claims })}`],
  ];
  assert.equal(await outcomeOf("claim", bearer({ group: "testers" })), aborted(418, "claim"));
  assert.equal(await outcomeOf("claim", bearer({ group: "others" })), "200");
  assert.equal(await outcomeOf("claim", [["group", "testers"]]), "200");
});

test("the first entry that matches applies, with or without a fault; its route has no effect", async () => {
  assert.equal(await outcomeOf("order", [], "/payments"), "200");
  assert.equal(await outcomeOf("order", [], "/people"), aborted(418, "first"));
  assert.equal(await outcomeOf("order", [], "/"), aborted(503, "second"));
});

test("hosts; an entry without a name is named by its VirtualService", async () => {
  assert.equal(await outcomeOf("hosts", [["host", "ratings:9080"]]), aborted(418, "ratings.http[0]"));
  assert.equal(await outcomeOf("hosts", [["host", "a.example"]]), aborted(503, "others.http[0]"));
  assert.equal(await outcomeOf("hosts", [["host", "elsewhere"]]), "200");
});
