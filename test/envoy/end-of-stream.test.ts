/**
 * What a real Envoy tells a module of a stream that is over, in `proxy_on_log` and in `proxy_on_done`, however it ends: both come once, in
 * this order, and in the second no headers and no trailers can be read. So a span, whose headers are those that the router sent on, and
 * the status of a gRPC call cannot be read there. The probe of the emulator's tests asks.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp2Server, type Http2Server } from "node:http2";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { compileProbe } from "../../emulator/test/compile.ts";
import {
  cluster,
  Envoy,
  fetchOnce,
  forward,
  Http1,
  Http2,
  inlineWasm,
  listener,
  lua,
  typed,
} from "../support/envoy/index.ts";

/** The router adds `x-sent-on` to a request. */
const ASKED = [
  ...["get 0 x-sent-on", "getprop request%path", "get 2 :status", "get 3 grpc-status"],
  ...[
    "getprop response%code",
    "getprop response%flags",
    "getprop response%code_details",
    "getprop response%grpc_status",
  ],
  ...["getprop request%duration", "getprop upstream%address"],
];

/** Statuses. */
const OK = "0";
const NOT_FOUND = "1";
const BAD_ARGUMENT = "2";

let upstream: Server;
let grpc: Http2Server;
let envoy: Envoy;
const sockets = new Set<Socket>();

before(async () => {
  const tried = new Set<string>();
  const respond = (socket: Socket, path: string): void => {
    if (path === "/retried" && !tried.has(path)) {
      tried.add(path);
      return void socket.destroy();
    }
    if (path === "/held") return;
    if (path === "/broken") {
      socket.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n", () => socket.resetAndDestroy());
    } else if (path === "/upgraded") {
      socket.end("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n");
    } else {
      socket.write(`HTTP/1.1 ${path === "/fails" ? "503 No" : "200 OK"}\r\ncontent-length: 2\r\n\r\nhi`);
    }
  };
  upstream = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", (bytes) => {
      const path = /^GET (\S+) /.exec(bytes.toString("latin1"))?.[1];
      if (path !== undefined) respond(socket, path);
    });
  }).listen(0, "127.0.0.1");
  grpc = createHttp2Server().on("stream", (stream, headers) => {
    const type = { "content-type": "application/grpc" };
    if (headers[":path"] === "/alone") return stream.respond({ ...type, "grpc-status": "5" }, { endStream: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "13" }));
    stream.respond(type, { waitForTrailers: true });
    stream.end("hi");
  });
  grpc.listen(0, "127.0.0.1");
  await Promise.all([once(upstream, "listening"), once(grpc, "listening")]);
  const code = { local: { inline_bytes: Buffer.from(compileProbe()).toString("base64") } };
  const script = ["log", "done"].flatMap((phase) => ASKED.map((asked) => `${phase} ${asked}`));
  const probe = inlineWasm("probe", {
    module: "probe",
    configuration: script.join("\n"),
    vm: { vm_id: "probe", code },
  });
  const answers = lua(`function envoy_on_request(handle)
    if handle:headers():get(":path") == "/answered" then handle:respond({[":status"] = "403"}, "no") end
  end`);
  const sent = { request_headers_to_add: [{ header: { key: "x-sent-on", value: "yes" } }] };
  const retries = { route: { cluster: "upstream", retry_policy: { retry_on: "reset", num_retries: 1 } } };
  const calls = { headers: [{ name: "content-type", string_match: { exact: "application/grpc" } }] };
  const options = typed("envoy.extensions.upstreams.http.v3.HttpProtocolOptions", {
    explicit_http_config: { http2_protocol_options: {} },
  });
  const http2 = {
    typed_extension_protocol_options: { "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": options },
  };
  envoy = await Envoy.start({
    clusters: [
      cluster("upstream", (upstream.address() as AddressInfo).port),
      cluster("grpc", (grpc.address() as AddressInfo).port, http2),
    ],
    listeners: [
      listener("main", {
        filters: [probe, answers],
        routes: [
          forward("grpc", { prefix: "/", ...calls }, sent),
          forward("upstream", { prefix: "/retried" }, { ...retries, ...sent }),
          forward("upstream", { prefix: "/" }, sent),
        ],
        manager: { upgrade_configs: [{ upgrade_type: "websocket" }] },
      }),
    ],
    concurrency: 1,
    logLevels: "wasm:info",
  });
});
after(async () => {
  await envoy?.stop();
  for (const socket of sockets) socket.destroy();
  upstream?.close();
  grpc?.close();
});

