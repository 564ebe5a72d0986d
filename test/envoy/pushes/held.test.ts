/**
 * Requests of each kind that wait while a worker reads a large configuration: what they carry comes to the upstream whole, whoever goes
 * meanwhile. Each plugin has a VM of its own, so its first requests come before anything was read, and are held for certain.
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect, createServer as createHttp2Server, type Http2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { allowing, sampling } from "../../module/steps/process.ts";
import {
  type Answer,
  valuesOf,
  cluster,
  Envoy,
  fetchOnce,
  forward,
  Http1,
  inlineWasm,
  listener,
  typed,
} from "../../support/envoy/index.ts";

/** What `allowing("/yes")` allows. */
const YES = "/yes";
const AUTHZ = ["body", "expect", "upgrade", "grpc", "streams", "gone"] as const;
/** Of trace-propagation, which lets everything go on. */
const TRACES = ["traced body", "traced upgrade", "traced grpc", "traced streams", "traced gone"] as const;
const PLUGINS = [...AUTHZ, ...TRACES];
type Plugin = (typeof PLUGINS)[number];
/** On one connection: as many as HTTP/2 servers allow at a time by default. */
const STREAMS = 100;

let upstream: Server;
let grpc: Http2Server;
let envoy: Envoy;

const isTraced = (plugin: Plugin): boolean => plugin.startsWith("traced");

/** What has become of the trace when a request comes to the upstream. */
const traceOf = ({ traceparent }: Readonly<Record<string, unknown>>): string =>
  /-0[13]$/.test(String(traceparent)) ? "sampled" : "none";

const sha256 = (bytes: string): string => createHash("sha256").update(bytes, "latin1").digest("hex");

before(async () => {
  upstream = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const hash = createHash("sha256");
    response.setHeader("x-traced", traceOf(request.headers));
    request.on("data", (bytes: Buffer) => hash.update(bytes)).on("end", () => response.end(hash.digest("hex")));
  }).on("upgrade", ({ headers }, socket) => {
    const upgraded = `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nx-traced: ${traceOf(headers)}`;
    socket.write(`${upgraded}\r\n\r\n`);
    socket.on("data", (bytes) => socket.write(bytes)).on("error", () => undefined);
  });
  // Sends back each message when it comes, and the request's trailer at the end.
  grpc = createHttp2Server().on("stream", (stream, headers) => {
    let trailer = "none";
    stream.on("trailers", (trailers) => (trailer = String(trailers["x-last"])));
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0", "x-last": trailer }));
    const answer = { ":status": 200, "content-type": "application/grpc", "x-traced": traceOf(headers) };
    stream.respond(answer, { waitForTrailers: true });
    stream.on("data", (bytes) => stream.write(bytes)).on("end", () => stream.end());
  });
  await Promise.all([upstream, grpc].map((server) => once(server.listen(0, "127.0.0.1"), "listening")));
  const options = typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {
    explicit_http_config: { http2_protocol_options: {} },
  });
  const http2 = {
    typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options },
  };
  const pluginOf = (name: Plugin): { module: string; configuration: string } =>
    isTraced(name)
      ? { module: "trace-propagation", configuration: JSON.stringify(sampling(100)) }
      : { module: "authz", configuration: JSON.stringify(allowing(YES)) };
  envoy = await Envoy.start({
    clusters: [
      cluster("upstream", (upstream.address() as AddressInfo).port),
      cluster("grpc", (grpc.address() as AddressInfo).port, http2),
    ],
    listeners: PLUGINS.map((name) =>
      listener(name, {
        filters: [inlineWasm(name, { ...pluginOf(name), vm: { vm_id: name } })],
        routes: [forward(name.endsWith("grpc") ? "grpc" : "upstream")],
        manager: { upgrade_configs: [{ upgrade_type: "websocket" }] },
      }),
    ),
    metadata: { NAMESPACE: "default" },
    concurrency: 1,
  });
});
after(async () => {
  await envoy?.stop();
  upstream?.closeAllConnections();
  upstream?.close();
  grpc?.close();
});

/** The statuses of one request that is allowed and one that is not, when nothing is held any more. */
async function afterwards(plugin: Plugin): Promise<number[]> {
  const ask = async (path: string): Promise<number> => (await fetchOnce(envoy.port(plugin), { path })).status;
  return [await ask(YES), await ask("/no")];
}
const afterwardsOf = (plugin: Plugin): number[] => (isTraced(plugin) ? [200, 200] : [200, 403]);

const tracedOf = ({ headers }: Pick<Answer, "headers">): string[] => valuesOf(headers, "x-traced");

for (const [plugin, traced] of [
  ["body", "none"],
  ["traced body", "sampled"],
] as const)
  test(`a body of several megabytes comes whole, and fills no more than Envoy's buffers meanwhile: ${plugin}`, async () => {
    const body = Array.from({ length: 300_000 }, (_, line) => `${line}`.padStart(9, "0")).join("\n");
    const answer = await fetchOnce(envoy.port(plugin), { method: "POST", path: YES, body });
    assert.deepEqual([answer.status, answer.body, ...tracedOf(answer)], [200, sha256(body), traced]);
    assert.deepEqual(await afterwards(plugin), afterwardsOf(plugin));
  });

