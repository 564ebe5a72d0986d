/**
 * Which request headers Envoy's router reads before it carries out a route's header operations. What a filter changes of
 * these has another effect than the same operation of a native route, so header-routing refuses them by name. Shown
 * here in Envoy, with Lua as a filter that changes headers before the router.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import {
  cluster,
  Envoy,
  Http1,
  forward,
  listener,
  lua,
  type HeaderLine,
  type JsonObject,
  type Listener,
} from "../../support/envoy/index.ts";
import { envoyIsBefore } from "../../../tools/envoy-binary.ts";

interface Change {
  name: string;
  /** What it is set to; removed where absent. */
  value?: string;
  /** What the client sends besides. */
  sends?: HeaderLine[];
  /** The status that the upstream answers with. */
  status?: number;
  virtualHost?: JsonObject;
  route?: JsonObject;
  cluster?: string;
  /** The minor version of Envoy since which it makes a difference: 1.36 alone reads these after the operations. */
  since?: number;
  /** How often the request comes to the upstream with either. */
  tries?: number;
}

/** As istiod writes them into every route and virtual host. */
const ROUTE: JsonObject = { timeout: "0s", max_grpc_timeout: "0s" };
const HOST: JsonObject = { include_request_attempt_count: true };
const GRPC: HeaderLine[] = [["content-type", "application/grpc"]];

/** What the filter refuses: in Envoy it makes a difference whether a filter or the route changes them. */
const REFUSED: readonly Change[] = [
  { name: "x-forwarded-proto" },
  { name: "x-forwarded-proto", value: "https", virtualHost: { require_tls: "ALL" } },
  { name: "x-envoy-upstream-rq-timeout-ms", value: "5000", since: 37 },
  { name: "x-envoy-upstream-rq-per-try-timeout-ms", value: "5000", since: 37 },
  { name: "x-envoy-upstream-alt-stat-name", value: "other" },
  { name: "x-envoy-expected-rq-timeout-ms", value: "7", route: { timeout: "5s" }, since: 37 },
  { name: "x-envoy-attempt-count", value: "7", since: 37 },
  { name: "grpc-timeout", value: "5S", sends: GRPC, since: 37 },
  { name: "grpc-timeout", sends: [...GRPC, ["grpc-timeout", "5S"]], since: 37 },
];

/** What the filter takes although it looks like these: the router reads it later, or nobody does. */
const TAKEN: readonly Change[] = [
  { name: "x-envoy-upstream-rq-timeout-alt-response", value: "1" },
  { name: "x-envoy-upstream-stream-duration-ms", value: "5000" },
  { name: "x-envoy-hedge-on-per-try-timeout", value: "true" },
  { name: "x-envoy-original-dst-host", value: "UPSTREAM", cluster: "original" },
  { name: "x-envoy-retry-on", value: "5xx", status: 503, tries: 2 },
  { name: "x-envoy-retry-grpc-on", value: "unavailable", status: 503 },
  { name: "x-envoy-max-retries", value: "3", route: { retry_policy: { retry_on: "5xx" } }, status: 503, tries: 4 },
  {
    name: "x-envoy-retriable-status-codes",
    value: "418",
    status: 418,
    route: { retry_policy: { retry_on: "retriable-status-codes" } },
    tries: 2,
  },
  { name: "x-envoy-internal", value: "true" },
  { name: "x-envoy-original-path", value: "/other" },
  { name: "x-envoy-decorator-operation", value: "other" },
  { name: "x-envoy-peer-metadata", value: "other" },
  { name: "x-forwarded-for", value: "10.1.2.3" },
  { name: "x-forwarded-host", value: "other" },
  { name: "x-request-id", value: "other" },
  { name: "te", value: "trailers" },
];

const ALL = [...REFUSED, ...TAKEN];
let attempts: object[] = [];
let envoy: Envoy;

/** Answers with the status in the path, and keeps what came. */
const upstream = createServer({ keepAliveTimeout: 0 }, (request, response) => {
  const { date: _, ...headers } = request.headers;
  attempts.push(headers);
  response.writeHead(Number(request.url?.slice(1))).end();
});

before(async () => {
  upstream.listen(0, "127.0.0.1");
  await once(upstream, "listening");
  const { port } = upstream.address() as AddressInfo;
  const listeners = ALL.flatMap((change, index): Listener[] => {
    const { name, value } = change;
    const written = value === "UPSTREAM" ? `127.0.0.1:${port}` : value;
    const header = { key: name, value: written };
    const operation =
      written === undefined
        ? { request_headers_to_remove: [name] }
        : { request_headers_to_add: [{ header, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" }] };
    const script =
      written === undefined
        ? `handle:headers():remove("${name}")`
        : `handle:headers():replace("${name}", "${written}")`;
    const route = (fields: JsonObject): JsonObject => {
      const taken = forward(change.cluster ?? "upstream", { prefix: "/" }, fields);
      return { ...taken, route: { ...(taken["route"] as JsonObject), ...ROUTE, ...change.route } };
    };
    const host = (fields: JsonObject): JsonObject => ({
      name: "all",
      domains: ["*"],
      routes: [route(fields)],
      ...HOST,
      ...change.virtualHost,
    });
    const filter = lua(`function envoy_on_request(handle) ${script} handle:clearRouteCache() end`);
    return [
      listener(`native-${index}`, { virtualHosts: [host(operation)] }),
      listener(`filter-${index}`, { virtualHosts: [host({})], filters: [filter] }),
    ];
  });
  const original = {
    name: "original",
    type: "ORIGINAL_DST",
    lb_policy: "CLUSTER_PROVIDED",
    original_dst_lb_config: { use_http_header: true },
  };
  envoy = await Envoy.start({ listeners, clusters: [cluster("upstream", port), original] });
});
after(async () => {
  await envoy?.stop();
  upstream.closeAllConnections();
  upstream.close();
});

/** What became of a request: the answer's status, and what the upstream saw of each try. */
async function observe(kind: string, index: number): Promise<{ status: number; attempts: object[] }> {
  const { status = 200, sends = [] } = ALL[index]!;
  attempts = [];
  const connection = await Http1.connect(envoy.port(`${kind}-${index}`));
  const headers: HeaderLine[] = [["x-request-id", "5f0e0f8a-6b0c-4e8e-9d7a-000000000000"], ...sends];
  const answer = await connection.request({ path: `/${status}`, headers });
  connection.close();
  return { status: answer.status, attempts };
}

for (const [index, change] of ALL.entries()) {
  const differs = index < REFUSED.length && !(change.since !== undefined && envoyIsBefore(change.since));
  const what = change.value === undefined ? "removed" : `set to ${change.value}`;
  test(`${change.name} ${what}: ${differs ? "another effect from a filter" : "the same effect from a filter"}`, async () => {
    const native = await observe("native", index);
    const filter = await observe("filter", index);
    if (differs) assert.notDeepEqual(filter, native);
    else assert.deepEqual(filter, native);
    if (change.tries !== undefined) assert.equal(native.attempts.length, change.tries);
  });
}
