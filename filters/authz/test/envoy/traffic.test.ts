/** Requests of other shapes than a GET that waits for its answer. Where it tells something, native RBAC stands beside. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { after, before, test } from "node:test";
import {
  answer,
  cluster,
  Envoy,
  forward,
  Http1,
  Http2,
  inlineWasm,
  listener,
  SHOWS_DETAILS,
  typed,
  until,
  Upstream,
  valuesOf,
  detailsOf,
  type HeaderLine,
  type HttpChain,
  type JsonObject,
  type Seen,
} from "../../../../test/support/envoy/index.ts";
import { deniedBy, firstRule, policy } from "./rules.ts";

const POLICIES: readonly JsonObject[] = [
  policy("deny", "DENY", [
    { when: [{ key: "request.headers[x-user]", values: ["mallory"] }] },
    { to: [{ operation: { methods: ["CONNECT"], hosts: ["*:22"] } }] },
  ]),
];

/** The same as istiod translates it. */
const NATIVE: JsonObject = {
  name: "envoy.filters.http.rbac",
  typed_config: typed("envoy.extensions.filters.http.rbac.v3.RBAC", {
    rules: {
      action: "DENY",
      policies: {
        "ns[default]-policy[deny]-rule[0]": {
          permissions: [{ any: true }],
          principals: [{ header: { name: "x-user", string_match: { exact: "mallory" } } }],
        },
        "ns[default]-policy[deny]-rule[1]": {
          permissions: [
            {
              and_rules: {
                rules: [
                  { header: { name: ":method", string_match: { exact: "CONNECT" } } },
                  { header: { name: ":authority", string_match: { suffix: ":22", ignore_case: true } } },
                ],
              },
            },
          ],
          principals: [{ any: true }],
        },
      },
    },
  }),
};

const BOTH = ["native", "authz"];
const MALLORY: HeaderLine = ["x-user", "mallory"];
/** So many headers, and so long a value: more than Envoy takes where nothing else is said, which is 100 and 60 KiB in all. */
const HEADERS = 1000;
const LONG = 60_000;

let upstream: Upstream;
let silent: Server;
const silentSockets = new Set<Socket>();
let envoy: Envoy;

before(async () => {
  upstream = await Upstream.start("upstream");
  silent = createServer((socket) => silentSockets.add(socket.on("error", () => undefined))).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const authz = inlineWasm("authz", { module: "authz", configuration: { policies: POLICIES } });
  const tunnel = { upgrade_configs: [{ upgrade_type: "CONNECT", connect_config: {} }] };
  const chain = (filter: JsonObject): HttpChain => ({
    filters: [filter],
    routes: [
      { match: { connect_matcher: {} }, route: { cluster: "upstream", ...tunnel } },
      forward("silent", { prefix: "/silent" }),
      forward("upstream"),
    ],
    manager: { ...SHOWS_DETAILS, upgrade_configs: [{ upgrade_type: "CONNECT" }] },
  });
  const manyHeaders = [
    policy("last", "ALLOW", [{ when: [{ key: "request.headers[x-last]", values: ["yes"] }] }]),
    policy("many", "DENY", [{ when: [{ key: `request.headers[x-${HEADERS / 2}]`, values: ["no"] }] }]),
    policy("long", "DENY", [{ when: [{ key: "request.headers[x-long]", values: ["*no"] }] }]),
    policy("regex", "DENY", [{ when: [{ key: "request.headers[x-regex]", regex: ["(a|aa)+b"] }] }]),
  ];
  envoy = await Envoy.start({
    clusters: [cluster("upstream", upstream.port), cluster("silent", (silent.address() as AddressInfo).port)],
    listeners: [
      listener("native", chain(NATIVE)),
      listener("authz", chain(authz)),
      listener("large", {
        filters: [inlineWasm("large", { module: "authz", configuration: { policies: manyHeaders } })],
        routes: [answer("reached")],
        manager: {
          ...SHOWS_DETAILS,
          max_request_headers_kb: 256,
          common_http_protocol_options: { max_headers_count: 2 * HEADERS },
        },
      }),
    ],
    metadata: { NAMESPACE: "default" },
  });
});
after(async () => {
  await envoy?.stop();
  await upstream?.stop();
  for (const socket of silentSockets) socket.destroy();
  silent?.close();
});

