/**
 * Attempts to get past a policy in a real Envoy: the filter judges each as native RBAC does, or denies it.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Authority, cluster, Envoy, freePort, inlineWasm } from "../../support/envoy/index.ts";
import type { Answer, JsonObject } from "../../support/envoy/index.ts";
import type { ServerTls } from "../../support/envoy/tls.ts";
import { attempts } from "./attempts.ts";
import { POLICY_SETS, PUBLIC_HOST } from "./bypass-policies.ts";
import type { Topic } from "./bypass-policies.ts";
import { open, openSocket, requestText } from "./client.ts";
import { isDenial, observe } from "./compare.ts";
import type { Observation } from "./compare.ts";
import type { Connection } from "./draft.ts";
import { pluginConfig, rbac } from "./experiment.ts";
import { LABELS, NAMESPACE } from "./meshes.ts";
import { requestInFrames } from "./http2-frames.ts";
import { HTTP2_ATTEMPTS } from "./http2-attempts.ts";
import { inboundListener, listenerPorts, RUNTIME, upstreamListener } from "./listeners.ts";
import type { Ports } from "./listeners.ts";
import { FIRST_URI, isStrict, issue, issuePeers, PEERS, PLAINTEXT, TWO_URIS } from "./peers.ts";
import type { Contexts } from "./peers.ts";
import type { PolicySet } from "./policy.ts";
import { translatePolicies } from "./translate.ts";

/** A client whose certificate Envoy does not trust. */
const STRANGER = "of another authority";
/** Clients with two URIs, and with the first of them. */
const TWO = "two URIs";
const FIRST = "the first URI";
/** A workload that no policy is about. */
const ORDINARY: Connection = {
  peer: "curl",
  direct: "127.0.0.1",
  proxy: { source: "192.168.1.1", destination: "10.9.9.9", port: 80 },
};
/** Topic and place of each set of policies; its listeners are named by it. */
const SETS = Object.entries(POLICY_SETS).flatMap(([topic, sets]) =>
  sets.map((set, index) => ({ topic: topic as Topic, name: `${topic} ${index}`, set })),
);

let envoy: Envoy;
let ports: Map<string, Ports>;
let peers: Contexts;

before(async () => {
  const authority = await Authority.create();
  const stranger = await Authority.create("stranger");
  const certificate = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/httpbin"] });
  const tls: ServerTls = { certificate, clientAuthority: authority.certificate, clientCertificateRequired: false };
  peers = new Map([
    ...(await issuePeers(authority)),
    [STRANGER, await issue(stranger, PEERS["sleep"]!)],
    [TWO, await issue(authority, TWO_URIS)],
    [FIRST, await issue(authority, FIRST_URI)],
  ]);
  const translations = await translatePolicies(SETS.map(({ set }) => set));
  const native = translations.map(({ filters }) => filters.map(rbac));
  const listeners = SETS.flatMap(({ name, set }, index) => [
    inboundListener({ name: `native ${name}`, filters: native[index]!, tls }),
    inboundListener({ name: `filter ${name}`, filters: [filter(name, set)], tls }),
  ]);
  const port = await freePort();
  envoy = await Envoy.start({
    concurrency: 1,
    metadata: { NAMESPACE, LABELS },
    bootstrap: RUNTIME,
    clusters: [cluster("upstream", port)],
    listeners: [upstreamListener(port), ...listeners],
  });
  ports = await listenerPorts(envoy);
});
after(async () => await envoy?.stop());

function filter(name: string, set: PolicySet): JsonObject {
  return inlineWasm(name, { module: "authz", configuration: pluginConfig(set) });
}

/** What became of an attempt on one side: an answer, or how the connection ended without one. */
type Fate = Observation | { closed: string };

function allowed(fate: Fate): boolean {
  return "reached" in fate && fate.reached !== undefined;
}

/** What became of attempts on both sides. */
class Comparison {
  /** What must not be: the filter lets through what native RBAC does not, or, for a peer that both know, differs at all. */
  readonly lines: string[] = [];
  tried = 0;
  allowed = 0;
  denied = 0;
  stricter = 0;