interface Told {
  /** The callbacks from the first of the two on. */
  callbacks: string[];
  log: Record<string, string>;
  done: Record<string, string>;
}

/** What the probe was told at the end of a request. */
async function toldOf(send: () => Promise<unknown>): Promise<Told> {
  const from = envoy.log().length;
  await send();
  await envoy.logged(": on_delete", from);
  const lines = envoy
    .log()
    .slice(from)
    .split("\n")
    .map((line) => /probe probe: (.*)/.exec(line)?.[1] ?? "")
    .filter((line) => line !== "");
  const [log, done, end] = ["on_log", "on_done", "on_delete"].map((callback) => lines.indexOf(callback));
  const answers = (of: string[]): Record<string, string> =>
    Object.fromEntries(of.map((line) => line.split(" => ")).map(([asked = "", told = ""]) => [asked, told]));
  return {
    callbacks: lines.slice(log).filter((line) => line.startsWith("on_")),
    log: answers(lines.slice(log! + 1, done)),
    done: answers(lines.slice(done! + 1, end)),
  };
}

const get = (path: string) => async (): Promise<unknown> => await fetchOnce(envoy.port("main"), { path });

async function call(path: string): Promise<void> {
  const connection = await Http2.connect(envoy.port("main"));
  await connection.request({ ":method": "POST", ":path": path, "content-type": "application/grpc" }, "x");
  connection.close();
}

async function hangUp(): Promise<void> {
  const connection = await Http1.connect(envoy.port("main"));
  const from = envoy.log().length;
  connection.send("GET /held HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await envoy.logged("request_headers", from);
  connection.close();
}

async function upgrade(): Promise<void> {
  const connection = await Http1.connect(envoy.port("main"));
  const lines = ["host: localhost", "upgrade: websocket", "connection: upgrade"];
  connection.send(`GET /upgraded HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
  await connection.answer();
  connection.close();
}

async function malformed(): Promise<void> {
  const connection = await Http1.connect(envoy.port("main"));
  connection.send("GET / HTTP/1.1\r\n\r\n");
  await connection.answer();
  connection.close();
}

/** How each request ends, whether its headers came to the module, and whether it was sent on. */
const ENDS: readonly [string, () => Promise<unknown>, { comes?: boolean; sent?: boolean }][] = [
  ["a response", get("/"), { sent: true }],
  ["an error of the upstream", get("/fails"), { sent: true }],
  ["a response that breaks off", async () => await get("/broken")().catch(() => undefined), { sent: true }],
  ["another filter answers", get("/answered"), {}],
  ["the client hangs up", hangUp, { sent: true }],
  ["a second attempt", get("/retried"), { sent: true }],
  ["an upgrade", upgrade, { sent: true }],
  ["a request that no filter sees", malformed, { comes: false }],
];

for (const [name, send, { comes = true, sent = false }] of ENDS) {
  test(`${name}: proxy_on_log tells the headers, proxy_on_done after it all but them`, async () => {
    const { callbacks, log, done } = await toldOf(send);
    assert.deepEqual(callbacks, ["on_log", "on_done", "on_delete"]);
    assert.equal(log["get 0 x-sent-on"], sent ? `${OK} yes` : NOT_FOUND);
    if (comes) assert.match(log["getprop request%path"] ?? "", /^0 \//);
    assert.equal(done["get 0 x-sent-on"], BAD_ARGUMENT);
    assert.equal(done["getprop request%path"], NOT_FOUND);
    assert.equal(done["get 2 :status"], BAD_ARGUMENT);
    for (const fact of [
      "response%code",
      "response%flags",
      "response%code_details",
      "request%duration",
      "upstream%address",
    ]) {
      assert.equal(done[`getprop ${fact}`], log[`getprop ${fact}`], fact);
    }
  });
}

test("gRPC: proxy_on_done tells neither a status of the trailers nor one of the headers, and makes one of the HTTP status instead", async () => {
  const status = (code: string): string => `${OK} \\${code}${"\\00".repeat(7)}`;
  const unknown = status("02");
  for (const [path, code] of [
    ["/trailers", "0d"],
    ["/alone", "05"],
  ] as const) {
    const { log, done } = await toldOf(async () => await call(path));
    assert.equal(log["getprop response%grpc_status"], status(code), path);
    assert.equal(done["getprop response%grpc_status"], unknown, path);
    assert.equal(done["get 3 grpc-status"], BAD_ARGUMENT, path);
  }
});
