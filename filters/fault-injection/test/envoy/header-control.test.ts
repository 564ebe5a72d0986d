import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  Authority,
  FeatureListeners,
  Http2,
  valuesOf,
  type HeaderLine,
  type JsonObject,
  type Seen,
} from "../../../../test/support/envoy/index.ts";
import { abort, aborted, counted, EARLY_MS, entry, feature, METADATA, outcome, OUTBOUND } from "./faults.ts";
import { OWN_PRINCIPAL, plugin, selfControlled, timed } from "./faults.ts";

/** Envoy's own, all of them (https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/fault_filter). */
const DELAY = "x-envoy-fault-delay-request";
const DELAY_SHARE = "x-envoy-fault-delay-request-percentage";
const ABORT = "x-envoy-fault-abort-request";
const ABORT_GRPC = "x-envoy-fault-abort-grpc-request";
const ABORT_SHARE = "x-envoy-fault-abort-request-percentage";
const RATE = "x-envoy-fault-throughput-response";
const RATE_SHARE = "x-envoy-fault-throughput-response-percentage";
const ALL = [DELAY, DELAY_SHARE, ABORT, ABORT_GRPC, ABORT_SHARE, RATE, RATE_SHARE];

const CONTROLLED = "headerControl";
const CHAOS = { principals: ["cluster.local/ns/ops/sa/tester", "cluster.local/ns/chaos/sa/*"] };

type Client = { cert?: string; key?: string };

let listeners: FeatureListeners;
let monkey: Client;
let stranger: Client;
const NOBODY: Client = {};

before(async () => {
  const authority = await Authority.create();
  const client = async (uri: string): Promise<Client> => {
    const { certificate, key } = await authority.issue({ uris: [uri] });
    return { cert: certificate, key };
  };
  monkey = await client("spiffe://cluster.local/ns/chaos/sa/monkey");
  stranger = await client("spiffe://cluster.local/ns/default/sa/chaos");
  const server = await authority.issue({ uris: ["spiffe://cluster.local/ns/default/sa/ratings"] });
  const tls = { certificate: server, clientAuthority: authority.certificate, clientCertificateRequired: false };
  const fault = entry("teapot", abort(418), { uri: { prefix: "/teapot" } });
  const open = (fields: JsonObject): JsonObject => plugin([fault], { headerControl: { ...CHAOS, ...fields } });
  listeners = await FeatureListeners.start(
    "fault-injection",
    {
      mtls: feature(open({}), { tls }),
      capped: feature(open({ maxDelay: "30ms" }), { tls }),
      own: feature(selfControlled(), {}, OUTBOUND),
      "not-own": feature(selfControlled({ headerControl: { principals: [`${OWN_PRINCIPAL}2`] } }), {}, OUTBOUND),
      without: feature(plugin([fault]), { tls }),
    },
    { metadata: METADATA },
  );
});
after(async () => await listeners?.stop());

async function outcomeOf(name: string, client: Client | undefined, ...headers: HeaderLine[]): Promise<string> {
  return outcome(await listeners.send(name, { headers }, client));
}

test("a listed principal says itself how its request is aborted", async () => {
  assert.equal(await outcomeOf("mtls", monkey, [ABORT, "503"]), aborted(503, CONTROLLED));
  assert.equal(await outcomeOf("own", undefined, [ABORT, "429"]), aborted(429, CONTROLLED));
  const grpc: HeaderLine[] = [["content-type", "application/grpc"], [ABORT_GRPC, "14"]]; // prettier-ignore
  const { status, headers } = await listeners.send("mtls", { method: "POST", headers: grpc }, monkey);
  assert.equal(outcome({ status, headers }), aborted(200, CONTROLLED));
  assert.deepEqual(valuesOf(headers, "grpc-status"), ["14"]);
});

test("a listed principal says itself how long its request is delayed, and maxDelay is the longest", async () => {
  for (const [name, client] of [
    ["mtls", monkey],
    ["own", undefined],
  ] as const) {
    // prettier-ignore
    const [told, milliseconds] = await timed(() => outcomeOf(name, client, [DELAY, "40"]));
    assert.equal(told, `200, ${CONTROLLED}`);
    assert.ok(milliseconds >= 40 - EARLY_MS, `${milliseconds} ms`);
  }
  const [both, milliseconds] = await timed(() => outcomeOf("mtls", monkey, [DELAY, "40"], [ABORT, "503"]));
  assert.equal(both, aborted(503, CONTROLLED));
  assert.ok(milliseconds >= 40 - EARLY_MS, `${milliseconds} ms`);
  // An hour, which this test does not take.
  assert.equal(await outcomeOf("capped", monkey, [DELAY, "3600000"]), `200, ${CONTROLLED}`);
});