/** Status and details of requests on one connection, one after the other. */
async function outcomes(connection: Http1, requests: readonly HeaderLine[][]): Promise<string[]> {
  const told: string[] = [];
  for (const headers of requests) {
    const answer = await connection.request({ headers });
    told.push(`${answer.status} ${detailsOf(answer) ?? "-"}`);
  }
  return told;
}

const DENIED = `403 ${deniedBy(firstRule("deny"))}`;

test("a connection goes on behind a refusal, over HTTP/1.1 and over HTTP/2, where requests come at once", async () => {
  const connection = await Http1.connect(envoy.port("authz"));
  assert.deepEqual(await outcomes(connection, [[], [MALLORY], [], [MALLORY]]), ["200 -", DENIED, "200 -", DENIED]);
  connection.close();

  const http2 = await Http2.connect(envoy.port("authz"));
  const users = Array.from({ length: 100 }, (_, index) => (index % 3 === 0 ? "mallory" : `user-${index}`));
  const answers = await Promise.all(
    users.map(async (user) => await http2.request({ ":path": "/", ":authority": "a", "x-user": user })),
  );
  http2.close();
  answers.forEach((answer, index) => {
    assert.equal(`${answer.status} ${detailsOf(answer) ?? "-"}`, users[index] === "mallory" ? DENIED : "200 -");
  });
});

test("a header that HTTP/2 sends several times counts value by value", async () => {
  const http2 = await Http2.connect(envoy.port("authz"));
  const request = { ":path": "/", ":authority": "a", "x-user": ["anna", "mallory"] };
  assert.equal((await http2.request(request)).status, 403);
  http2.close();
});

test("a body: it comes through whole where the request does, and is not waited for where it does not", async () => {
  const body = "x".repeat(1_000_000);
  const connection = await Http1.connect(envoy.port("authz"));
  const allowed = await connection.request({ method: "POST", body });
  assert.equal(allowed.status, 200);
  assert.equal((JSON.parse(allowed.body) as Seen).bodyBytes, body.length);
  connection.send("POST / HTTP/1.1\r\nhost: a\r\nx-user: mallory\r\ncontent-length: 1000000\r\n\r\nxxx");
  assert.equal((await connection.answer()).status, 403);
  connection.close();

  const http2 = await Http2.connect(envoy.port("authz"));
  const post = { ":method": "POST", ":path": "/", ":authority": "a" };
  const seen = JSON.parse((await http2.request(post, body)).body) as Seen;
  assert.equal(seen.bodyBytes, body.length);
  assert.equal((await http2.request({ ...post, "x-user": "mallory" }, "xxx")).status, 403);
  http2.close();
});

test("a chunked body with trailers comes through", async () => {
  const connection = await Http1.connect(envoy.port("authz"));
  const head = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ntrailer: x-user\r\n\r\n";
  connection.send(`${head}3\r\nabc\r\n0\r\nx-user: mallory\r\n\r\n`);
  const { status, body } = await connection.answer();
  assert.equal(status, 200, "trailers are no headers");
  assert.equal((JSON.parse(body) as Seen).bodyBytes, 3);
  connection.close();
});

test("100-continue: as with native RBAC", async () => {
  const head = (user: string): string =>
    `POST / HTTP/1.1\r\nhost: a\r\nx-user: ${user}\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n`;
  for (const name of BOTH) {
    const allowed = await Http1.connect(envoy.port(name));
    allowed.send(head("anna"));
    assert.deepEqual(await allowed.head(), ["HTTP/1.1 100 Continue"], name);
    allowed.send("body");
    const { status, body } = await allowed.answer();
    assert.equal(`${status} ${(JSON.parse(body) as Seen).bodyBytes}`, "200 4", name);
    allowed.close();

    const denied = await Http1.connect(envoy.port(name));
    denied.send(head("mallory"));
    const refused = await denied.answer();
    assert.equal(`${refused.status} ${detailsOf(refused)}`, DENIED, name);
    assert.deepEqual(valuesOf(refused.headers, "connection"), ["close"], name);
    denied.close();
  }
});

test("CONNECT: the tunnel is made or refused, as with native RBAC", async () => {
  for (const name of BOTH) {
    const allowed = await Http1.connect(envoy.port(name));
    allowed.send("CONNECT a.example:80 HTTP/1.1\r\nhost: a.example:80\r\n\r\n");
    // As to HEAD, there is no body: what follows are the tunnel's own bytes.
    assert.equal((await allowed.answer("HEAD")).status, 200, name);
    const through = await allowed.request({ path: "/through", headers: [MALLORY] });
    assert.equal((JSON.parse(through.body) as Seen).path, "/through", name);
    allowed.close();

    const denied = await Http1.connect(envoy.port(name));
    denied.send("CONNECT a.example:22 HTTP/1.1\r\nhost: a.example:22\r\n\r\n");
    const refused = await denied.answer();
    assert.equal(
      `${refused.status} ${detailsOf(refused)}`,
      `403 ${deniedBy("ns[default]-policy[deny]-rule[1]")}`,
      name,
    );
    denied.close();
  }
});

