/** `sampling`: what is recorded of the traces that begin here, by rule, and that a decision which came is kept. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  Authority,
  FeatureListeners,
  valuesOf,
  type Feature,
  type HeaderLine,
  type JsonObject,
  type Request,
  type Seen,
} from "../../../../test/support/envoy/index.ts";
import { INBOUND, newTrace, OUTBOUND, parentIn, traceparent } from "./traces.ts";

const SLEEP = "cluster.local/ns/default/sa/sleep";

function rule(match: JsonObject, randomSamplingPercentage: number): JsonObject {
  return { match: [match], randomSamplingPercentage };
}

function sampling(randomSamplingPercentage: number, ...rules: JsonObject[]): JsonObject {
  return { sampling: { randomSamplingPercentage, rules } };
}

const BY_RULE = sampling(
  0,
  rule({ headers: { "user-agent": { prefix: "kube-probe/" } } }, 0),
  rule({ uri: { prefix: "/checkout" } }, 100),
  rule({ principals: [SLEEP] }, 100),
);
const BY_OWN_PRINCIPAL = { ...sampling(0, rule({ principals: ["td/ns/default/sa/shop"] }, 100)), trustDomain: "td" };

let authority: Authority;
let listeners: FeatureListeners;

before(async () => {
  authority = await Authority.create();
  const server = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/reviews"] });
  const tls = { certificate: server, clientAuthority: authority.certificate, clientCertificateRequired: false };
  const features: Record<string, Feature> = {
    all: { configuration: sampling(100), listener: INBOUND },
    none: { configuration: sampling(0), listener: OUTBOUND },
    half: { configuration: sampling(50), listener: INBOUND },
    "mostly-b3": { configuration: { extract: ["b3", "w3c"], ...sampling(100) }, listener: INBOUND },
    rules: { configuration: BY_RULE, listener: INBOUND, chain: { tls } },
    own: { configuration: BY_OWN_PRINCIPAL, listener: OUTBOUND },
    "other-domain": { configuration: { ...BY_OWN_PRINCIPAL, trustDomain: "other" }, listener: OUTBOUND },
  };
  const metadata = { NAMESPACE: "default", SERVICE_ACCOUNT: "shop" };
  listeners = await FeatureListeners.start("trace-propagation", features, { metadata });
});
after(async () => await listeners?.stop());

async function seen(name: string, request: Request = {}, client?: string): Promise<HeaderLine[]> {
  const identity = client === undefined ? undefined : await authority.issue({ uris: [`spiffe://${client}`] });
  const tls = identity === undefined ? {} : { cert: identity.certificate, key: identity.key };
  const { body } = await listeners.send(name, request, name === "rules" ? tls : undefined);
  return (JSON.parse(body) as Seen).headers;
}

/** Whether the trace of such a request is recorded. */
async function isSampled(...request: Parameters<typeof seen>): Promise<boolean> {
  return /[13]$/.test(parentIn(await seen(...request)).flags);
}

test("randomSamplingPercentage: 100 is all, 0 is none; the ids of a trace that begins are random (flag 02)", async () => {
  for (let i = 0; i < 10; i++) {
    assert.equal(parentIn(await seen("all")).flags, "03");
    assert.equal(parentIn(await seen("none")).flags, "02");
  }
});

test("randomSamplingPercentage: by the lower 56 bits of the trace id, and tracestate says by which threshold", async () => {
  const sampled = new Set<boolean>();
  for (let i = 0; i < 64; i++) {
    const headers = await seen("half");
    const { trace, flags } = parentIn(headers);
    // A half of 2^56, whose first digit is 8 (OpenTelemetry, "TraceState: Probability Sampling").
    const expected = BigInt(`0x${trace.slice(18)}`) >= 1n << 55n;
    assert.equal(flags, expected ? "03" : "02", trace);
    assert.deepEqual(valuesOf(headers, "tracestate"), expected ? ["ot=th:8"] : []);
    sampled.add(expected);
  }
  assert.equal(sampled.size, 2);
});

test("a decision that came is kept, whatever the percentage", async () => {
  for (const name of ["all", "none"]) {
    for (const flags of ["00", "01"]) {
      const headers = [traceparent(newTrace(), undefined, flags)];
      assert.equal(parentIn(await seen(name, { headers })).flags, flags, name);
    }
  }
  // Whoever sent this decided by something else; that is the sender's to say.
  const headers = [
    traceparent("0".repeat(18) + newTrace().slice(18)),
    ["tracestate", "ot=th:c;rv:00000000000001"] as const,
  ];
  assert.deepEqual(valuesOf(await seen("all", { headers }), "tracestate"), ["ot=th:c;rv:00000000000001"]);
  assert.equal(parentIn(await seen("mostly-b3", { headers: [["x-b3-sampled", "0"]] })).flags, "02");
});

test("rules: the first that matches, by header, by path, by the caller's principal over mTLS; else the percentage", async () => {
  const probe: HeaderLine = ["user-agent", "kube-probe/1.30"];
  assert.equal(await isSampled("rules"), false);
  assert.equal(await isSampled("rules", { path: "/checkout/1" }), true);
  assert.equal(await isSampled("rules", { path: "/checkout/1", headers: [probe] }), false);
  assert.equal(await isSampled("rules", {}, SLEEP), true);
  assert.equal(await isSampled("rules", { headers: [probe] }, SLEEP), false);
  assert.equal(await isSampled("rules", {}, "cluster.local/ns/other/sa/sleep"), false);
  assert.equal(await isSampled("rules", {}), false);
});

test("rules: outbound the principal is this workload, in the trust domain of the configuration", async () => {
  assert.equal(await isSampled("own"), true);
  assert.equal(await isSampled("other-domain"), false);
});