  add(set: string, what: string, native: Fate, ours: Fate, mayDeny: boolean): void {
    this.tried += 1;
    if (allowed(native)) this.allowed += 1;
    else if ("details" in native && isDenial(native)) this.denied += 1;
    if (JSON.stringify(native) === JSON.stringify(ours)) return;
    if (mayDeny && !allowed(ours)) this.stricter += 1;
    else this.lines.push(`${set}: ${what}: native ${JSON.stringify(native)}, filter ${JSON.stringify(ours)}`);
  }

  toString(): string {
    const { tried, allowed, denied, stricter } = this;
    return `${tried} attempts; natively ${allowed} allowed, ${denied} denied; ${stricter} otherwise denied by the filter`;
  }
}

/** Makes an attempt on both sides of all sets of some topics. */
async function onAll(
  comparison: Comparison,
  what: string,
  against: readonly Topic[],
  attempt: (ports: Ports) => Promise<Fate>,
  mayDeny = false,
): Promise<void> {
  const sets = SETS.filter(({ topic }) => against.includes(topic));
  await Promise.all(
    sets.map(async ({ name }) => {
      const sides = ["native", "filter"].map((side) => attempt(ports.get(`${side} ${name}`)!));
      const [native, ours] = await Promise.all(sides);
      comparison.add(name, what, native!, ours!, mayDeny);
    }),
  );
}

/** How many attempts are under way at once: to some Envoy answers only when it has waited. */
const LANES = 8;

async function inLanes<T>(all: readonly T[], one: (each: T) => Promise<void>): Promise<void> {
  const rest = [...all];
  const lane = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) await one(next);
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** The last of the answers to what is sent; none where Envoy closes the connection without one. */
async function send(to: Ports, connection: Connection, text: string, answers = 1): Promise<Fate> {
  let client;
  try {
    client = await open(to, connection, peers);
    client.send(text);
    const method = text.split(" ")[0];
    let last: Answer | undefined;
    for (let count = 0; count < answers; count += 1) last = await client.answer(method);
    return observe(last!);
  } catch {
    return { closed: "without an answer" };
  } finally {
    client?.close();
  }
}

test("over HTTP/1.1", async (t) => {
  const comparison = new Comparison();
  await inLanes(attempts(), async ({ what, against, text, answers, connection }) => {
    await onAll(comparison, what, against, (to) => send(to, { ...ORDINARY, ...connection }, text, answers));
  });
  t.diagnostic(`${comparison}`);
  assert.deepEqual(comparison.lines, []);
});

test("over HTTP/2", async (t) => {
  const comparison = new Comparison();
  const against: Topic[] = ["paths", "hosts", "methods", "headers", "forwarded identities", "addresses"];
  await inLanes(Object.entries(HTTP2_ATTEMPTS), async ([what, fields]) => {
    await onAll(comparison, what, against, async (to) => {
      const { body, ended } = await requestInFrames(await openSocket(to, ORDINARY, peers, ["h2"]), fields);
      if (body === undefined) return { closed: `${ended}` };
      const reached = body === "ok" ? "the upstream" : undefined;
      const details = body === "RBAC: access denied" ? "rbac_access_denied" : undefined;
      return { status: 0, body, details, reached, grpc: undefined };
    });
  });
  t.diagnostic(`${comparison}`);
  assert.deepEqual(comparison.lines, []);
});

test("with certificates that say something odd, or nothing", async (t) => {
  const comparison = new Comparison();
  const text = requestText({ method: "GET", target: "/public", authority: PUBLIC_HOST, headers: [] });
  await inLanes([...Object.keys(PEERS), PLAINTEXT, STRANGER], async (peer) => {
    await onAll(comparison, peer, ["peers"], (to) => send(to, { ...ORDINARY, peer }, text), !isStrict(peer));
  });
  t.diagnostic(`${comparison}`);
  assert.deepEqual(comparison.lines, []);
});

test("a certificate with two URIs is taken for its first alone", async () => {
  const text = requestText({ method: "GET", target: "/public", authority: PUBLIC_HOST, headers: [] });
  for (const { name } of SETS.filter(({ topic }) => topic === "peers")) {
    const both = await send(ports.get(`filter ${name}`)!, { ...ORDINARY, peer: TWO }, text);
    const first = await send(ports.get(`native ${name}`)!, { ...ORDINARY, peer: FIRST }, text);
    assert.deepEqual(both, first, name);
  }
});
