/** `on: response`: the upstream does the work, the caller sees the failure. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import {
  Envoy,
  forward,
  Http1,
  Http2,
  inlineWasm,
  listener,
  SHOWS_DETAILS,
  valuesOf,
  type Answer,
  type JsonObject,
  type Listener,
} from "../../../../test/support/envoy/index.ts";
import { DeliveryUpstream, ID, LARGE, type Protocol } from "./delivery-upstream.ts";
import { abort, aborted, CERTAIN, counted, delay, EARLY_MS, entry, METADATA, outcome, OUTBOUND } from "./faults.ts";
import { plugin, timed } from "./faults.ts";

const PROTOCOLS: readonly Protocol[] = ["http1", "http2"];
const ON_RESPONSE = { on: "response" };

const FAULTS: Readonly<Record<string, JsonObject>> = {
  plain: abort(503, ON_RESPONSE),
  own: abort(429, { ...ON_RESPONSE, body: "later", headers: { "retry-after": "5" } }),
  grpc: { abort: { ...CERTAIN, ...ON_RESPONSE, grpcStatus: "UNAVAILABLE" } },
  delayed: { ...delay("20ms"), ...abort(503, ON_RESPONSE) },
  never: { abort: { percentage: { value: 0 }, httpStatus: 503, ...ON_RESPONSE } },
};

const upstreams = new Map<Protocol, DeliveryUpstream>();
let envoy: Envoy;
let sent = 0;

before(async () => {
  for (const protocol of PROTOCOLS) upstreams.set(protocol, await DeliveryUpstream.start(protocol));
  const listeners = Object.entries(FAULTS).flatMap(([name, fault]) =>
    PROTOCOLS.map((protocol): Listener => {
      const filter = inlineWasm(name, { module: "fault-injection", configuration: plugin([entry(name, fault)]) });
      const chain = { filters: [filter], routes: [forward(protocol)], manager: SHOWS_DETAILS, accessLog: LOGGED };
      const fields = protocol === "http1" ? {} : OUTBOUND;
      return { ...listener(`${name}:${protocol}`, chain), listener: fields };
    }),
  );
  const clusters = [...upstreams].map(([name, upstream]) => upstream.cluster(name));
  envoy = await Envoy.start({ listeners, clusters, metadata: METADATA });
});
after(async () => {
  await envoy?.stop();
  for (const upstream of upstreams.values()) await upstream.stop();
});

const LOGGED = `%REQ(${ID})% %RESPONSE_CODE% %RESPONSE_CODE_DETAILS%`;

/** Sends a request to each upstream, by the protocol that it speaks itself, and once more where the connection is kept. */
async function both(
  name: string,
  request: { method?: string; path?: string; body?: string; type?: string },
  verify: (answer: Answer, upstream: DeliveryUpstream, id: string) => void,
): Promise<void> {
  const { method = "GET", path = "/", body, type = "text/plain" } = request;
  for (const protocol of PROTOCOLS) {
    const port = envoy.port(`${name}:${protocol}`);
    const connection = protocol === "http1" ? await Http1.connect(port) : await Http2.connect(port);
    for (let turn = 0; turn < 2; turn++) {
      const id = `${++sent}`;
      const answer =
        connection instanceof Http1
          ? await connection.request({ method, path, body, headers: [[ID, id], ["content-type", type]] }) // prettier-ignore
          : await connection.request({ ":method": method, ":path": path, [ID]: id, "content-type": type }, body);
      verify(answer, upstreams.get(protocol)!, id);
    }
    connection.close();
  }
}

test("the upstream answered, and nothing of that is left but that it did", async () => {
  const rises = await counted(envoy, async () => {
    for (const path of ["/", "/large", "/failing"]) {
      await both("plain", { path }, (answer, upstream, id) => {
        assert.equal(outcome(answer), aborted(503, "plain"), path);
        assert.equal(answer.body, "fault filter abort");
        assert.deepEqual(valuesOf(answer.headers, ID), []);
        assert.equal(upstream.arrivals.get(id), 1);
      });
    }
  });
  assert.deepEqual(rises, { aborts_injected: 12, "route.plain.aborts_injected": 12 });
});

test("body and headers of one's own", async () => {
  await both("own", {}, (answer, upstream, id) => {
    assert.equal(outcome(answer), aborted(429, "own"));
    assert.equal(answer.body, "later");
    assert.deepEqual(valuesOf(answer.headers, "retry-after"), ["5"]);
    assert.equal(upstream.arrivals.get(id), 1);
  });
});

test("a request with a body has come whole to the upstream", async () => {
  const body = "0123456789".repeat(LARGE / 10);
  const sha256 = createHash("sha256").update(body).digest("hex");
  await both("plain", { method: "POST", path: "/large", body }, (answer, upstream, id) => {
    assert.equal(outcome(answer), aborted(503, "plain"));
    assert.equal(upstream.deliveries.get(id)?.sha256, sha256);
  });
});

test("HEAD: the same without a body", async () => {
  await both("plain", { method: "HEAD" }, (answer, upstream, id) => {
    assert.equal(outcome(answer), aborted(503, "plain"));
    assert.equal(answer.body, "");
    assert.equal(upstream.arrivals.get(id), 1);
  });
});

test("gRPC: the abort's status, none of the upstream's trailers", async () => {
  const grpc = { method: "POST", path: "/grpc", body: "\0\0\0\0\0", type: "application/grpc" };
  await both("grpc", grpc, (answer, upstream, id) => {
    assert.equal(outcome(answer), aborted(200, "grpc"));
    assert.deepEqual(valuesOf(answer.headers, "grpc-status"), ["14"]);
    assert.deepEqual(valuesOf(answer.headers, "grpc-message"), ["fault filter abort"]);
    assert.equal(answer.body, "");
    assert.deepEqual("trailers" in answer ? answer.trailers : [], []);
    assert.equal(upstream.arrivals.get(id), 1);
  });
});

test("behind a delay, which holds the request", async () => {
  const [, milliseconds] = await timed(() =>
    both("delayed", {}, (answer, upstream, id) => {
      assert.equal(outcome(answer), aborted(503, "delayed"));
      assert.equal(upstream.arrivals.get(id), 1);
    }),
  );
  assert.ok(milliseconds >= 4 * (20 - EARLY_MS), `four took ${milliseconds} ms`);
});

test("percentage 0: the upstream's answer", async () => {
  await both("never", {}, (answer, upstream, id) => {
    assert.equal(outcome(answer), "200");
    assert.equal(answer.body, id);
    assert.equal(upstream.arrivals.get(id), 1);
  });
});

test("the access log tells it from the upstream's own failures by the details", async () => {
  const first = sent + 1;
  await both("plain", { path: "/failing" }, () => undefined);
  await both("never", { path: "/failing" }, () => undefined);
  const lines = (await envoy.accessLog(sent)).filter((line) => parseInt(line) >= first);
  const told = lines.map((line) => line.slice(line.indexOf(" ") + 1));
  const [abortion, failure] = ["503 fault_filter_abort", "500 via_upstream"];
  assert.deepEqual(told.sort(), [failure, failure, failure, failure, abortion, abortion, abortion, abortion]);
});
