/**
 * Two streams of one filter that overlap, as they do in every proxy under load: each gets what it gets alone. A callback
 * that takes the last stream that began for its own passes every test with one request at a time, and fails here.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Headers, type HeadersOutcome, type Stream } from "../../emulator/index.ts";
import { filterNames } from "../../tools/project.ts";
import { Compiled } from "../support/module/compiled.ts";

/** A configuration under which the two requests are treated differently, in each callback that the filter exports. */
interface Overlap {
  config: object;
  requests: readonly [Headers, Headers];
}

const request = (headers: Headers): Headers => ({
  ":method": "GET",
  ":scheme": "http",
  ":authority": "reviews",
  ":path": "/",
  ...headers,
});
const JASON = request({ "end-user": "jason" });
const ANNA = request({ "end-user": "anna" });
const jason = [{ headers: { "end-user": { exact: "jason" } } }];

const routeTo = (subset: string) => [
  { destination: { host: "reviews", subset }, headers: { response: { set: { "x-from": subset } } } },
];
const abortWith = (httpStatus: number) => ({ abort: { percentage: { value: 100 }, httpStatus, on: "response" } });
const traceparent = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;

const OVERLAPS: Readonly<Record<string, Overlap>> = {
  "header-routing": {
    config: {
      steering: { header: "x-subset", value: "{subset}" },
      virtualServices: [{ hosts: ["*"], http: [{ match: jason, route: routeTo("v2") }, { route: routeTo("v1") }] }],
    },
    requests: [JASON, ANNA],
  },
  "circuit-breaking": {
    config: {
      destinationRules: [
        {
          name: "reviews",
          host: "*",
          trafficPolicy: { outlierDetection: {} },
          circuits: [{ name: "jason", match: jason, state: "FORCED_OPEN" }],
        },
      ],
    },
    requests: [JASON, ANNA],
  },
  "fault-injection": {
    config: {
      virtualServices: [{ hosts: ["*"], http: [{ match: jason, fault: abortWith(418) }, { fault: abortWith(429) }] }],
    },
    requests: [JASON, ANNA],
  },
  authz: {
    config: {
      policies: [
        { name: "jason", action: "DENY", rules: [{ when: [{ key: "request.headers[end-user]", values: ["jason"] }] }] },
      ],
    },
    requests: [JASON, ANNA],
  },
  "trace-propagation": {
    config: { direction: "INBOUND", join: { keys: ["x-request-id"] } },
    requests: [
      request({ "x-request-id": "1", traceparent: traceparent("1") }),
      request({ "x-request-id": "2", traceparent: traceparent("2") }),
    ],
  },
};

/** What one stream meets, callback by callback. */
interface Met {
  request?: HeadersOutcome;
  /** Undefined if the filter has answered the request itself. */
  response?: HeadersOutcome | undefined;
  calls?: readonly string[];
}

/** Both streams in one VM; `steps` says whose next callback runs: 0 or 1, three times each. */
function run(filter: Compiled, { config, requests }: Overlap, steps: readonly (0 | 1)[]): Met[] {
  const { vm } = filter.load();
  const root = filter.configured(vm, config);
  // What trace-propagation asks of the first streams of a root alone: whether it is a filter of the upstream.
  const first = root.stream({ requestHeaders: requests[1], properties: { upstream: { address: "127.0.0.1:80" } } });
  first.requestHeaders();
  first.end();
  const met: Met[] = [{}, {}];
  const streams: Stream[] = [];
  for (const who of steps) {
    const own = met[who] ?? {};
    const stream = (streams[who] ??= root.stream({ requestHeaders: requests[who] }));
    if (own.request === undefined) own.request = stream.requestHeaders();
    else if (!("response" in own)) {
      own.response = stream.localReply === undefined ? stream.responseHeaders({ ":status": "200" }) : undefined;
    } else {
      stream.end();
      own.calls = stream.calls.map(String);
    }
  }
  return met;
}

const ONE_BY_ONE = [0, 0, 0, 1, 1, 1] as const;
const OVERLAPPING: readonly (readonly (0 | 1)[])[] = [
  [0, 1, 0, 1, 0, 1],
  [0, 1, 1, 0, 0, 1],
  [0, 1, 0, 1, 1, 0],
  [0, 1, 1, 1, 0, 0],
  [0, 0, 1, 0, 1, 1],
  [0, 0, 1, 1, 0, 1],
];

test("every filter has its two streams here", () => {
  assert.deepEqual(Object.keys(OVERLAPS).sort(), filterNames());
});

for (const [name, overlap] of Object.entries(OVERLAPS)) {
  test(`${name}: each of two streams that overlap gets what it gets alone`, () => {
    const filter = new Compiled(name);
    const [first, second] = run(filter, overlap, ONE_BY_ONE);
    assert.notDeepEqual(first, second, "the two requests are treated differently");
    for (const steps of OVERLAPPING) {
      assert.deepEqual(run(filter, overlap, steps), [first, second], steps.join(" "));
    }
  });
}
