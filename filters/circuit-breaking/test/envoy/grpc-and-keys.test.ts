/** gRPC's trailers, narrower circuits, breakers in a chain, and rows of public reports about them. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createServer, type Http2Server } from "node:http2";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Http2, typed, valuesOf, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { Circuits, headerOf, isRefused, rule, type Part } from "./circuits.ts";

const HTTP2: JsonObject = {
  typed_extension_protocol_options: {
    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
      { explicit_http_config: { http2_protocol_options: {} } },
    ),
  },
};
const GRPC = { ":authority": "reviews", ":scheme": "http", "content-type": "application/grpc" };

/** A gRPC server that answers with the status that the path ends in, in its trailers or, for `/headers/…`, in its headers. */
async function grpcServer(): Promise<Http2Server> {
  const server = createServer();
  server.on("stream", (stream, headers) => {
    const status = String(headers[":path"]).split("/").at(-1) ?? "0";
    stream.on("error", () => undefined);
    if (String(headers[":path"]).includes("/headers/")) {
      stream.respond(
        { ":status": 200, "content-type": "application/grpc", "grpc-status": status },
        { endStream: true },
      );
      return;
    }
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": status }));
    stream.end("answer");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

let circuits: Circuits;
let server: Http2Server;
before(async () => {
  server = await grpcServer();
  const endpoint = { socket_address: { address: "127.0.0.1", port_value: (server.address() as AddressInfo).port } };
  const grpc = (name: string): JsonObject => ({
    ...HTTP2,
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address: endpoint } }] }] },
  });
  const five = { consecutive5xxErrors: 5 };
  const parts: Readonly<Record<string, Part>> = {
    trailers: { configuration: rule("trailers", five), cluster: grpc("trailers") },
    headers: { configuration: rule("headers", five), cluster: grpc("headers") },
    nowhere: {
      configuration: rule("nowhere", five),
      cluster: { ...HTTP2, load_assignment: { cluster_name: "nowhere" } },
    },
    paths: {
      configuration: rule("paths", five, {
        circuits: [
          {
            name: "search",
            match: [{ uri: { prefix: "/paths/search" } }],
            outlierDetection: { consecutive5xxErrors: 2 },
          },
          { name: "tenant", match: [{ headers: { "x-tenant": {} } }], keyedBy: { header: "x-tenant" } },
        ],
      }),
    },
    subsets: {
      configuration: {
        steering: { header: "x-subset", value: "{subset}" },
        ...rule("subsets", five, {
          subsets: [{ name: "v1" }, { name: "v2", trafficPolicy: { outlierDetection: { consecutive5xxErrors: 2 } } }],
        }),
      },
    },
  };
  circuits = await Circuits.start(parts);
});
after(async () => {
  await circuits.stop();
  server.close();
});

/** gRPC calls one after the other: the status of each, `x` before it if it was refused. */
async function calls(part: string, times: number, path: string): Promise<string[]> {
  const client = await Http2.connect(circuits.envoy.port(part));
  const all: string[] = [];
  for (let i = 0; i < times; i++) {
    const answer = await client.request({ ":method": "POST", ":path": path, ...GRPC });
    const [inHeaders] = valuesOf(answer.headers, "grpc-status");
    const refused = valuesOf(answer.headers, "x-circuit-open").length > 0;
    all.push(`${refused ? "x" : ""}${inHeaders ?? "trailers"}`);
  }
  client.close();
  return all;
}

test("row 9: five streams with UNAVAILABLE in their trailers, and the sixth is refused with it", async () => {
  assert.deepEqual(await calls("trailers", 6, "/trailers/14"), [...Array<string>(5).fill("trailers"), "x14"]);
});

test("in the headers too; a status that is none of Envoy's 5xx ends the row", async () => {
  assert.deepEqual(await calls("headers", 4, "/headers/13"), Array<string>(4).fill("13"));
  assert.deepEqual(await calls("headers", 1, "/headers/5"), ["5"]);
  assert.deepEqual(await calls("headers", 6, "/headers/14"), [...Array<string>(5).fill("14"), "x14"]);
});

test("row 10: Envoy's own UNAVAILABLE says nothing", async () => {
  assert.deepEqual(await calls("nowhere", 7, "/nowhere/0"), Array<string>(7).fill("14"));
  assert.equal(await circuits.metric("consecutive_errors", "nowhere"), 0);
});

test("row 17: /search fails and is refused, /cart goes on", async () => {
  const search = [await circuits.ask("paths", "search/500"), await circuits.ask("paths", "search/500")];
  assert.equal(search.some(isRefused), false);
  const refused = await circuits.ask("paths", "search/200");
  assert.equal(headerOf(refused, "x-circuit-open"), "paths.search");
  assert.equal((await circuits.ask("paths", "cart/200")).status, 200);
});

test("row 18: one bad tenant is refused, and no other", async () => {
  const asks = async (tenant: string, way: string): Promise<boolean> =>
    isRefused(await circuits.ask("paths", way, [["x-tenant", tenant]]));
  for (let i = 0; i < 5; i++) assert.equal(await asks("a", "500"), false);
  assert.equal(await asks("a", "200"), true);
  assert.equal(await asks("b", "500"), false);
  assert.equal(await asks("b", "200"), false);
});

test("each subset has a circuit of its own, known by the steering header", async () => {
  const asks = async (subset: string, way: string): Promise<string | undefined> =>
    headerOf(await circuits.ask("subsets", way, [["x-subset", subset]]), "x-circuit-open");
  for (let i = 0; i < 2; i++) assert.equal(await asks("v2", "500"), undefined);
  assert.equal(await asks("v2", "200"), "subsets.v2");
  assert.equal(await asks("v1", "200"), undefined);
  for (let i = 0; i < 5; i++) assert.equal(await asks("v1", "500"), undefined);
  assert.equal(await asks("v1", "200"), "subsets.v1");
  assert.equal(await circuits.asks("subsets", 6, "500"), ".....x");
});
