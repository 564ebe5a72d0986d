/** No policy and no request may trap. `SEED=` replays a run, `FUZZ=` sets how many rounds. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom, type PropertyValue } from "../../../../emulator/index.ts";
import { anyConfiguration } from "../../../../test/support/module/mutate.ts";
import { Random, seedOfRun } from "../../../../test/oracle/random.ts";
import { AUTHZ } from "./compiled.ts";
import { addExpressions } from "./plain/expressions.ts";
import { generateConfiguration, generateWorkload } from "./plain/generate-policies.ts";
import { generateRequest } from "./plain/generate-requests.ts";
import { streamOf } from "./plain/request.ts";

const SEED = seedOfRun();
const ROUNDS = Number(process.env.FUZZ ?? 10_000);
const NODE = { id: "sidecar~1", metadata: { NAMESPACE: "default", SERVICE_ACCOUNT: "x", LABELS: { app: "httpbin" } } };

/** Whatever a filter can be configured with, once. */
const EVERYTHING = {
  trustDomain: "td",
  trustDomainAliases: ["old-td", "*-td"],
  rootNamespace: "istio-system",
  direction: "INBOUND",
  repeatedHeaders: "JOINED",
  requireMtls: false,
  directRemoteIp: { filterState: "direct.peer" },
  decisionLog: {
    allowed: { percentage: { value: 50 } },
    denied: { percentage: { value: 100 } },
    dryRunDenied: { percentage: { value: 0.5 } },
    maxPerSecond: 5,
  },
  explain: { principals: ["*/sa/sleep"] },
  policies: [
    {
      name: "a",
      namespace: "default",
      selector: { matchLabels: { app: "httpbin" } },
      action: "DENY",
      dryRun: true,
      rules: [
        {
          from: [
            {
              source: {
                principals: ["*", "td/ns/*/sa/x", "cluster.local/ns/a/sa/b"],
                notNamespaces: ["f*o.[", "a"],
                requestPrincipals: ["*", "iss/*", "*/sub"],
                trustDomains: ["td", "*x"],
                remoteIpBlocks: ["10.0.0.0/8", "::1"],
                notIpBlocks: ["fe80::/10"],
              },
            },
            { source: { serviceAccounts: ["a/b", "c"] } },
          ],
          to: [
            {
              operation: {
                hosts: ["*.example.com", "HTTPBIN"],
                methods: ["GET"],
                paths: ["/a/{*}/b/{**}", "/x*", "*y"],
                notPorts: ["8080", "0"],
              },
            },
          ],
          when: [
            { key: "request.headers[x-user]", values: ["a*", "*b"], notRegex: ["(a|b)+c{2,3}$"] },
            { key: "request.auth.claims[a][b]", values: ["x"] },
            { key: "experimental.envoy.filters.http.custom[k]", values: ["[v]", "w"] },
            { key: "connection.sni", notValues: ["*.local"] },
            { expression: "true" },
          ],
        },
        {},
      ],
    },
    { name: "b", namespace: "default", rules: [{ to: [{ operation: { paths: ["/*"] } }] }] },
    { name: "c", namespace: "default", action: "AUDIT", rules: [{}] },
  ],
};

const BYTES = seededRandom(SEED);

test(`configurations: mutated, respelled, random and nested; SEED=${SEED}`, () => {
  const random = new Random(SEED);
  const { emulator, vm } = AUTHZ.load({ record: false });
  addExpressions(emulator);
  const documents = [JSON.stringify(EVERYTHING)];
  for (let i = 0; i < 20; i++) {
    documents.push(JSON.stringify(generateConfiguration(random, { policies: [1, 3], rules: [0, 3], tenants: 0 })));
  }
  let accepted = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const configuration = anyConfiguration(random, random.pick(documents));
    const root = vm.createRoot({ configuration, node: NODE });
    const shown = `SEED=${SEED}, round ${round}: ${Buffer.from(configuration).toString("latin1")}`;
    assert.equal(vm.failed, undefined, shown);
    if (root.accepted) {
      accepted++;
      const workload = generateWorkload(random);
      const request = streamOf(generateRequest(random, 0), workload, {
        policies: [],
        directRemoteIp: { filterState: "direct.peer" },
      });
      const stream = root.stream(request);
      stream.requestHeaders();
      stream.end();
      assert.equal(vm.failed, undefined, shown);
    }
    root.delete();
    emulator.logs.length = 0;
  }
  // Were all refused at once, the fuzzing would not get far.
  assert.ok(accepted > ROUNDS / 100, `${accepted} accepted`);
});