test("the percentages that it gives hold; what cannot be understood is not there", async () => {
  assert.equal(await outcomeOf("mtls", monkey, [ABORT, "503"], [ABORT_SHARE, "0"]), "200");
  assert.equal(await outcomeOf("mtls", monkey, [ABORT, "503"], [ABORT_SHARE, "100"]), aborted(503, CONTROLLED));
  assert.equal(await outcomeOf("mtls", monkey, [DELAY, "3600000"], [DELAY_SHARE, "0"]), "200");
  assert.equal(await outcomeOf("mtls", monkey, [ABORT, "soon"]), "200");
  assert.equal(await outcomeOf("mtls", monkey, [ABORT, "1"]), "200");
});

test("what a request says itself comes before the entries, which hold where it says nothing", async () => {
  const send = async (...headers: HeaderLine[]): Promise<string> =>
    outcome(await listeners.send("mtls", { path: "/teapot", headers }, monkey));
  assert.equal(await send([ABORT, "503"]), aborted(503, CONTROLLED));
  assert.equal(await send(), aborted(418, "teapot"));
});

/** Requests of those who may not, each of them with all headers; the upstream sees none of them, and nothing happens. */
const ODD: readonly [what: string, lines: HeaderLine[]][] = [
  ["as they are", ALL.map((name) => [name, "1"])],
  ["in odd case", ALL.map((name) => [name.replace(/[a-f]/g, (letter) => letter.toUpperCase()), "1"])],
  ["repeated", ALL.flatMap((name): HeaderLine[] => [[name, "1"], [name.toUpperCase(), "2"], [name, ""]])], // prettier-ignore
  ["empty", ALL.map((name) => [name, ""])],
];

test("of all others the headers have no effect and do not reach the upstream", async () => {
  const cases: readonly [string, Client | undefined][] = [
    ["mtls", stranger],
    ["mtls", NOBODY],
    ["not-own", undefined],
  ];
  for (const [name, client] of cases) {
    for (const [what, headers] of ODD) {
      const answer = await listeners.send(name, { headers: [["x-before", "1"], ...headers, ["x-after", "1"]] }, client);
      assert.equal(outcome(answer), "200", `${name}, ${what}`);
      const names = (JSON.parse(answer.body) as Seen).headers.map(([header]) => header.toLowerCase());
      assert.deepEqual(names.filter((header) => header.startsWith("x-envoy-fault")), [], `${name}, ${what}`); // prettier-ignore
      assert.ok(names.includes("x-before") && names.includes("x-after"));
    }
  }
});

test("the same in HTTP/2", async () => {
  const headers = Object.fromEntries(ALL.map((name) => [name, ["418", "0"]]));
  for (const [client, expected] of [
    [stranger, "200"],
    [NOBODY, "200"],
    [monkey, aborted(418, CONTROLLED)],
  ] as const) {
    // prettier-ignore
    const connection = await Http2.connect(listeners.envoy.port("mtls"), client);
    const only = expected === "200" ? headers : { [ABORT]: ["418", "503"] };
    const answer = await connection.request({ ":path": "/", ...only });
    connection.close();
    assert.equal(outcome(answer), expected);
    if (expected !== "200") continue;
    const names = (JSON.parse(answer.body) as Seen).headers.map(([header]) => header);
    assert.deepEqual(names.filter((header) => header.startsWith("x-envoy-fault")), []); // prettier-ignore
  }
});

test("without headerControl they mean nothing, and go on as any others", async () => {
  const { status, headers, body } = await listeners.send("without", { headers: [[ABORT, "503"]] }, monkey);
  assert.equal(outcome({ status, headers }), "200");
  assert.deepEqual(valuesOf((JSON.parse(body) as Seen).headers, ABORT), ["503"]);
});

test("its faults are counted as an entry's of its own", async () => {
  const rises = await counted(listeners.envoy, async () => {
    await outcomeOf("mtls", monkey, [ABORT, "503"]);
    await outcomeOf("mtls", monkey, [DELAY, "1"]);
    await outcomeOf("mtls", stranger, [ABORT, "503"]);
  });
  assert.deepEqual(rises, {
    aborts_injected: 1,
    delays_injected: 1,
    [`route.${CONTROLLED}.aborts_injected`]: 1,
    [`route.${CONTROLLED}.delays_injected`]: 1,
  });
});