test("a client that waits for 100 Continue has it, and then sends its body", async () => {
  const connection = await Http1.connect(envoy.port("expect"));
  connection.send(`POST ${YES} HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n`);
  assert.match((await connection.head())[0]!, / 100 /);
  connection.send("abc");
  const answer = await connection.answer();
  assert.deepEqual([answer.status, answer.body], [200, sha256("abc")]);
  connection.close();
});

for (const [plugin, traced] of [
  ["upgrade", "none"],
  ["traced upgrade", "sampled"],
] as const)
  test(`an upgrade goes on, and bytes go both ways: ${plugin}`, async () => {
    const connection = await Http1.connect(envoy.port(plugin));
    connection.send(`GET ${YES} HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n`);
    const answer = await connection.answer();
    assert.deepEqual([answer.status, ...tracedOf(answer)], [101, traced]);
    connection.send("and back\r\n\r\n");
    assert.deepEqual(await connection.head(), ["and back"]);
    connection.close();
  });

for (const [plugin, traced] of [
  ["grpc", "none"],
  ["traced grpc", "sampled"],
] as const)
  test(`a gRPC stream goes on in both directions, its trailers too: ${plugin}`, async () => {
    const session = connect(`http://127.0.0.1:${envoy.port(plugin)}`);
    const headers = { ":method": "POST", ":path": YES, "content-type": "application/grpc", te: "trailers" };
    const stream = session.request(headers, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "x-last": "word" }));
    let came = "";
    let answered: unknown;
    let trailers: Record<string, unknown> = {};
    stream.on("response", (fields) => (answered = fields["x-traced"]));
    stream.on("trailers", (fields) => (trailers = fields));
    stream.on("data", (bytes: Buffer) => {
      came += bytes.toString();
      if (came === "one") stream.write("two");
      if (came === "onetwo") stream.end();
    });
    stream.write("one");
    await once(stream, "close");
    session.destroy();
    assert.deepEqual([came, trailers["grpc-status"], trailers["x-last"], answered], ["onetwo", "0", "word", traced]);
  });

/** What becomes of a stream of many: its status, body and trace, or undefined if the client breaks it off. */
type Fate = readonly [status: number, body: string, traced: string] | undefined;

/** Sends many streams at once over one connection; every fourth has no body, and of the others each has its own. */
async function many(plugin: Plugin, breaksOff: (stream: number) => boolean = () => false): Promise<Fate[]> {
  const session = connect(`http://127.0.0.1:${envoy.port(plugin)}`);
  const one = async (_: unknown, index: number): Promise<Fate> => {
    const stream = session.request({ ":method": "POST", ":path": pathOf(index) }, { endStream: index % 4 === 0 });
    stream.on("error", () => undefined);
    if (index % 4 !== 0) stream.end(bodyOf(index));
    let status = 0;
    let body = "";
    let traced = "";
    stream.on("response", (fields) => {
      status = Number(fields[":status"]);
      traced = String(fields["x-traced"] ?? "");
    });
    stream.setEncoding("latin1").on("data", (text: string) => (body += text));
    if (breaksOff(index)) setImmediate(() => stream.close());
    await once(stream, "close");
    return breaksOff(index) ? undefined : [status, body, traced];
  };
  const fates = await Promise.all(Array.from({ length: STREAMS }, one));
  session.destroy();
  return fates;
}

const pathOf = (index: number): string => (index % 2 === 0 ? YES : "/no");
const bodyOf = (index: number): string => (index % 4 === 0 ? "" : `body of ${index}`.repeat(1 + (index % 50)));
function fateOf(plugin: Plugin, index: number): Fate {
  if (isTraced(plugin)) return [200, sha256(bodyOf(index)), "sampled"];
  return pathOf(index) === YES ? [200, sha256(bodyOf(index)), "none"] : [403, "RBAC: access denied", ""];
}

for (const plugin of ["streams", "traced streams"] as const)
  test(`many streams of one connection are each judged, and each has its own answer: ${plugin}`, async () => {
    assert.deepEqual(
      await many(plugin),
      Array.from({ length: STREAMS }, (_, index) => fateOf(plugin, index)),
    );
    assert.deepEqual(await afterwards(plugin), afterwardsOf(plugin));
  });

for (const plugin of ["gone", "traced gone"] as const)
  test(`streams that are broken off and connections that are closed take no other request with them: ${plugin}`, async () => {
    const connections = await Promise.all(
      Array.from({ length: 20 }, async () => await Http1.connect(envoy.port(plugin))),
    );
    for (const connection of connections) connection.ask({ method: "POST", path: YES, body: "x".repeat(1000) });
    const breaksOff = (stream: number): boolean => stream % 3 === 0;
    const streams = many(plugin, breaksOff);
    for (const connection of connections) connection.close();
    assert.deepEqual(
      await streams,
      Array.from({ length: STREAMS }, (_, index) => (breaksOff(index) ? undefined : fateOf(plugin, index))),
    );
    assert.deepEqual(await afterwards(plugin), afterwardsOf(plugin));
    assert.equal(envoy.ended(), false);
  });