test("a thousand headers", async () => {
  const lines = (last: string): HeaderLine[] => [
    ...Array.from({ length: HEADERS - 1 }, (_, index): HeaderLine => [`x-${index}`, `${index}`]),
    ["x-last", last],
  ];
  const half = lines("yes").map((line): HeaderLine => (line[0] === `x-${HEADERS / 2}` ? [line[0], "no"] : line));
  const connection = await Http1.connect(envoy.port("large"));
  assert.deepEqual(await outcomes(connection, [lines("yes"), lines("no"), half]), [
    "200 direct_response",
    `403 ${deniedBy("none")}`,
    `403 ${deniedBy(firstRule("many"))}`,
  ]);
  connection.close();
});

test("a value of sixty thousand bytes, and as many values of one header", async () => {
  const last: HeaderLine = ["x-last", "yes"];
  const long = (end: string): HeaderLine => ["x-long", "x".repeat(LONG - end.length) + end];
  const regex = (end: string): HeaderLine => ["x-regex", "a".repeat(LONG - end.length) + end];
  const repeated = (end: string): HeaderLine[] => Array.from({ length: HEADERS }, () => ["x-long", end]);
  const connection = await Http1.connect(envoy.port("large"));
  assert.deepEqual(
    await outcomes(connection, [
      [last, long("yes")],
      [last, long("no")],
      [last, regex("c")],
      [last, regex("b")],
      [last, ...repeated("yes")],
      [last, ...repeated("yes"), ["x-long", "no"]],
    ]),
    [
      "200 direct_response",
      `403 ${deniedBy(firstRule("long"))}`,
      "200 direct_response",
      `403 ${deniedBy(firstRule("regex"))}`,
      "200 direct_response",
      `403 ${deniedBy(firstRule("long"))}`,
    ],
  );
  connection.close();
});

test("clients that hang up at any point leave nothing behind, and the next request is judged as ever", async () => {
  const whole = "POST /silent HTTP/1.1\r\nhost: a\r\nx-user: anna\r\ncontent-length: 10\r\n\r\n0123456789";
  const refused = whole.replace("anna", "mallory");
  const hangUp = async (text: string): Promise<void> => {
    const connection = await Http1.connect(envoy.port("authz"));
    connection.send(text);
    connection.close();
  };
  for (const text of [whole, refused]) {
    const ends = [0, 10, whole.indexOf("x-user"), whole.indexOf("0123") - 1, whole.indexOf("0123"), whole.length - 1];
    for (const end of [...ends, text.length])
      await Promise.all(Array.from({ length: 5 }, () => hangUp(text.slice(0, end))));
  }
  await resetStreams();

  const active = ["downstream_cx_active", "downstream_rq_active"].map((name) => `http.authz.${name}`);
  await until("the last of them to be gone", async () => {
    const stats = await envoy.admin.stats();
    return active.every((name) => stats.get(name) === "0");
  });
  const connection = await Http1.connect(envoy.port("authz"));
  assert.deepEqual(await outcomes(connection, [[], [MALLORY]]), ["200 -", DENIED]);
  connection.close();
  assert.equal(envoy.ended(), false);
  assert.doesNotMatch(envoy.log(), /wasm/i);
});

/** Streams of HTTP/2 that are reset while their answer is waited for, some of them at once. */
async function resetStreams(): Promise<void> {
  const session = connectHttp2(`http://127.0.0.1:${envoy.port("authz")}`);
  await once(session, "connect");
  const path = { ":path": "/silent", ":method": "POST" };
  const streams = Array.from({ length: 60 }, (_, index) => {
    const stream = session.request({ ...path, "x-user": index % 2 === 0 ? "anna" : "mallory" });
    stream.on("error", () => undefined);
    stream.write("body");
    if (index % 3 === 0) stream.close();
    return stream;
  });
  await until("requests to reach the upstream", () => silentSockets.size > 0);
  for (const stream of streams) stream.close();
  session.destroy();
}
