/** Others that answer or fail a request in the middle of its delay, or just after: timeouts of Envoy's, upstreams. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { JsonObject } from "../../../../test/support/envoy/index.ts";
import { aborted, abort, CERTAIN, counted, delay, entry, FOR_GOOD, plugin } from "./faults.ts";
import { Proxy, type Part } from "./proxy.ts";
import { Streams, tally } from "./streams.ts";

const CONNECTIONS = 10;
const STREAMS = 50;
const REQUESTS = CONNECTIONS * STREAMS;

/** Fields of the connection manager by which it ends a stream after 100 ms, and the details of the answer that it then gives. */
const TIMEOUTS: Readonly<Record<string, { manager: JsonObject; details: string }>> = {
  stream_idle_timeout: { manager: { stream_idle_timeout: "0.1s" }, details: "504 stream_idle_timeout" },
  request_timeout: { manager: { request_timeout: "0.1s" }, details: "408 request_overall_timeout" },
  max_stream_duration: {
    manager: { common_http_protocol_options: { max_stream_duration: "0.1s" } },
    details: "504 max_duration_timeout",
  },
};

/** Of 1 to 200 ms: half of them end before such a timeout. */
const AROUND: JsonObject = { delay: { ...CERTAIN, distribution: { uniform: { min: "1ms", max: "200ms" } } } };
const BRIEF: JsonObject = { delay: { ...CERTAIN, distribution: { uniform: { min: "1ms", max: "20ms" } } } };

let proxy: Proxy;

before(async () => {
  const around = { ...AROUND, ...abort(418) };
  const parts = Object.entries(TIMEOUTS).flatMap(([name, { manager }]): [string, Part][] => [
    [`${name}, held`, { configuration: plugin([entry("held", delay(FOR_GOOD))]), manager }],
    [`${name}, around`, { configuration: plugin([entry("around", AROUND)]), manager }],
    [`${name}, aborted`, { configuration: plugin([entry("aborted", around)]), manager }],
  ]);
  proxy = await Proxy.start({
    ...Object.fromEntries(parts),
    upstream: { configuration: plugin([entry("brief", BRIEF)]) },
  });
});
after(async () => await proxy?.stop());

interface Outcomes {
  counts: Record<string, number>;
  ids: string[];
  outcomes: string[];
  rises: Record<string, number>;
}

/** What becomes of the requests that many connections send at once. */
async function outcomesOf(
  port: number,
  headers: Record<string, string> = {},
  follows?: "with trailers",
): Promise<Outcomes> {
  const sessions = await Promise.all(Array.from({ length: CONNECTIONS }, () => Streams.connect(port)));
  let given: Omit<Outcomes, "rises"> | undefined;
  const rises = await counted(proxy.envoy, async () => {
    const streams = sessions.flatMap((session) =>
      Array.from({ length: STREAMS }, () => session.send(headers, follows)),
    );
    const outcomes = await Promise.all(streams.map(({ done }) => done));
    given = { counts: tally(outcomes), ids: streams.map(({ id }) => id), outcomes };
    await proxy.verifyQuiet();
  });
  for (const session of sessions) session.close();
  return { ...given!, rises };
}

function sum(counts: Record<string, number>, names: readonly string[]): number {
  return names.reduce((total, name) => total + (counts[name] ?? 0), 0);
}

for (const [name, { details }] of Object.entries(TIMEOUTS)) {
  // request_timeout is for a request that has not come whole, the others for any.
  const follows = name === "request_timeout" ? "with trailers" : undefined;
  const failure = (by: string): string => `${details}, ${by}`;

  test(`${name}: ends what is held, of which nothing goes on`, async () => {
    const { counts, ids, rises } = await outcomesOf(proxy.port(`${name}, held`, "http2"), {}, follows);
    assert.deepEqual(counts, { [failure("held")]: REQUESTS });
    assert.deepEqual(rises, { delays_injected: REQUESTS, "route.held.delays_injected": REQUESTS });
    for (const id of ids) assert.equal(proxy.arrivals(id), 0);
  });

  test(`${name}: about when delays end, each request is answered by one of both`, async () => {
    const port = proxy.port(`${name}, around`, "http2");
    const { counts, ids, outcomes, rises } = await outcomesOf(port, {}, follows);
    // Envoy resets the stream where its answer has begun.
    const possible = ["200, around", "200, around, broken off", failure("around")];
    assert.equal(sum(counts, possible), REQUESTS, JSON.stringify(counts));
    assert.equal(rises["delays_injected"], REQUESTS);
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.startsWith("200")) assert.equal(proxy.arrivals(ids[index]!), 1);
    }
  });

  test(`${name}: about when requests are aborted, each is answered by one of both`, async () => {
    const port = proxy.port(`${name}, aborted`, "http2");
    const { counts, ids, rises } = await outcomesOf(port, {}, follows);
    const abortion = aborted(418, "aborted");
    assert.equal(sum(counts, [abortion, failure("aborted")]), REQUESTS, JSON.stringify(counts));
    assert.equal(rises["aborts_injected"], counts[abortion]);
    for (const id of ids) assert.equal(proxy.arrivals(id), 0);
  });
}

test("upstreams that reset what has just gone on: each request fails, and is accounted for", async () => {
  for (const protocol of ["http1", "http2"] as const) {
    const { counts, ids, rises } = await outcomesOf(proxy.port("upstream", protocol), { ":path": "/reset" });
    const failures = Object.keys(counts).filter((one) =>
      /^503 upstream_reset_before_response_started.*, brief$/.test(one),
    );
    assert.equal(sum(counts, failures), REQUESTS, JSON.stringify(counts));
    assert.equal(rises["delays_injected"], REQUESTS);
    for (const id of ids) assert.equal(proxy.arrivals(id), 1);
  }
});