const NAMES = [
  ":authority",
  ":path",
  ":method",
  ":scheme",
  "x-user",
  "x-authz-explain",
  "host",
  "",
  "content-type",
  "cookie",
];
const VALUES = [
  "/a/1/b/",
  "/a/1/b?x#y",
  "HTTPBIN",
  "GET",
  '"',
  "abcc",
  "?",
  "[::1]:80",
  "a.example.com",
  "application/grpc",
];

test(`requests: empty, huge, repeated, a thousand headers, bytes of every kind; SEED=${SEED}`, () => {
  const random = new Random(SEED + 1);
  for (const logLevel of ["debug", "info"] as const) {
    const { emulator, vm } = AUTHZ.load({ record: false, logLevel });
    addExpressions(emulator);
    const root = AUTHZ.configured(
      vm,
      { ...EVERYTHING, repeatedHeaders: random.pick(["JOINED", "EACH"]) },
      { node: NODE },
    );
    const bytes = (most: number): Uint8Array =>
      random.percent(30) ? Buffer.from(random.pick(VALUES)) : BYTES(random.int(most + 1));
    for (let round = 0; round < ROUNDS / 2; round++) {
      const count = round % 100 === 0 ? 1000 : random.int(20);
      const size = round % 250 === 0 ? 200_000 : 60;
      const headers = random.times(count, count, () => [random.pick(NAMES), bytes(count > 100 ? 20 : size)] as const);
      const stream = root.stream({ requestHeaders: headers, properties: properties(random) });
      stream.requestHeaders();
      stream.end();
      assert.equal(vm.failed, undefined, `SEED=${SEED}, round ${round}`);
      for (const { message } of emulator.logs) assertLine(message, `SEED=${SEED}, round ${round}`);
      emulator.logs.length = 0;
    }
  }
});

/** Properties of which each may be bytes of any kind, of the right form or a little off it. */
function properties(random: Random): { readonly [name: string]: PropertyValue } {
  const any = (...likely: readonly PropertyValue[]): PropertyValue =>
    random.percent(50) ? random.pick(likely) : BYTES(random.int(40));
  const san = `spiffe://td/${"ns/a/sa/b/".repeat(random.int(300))}ns/x/sa/sleep`;
  return {
    connection: {
      mtls: any(true, false),
      uri_san_peer_certificate: any(san, "spiffe://td/ns/x/sa/sleep", "spiffe://", ""),
      requested_server_name: any("a.local", ""),
    },
    source: { address: any("10.1.2.3:80", "[::1]:80", "/pipe", "1.2.3.4:99999", "[::1", "@") },
    destination: { address: any("10.1.2.3:80"), port: any(8080, -1, 2n ** 63n - 1n) },
    filter_state: { "direct.peer": any("10.1.2.3:80", "fe80::1%eth0") },
    metadata: any("\x0a\xff\xff\xff\xff\x0f", protobufNested(random.int(3000)), ""),
  };
}

/** A message in a message in a message, each the first field of the one around it. */
function protobufNested(depth: number): Uint8Array {
  let message = Buffer.alloc(0);
  for (let i = 0; i < depth && message.length < 120; i++) {
    message = Buffer.concat([Buffer.from([0x0a, message.length]), message]);
  }
  return message;
}

/** Every line of the decision log is one line of JSON, whatever the request was. */
function assertLine(message: string, shown: string): void {
  if (!message.startsWith("authz: {")) return;
  assert.ok(/^[\x20-\x7e]*$/.test(message), `${shown}: ${message}`);
  assert.equal(typeof JSON.parse(message.slice("authz: ".length)), "object", shown);
}
