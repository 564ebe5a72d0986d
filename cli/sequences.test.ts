/** `signalbox test` with requests that come one after the other: time, what upstreams answer, and what is expected of each. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { PROJECT } from "../tools/project.ts";
import { signalbox } from "./test/run.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-sequences-"));
after(() => rmSync(folder, { recursive: true }));

const EXAMPLE = "cli/examples/reviews.test.yaml";
const GET = { host: "reviews" };
const GRPC = { host: "reviews", method: "POST", headers: { "content-type": "application/grpc" } };

/** One rule, which every request to reviews meets. */
function reviews(outlierDetection: object, rule: object = {}): object {
  return { destinationRules: [{ name: "reviews", host: "reviews", trafficPolicy: { outlierDetection }, ...rule }] };
}

/** Runs tables of one configuration; each sequence is a test. */
async function run(
  config: object,
  sequences: readonly (readonly object[])[],
  filter = "circuit-breaking",
  ...args: string[]
) {
  const file = join(folder, "config.yaml");
  writeFileSync(file, JSON.stringify(config));
  const tests = sequences.map((sequence, at) => ({ name: `t${at}`, sequence }));
  return signalbox(["test", "-", ...args], JSON.stringify({ config: file, filter, tests }));
}

/** What came out otherwise, as `what: expected, actual`. */
async function otherwise(config: object, sequence: readonly object[], filter?: string): Promise<string[]> {
  const { out, err } = await run(config, [sequence], filter);
  assert.equal(err, "");
  const told = [...out.matchAll(/- what: "(.*)"\n +expected: (.*)\n +actual: (.*)\n/g)];
  return told.map(([, what, expected, actual]) => `${what}: ${expected}, ${actual}`);
}

test("the example: it opens, refuses, lets one in, and closes", async () => {
  const { status, out } = await signalbox(["test", EXAMPLE]);
  assert.match(out, /^TAP version 13\nok 1 - five errors open .*\n1\.\.1\n$/);
  assert.equal(status, 0);
});

test("a step that comes out otherwise is named with its line, and of several requests which one", async () => {
  const text = readFileSync(join(PROJECT, EXAMPLE), "utf8").replace("config: ../../", "config: ");
  const told = async (from: string, to: string) => {
    const { status, out } = await signalbox(["test", "-"], text.replace(from, to));
    assert.equal(status, 1, out);
    return [...out.matchAll(/- what: "(.*)"\n +expected: (.*)\n +actual: (.*)\n/g)].map(([, ...three]) =>
      three.join(" | "),
    );
  };
  assert.deepEqual(await told("times: 5", "times: 6"), [
    'sequence[0] (line 5), request 6 of 6: outcome | "forwarded" | "answered"',
  ]);
  assert.deepEqual(await told("after: 29s", "after: 28s"), [
    'sequence[1] (line 9): answers retry-after | "1" | "2"',
    'sequence[2].meanwhile[0] (line 16): circuit reviews | "half-open" | "open"',
    'sequence[2] (line 12): outcome | "forwarded" | "answered"',
    'sequence[2] (line 12): circuit reviews | "closed" | "open"',
  ]);
  assert.deepEqual(await told("reviews: open }", "ratings: open }"), [
    'sequence[0] (line 5), request 5 of 5: circuit ratings | "open" | "no such circuit; there are reviews"',
  ]);
});

/** How the circuit is after one request that ends so, if two errors in a row open it, and one without an answer. */
const ENDS: readonly (readonly [upstream: unknown, state: string, request?: object])[] = [
  [{ flag: "UF" }, "open"],
  [{ flag: "UC" }, "open"],
  [{ flag: "UR" }, "open"],
  [{ flag: "LR" }, "open"],
  [{ flag: "UPE" }, "open"],
  [{ flag: "UT", takes: "15s" }, "open"],
  [{ flag: "UT" }, "open", GRPC],
  // Nothing of these says how the destination is.
  [{ flag: "UO" }, "closed"],
  [{ flag: "UH" }, "closed"],
  [{ flag: "UH" }, "closed", GRPC],
  [{ flag: "DC" }, "closed"],
  // Headers, and then a reset: one error in any case, and two after a status that is one.
  [{ status: 200, flag: "UC" }, "open"],
  [{ status: 200, flag: "DC" }, "closed"],
  [503, "open"],
  [{ status: 404 }, "closed"],
  [{ grpcStatus: "UNAVAILABLE" }, "open", GRPC],
  [{ grpcStatus: 14 }, "open", GRPC],
  [{ grpcStatus: "NOT_FOUND" }, "closed", GRPC],
  [{ headers: { "grpc-status": "14" } }, "open", GRPC],
  // Of a request that is no gRPC nobody asks for its status.
  [{ grpcStatus: "UNAVAILABLE" }, "closed"],
];

test("what becomes of a request counts as the table of circuit-breaking's README says", async () => {
  const sequences = ENDS.map(([upstream, state, request = GET]) => [
    { request, upstream, expect: { outcome: "forwarded", circuits: { reviews: state } } },
  ]);
  const { status, out } = await run(reviews({ consecutive5xxErrors: 1 }), sequences);
  assert.deepEqual(
    out.split("\n").filter((line) => line.startsWith("not ok")),
    [],
  );
  assert.equal(status, 0);
});

test("an error and then a reset are two errors, as natively", async () => {
  const once = (upstream: unknown, state: string) => [
    { request: GET, upstream, expect: { circuits: { reviews: state } } },
  ];
  const config = reviews({ consecutive5xxErrors: 2 });
  assert.deepEqual(await otherwise(config, once({ status: 500, flag: "UC" }, "open")), []);
  assert.deepEqual(await otherwise(config, once({ status: 200, flag: "UC" }, "closed")), []);
});

test("with split a connection that came about begins the count anew", async () => {
  const split = reviews({ splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 2 });
  const twice = (flag: string, state: string) => [
    { request: GET, upstream: { flag }, times: 2, expect: { circuits: { reviews: state } } },
  ];
  assert.deepEqual(await otherwise(split, twice("UF", "open")), []);
  assert.deepEqual(await otherwise(split, twice("UT", "closed")), []);
});

test("time passes by after and by takes: slow calls, openings, and windows of the day", async () => {
  const slow = reviews({
    consecutive5xxErrors: 0,
    slowCallDurationThreshold: "2s",
    minimumNumberOfCalls: 2,
    baseEjectionTime: "1m30s",
  });
  const slowly = (takes: string, state: string) => ({
    request: GET,
    times: 2,
    upstream: { takes },
    expect: { circuits: { reviews: state } },
  });
  assert.deepEqual(await otherwise(slow, [slowly("2s", "closed")]), []);
  assert.deepEqual(
    await otherwise(slow, [
      slowly("2001ms", "open"),
      { request: GET, after: "1m29.999s", expect: { outcome: "answered" } },
      { request: GET, after: "1ms", expect: { outcome: "forwarded" } },
    ]),
    [],
  );
  const fault = { abort: { percentage: { value: 100 }, httpStatus: 418 } };
  const window = { from: "2026-11-25T10:00:00Z", until: "2026-11-25T10:01:00Z" };
  const at = "2026-11-25T09:59:59Z";
  const faults = { window, virtualServices: [{ hosts: ["reviews"], http: [{ name: "f", fault }] }] };
  assert.deepEqual(
    await otherwise(
      faults,
      [
        { request: { ...GET, at }, expect: { outcome: "forwarded" } },
        { request: GET, after: "1s", expect: { outcome: "answered", status: 418, rule: "f" } },
        { request: GET, after: "60s", expect: { outcome: "forwarded" } },
      ],
      "fault-injection",
    ),
    [],
  );
});

test("meanwhile: no more probes than are permitted, and a late answer that changes nothing", async () => {
  const config = reviews({ consecutive5xxErrors: 1, baseEjectionTime: "1s", permittedNumberOfCallsInHalfOpenState: 2 });
  const opens = { request: GET, upstream: 500, expect: { circuits: { reviews: "open" } } };
  const refused = { request: GET, times: 3, expect: { outcome: "answered", circuits: { reviews: "half-open" } } };
  const second = { request: GET, upstream: { takes: "100ms" }, meanwhile: [refused], expect: { outcome: "forwarded" } };
  const probes = { request: GET, after: "1s", meanwhile: [second], expect: { circuits: { reviews: "closed" } } };
  assert.deepEqual(await otherwise(config, [opens, probes]), []);
  // It began before the circuit opened.
  const late = {
    request: GET,
    upstream: { status: 200, takes: "5s" },
    meanwhile: [opens],
    expect: { circuits: { reviews: "open" } },
  };
  assert.deepEqual(await otherwise(config, [late]), []);
});

test("keys: a circuit for each, by the place that it was given", async () => {
  const circuits = [{ name: "tenant", keyedBy: { header: "x-tenant" }, outlierDetection: { consecutive5xxErrors: 2 } }];
  const of = (tenant: string) => ({ ...GET, headers: { "x-tenant": tenant } });
  const rule = "reviews.tenant";
  assert.deepEqual(
    await otherwise(reviews({}, { circuits }), [
      { request: of("acme"), upstream: 500, times: 2, expect: { rule, circuits: { "reviews.tenant.key.1": "open" } } },
      { request: of("acme"), expect: { outcome: "answered", rule } },
      { request: of("umbrella"), expect: { outcome: "forwarded", rule } },
    ]),
    [],
  );
});

test("of signalbox: a fault says nothing of the destination, its delay makes a call slow, and sections say it of each request", async () => {
  const steering = { header: "x-subset", value: "{subset}" };
  const to = { destination: { host: "reviews", subset: "v2" } };
  const percentage = { value: 100 };
  const config = {
    headerRouting: { steering, virtualServices: [{ name: "r", hosts: ["reviews"], http: [{ route: [to] }] }] },
    circuitBreaking: {
      steering,
      ...reviews(
        {},
        {
          subsets: [
            {
              name: "v2",
              trafficPolicy: {
                outlierDetection: { consecutive5xxErrors: 2, slowCallDurationThreshold: "2s", minimumNumberOfCalls: 4 },
              },
            },
          ],
        },
      ),
    },
    faultInjection: {
      virtualServices: [
        {
          hosts: ["reviews"],
          http: [
            { match: [{ uri: { prefix: "/abort" } }], fault: { abort: { percentage, httpStatus: 503 } } },
            { match: [{ uri: { prefix: "/delay" } }], fault: { delay: { percentage, fixedDelay: "3s" } } },
          ],
        },
      ],
    },
  };
  const asked = (path: string) => ({ ...GET, path, direction: "OUTBOUND" });
  const circuit = (circuits: object, more: object = {}) => ({
    circuitBreaking: { rule: "reviews.v2", circuits, ...more },
  });
  const closed = { "reviews.v2": "closed" };
  const open = { "reviews.v2": "open" };
  assert.deepEqual(
    await otherwise(
      config,
      [
        {
          request: asked("/abort"),
          upstream: 500,
          times: 5,
          expect: { status: 503, circuits: closed, sections: circuit(closed) },
        },
        { request: asked("/"), upstream: 500, times: 2, expect: { circuits: open, sections: circuit(open) } },
        {
          request: asked("/delay"),
          expect: {
            outcome: "answered",
            delay: "none",
            sections: { ...circuit(open, { status: 503 }), faultInjection: { outcome: "not asked" } },
          },
        },
      ],
      "signalbox",
    ),
    [],
  );
  const slowly = {
    request: asked("/delay"),
    times: 4,
    expect: { delay: "3s", circuits: open, sections: circuit(open) },
  };
  assert.deepEqual(await otherwise(config, [slowly], "signalbox"), []);
});

test("no case depends on those before it, and coverage has each circuit", async () => {
  const config = reviews(
    { consecutive5xxErrors: 1 },
    { circuits: [{ name: "search", match: [{ uri: { prefix: "/s" } }] }] },
  );
  const opens = [{ request: GET, upstream: 500, expect: { outcome: "forwarded", circuits: { reviews: "open" } } }];
  const { status, out } = await run(config, [opens, opens, opens], "circuit-breaking", "--coverage");
  assert.equal(status, 0, out);
  assert.match(out, /^# coverage: 1 of 2 rules \(50 %\)\n# {3}.*config\.yaml:1: no test meets reviews\.search$/m);
  const other = [{ request: { host: "ratings" }, upstream: 500, expect: { outcome: "forwarded" } }];
  const nothing = await run(config, [other]);
  assert.equal(nothing.status, 1);
  assert.match(nothing.out, /actual: "DestinationRule reviews \(host reviews; the request is for ratings\)"/);
});

test("programs get the steps", async () => {
  const { out } = await signalbox(["test", EXAMPLE, "-o", "json"]);
  const [first] = JSON.parse(out) as { sequence: { times: number; after: number; upstream: { status: number } }[] }[];
  assert.deepEqual(
    first?.sequence.map(({ times, after, upstream }) => [times, after, upstream.status]),
    [
      [5, 0, 500],
      [1, 29_000, 200],
      [1, 1000, 200],
    ],
  );
});

test("what is no sequence is refused, with the line and the column", async () => {
  const told = async (step: string, beside = "") => {
    const text = `config: filters/circuit-breaking/wasmplugin.yaml\ntests:\n  - sequence:\n      - ${step}\n${beside}`;
    const { status, err } = await signalbox(["test", "-"], text);
    assert.equal(status, 2);
    return err.replace("signalbox: <stdin>:", "").replace("tests[0].", "").trimEnd();
  };
  const all = "expect: { outcome: forwarded }";
  const cases: [step: string, message: string][] = [
    ["{ reqest: {} }", '4:11: sequence[0]: unknown field "reqest" (did you mean "request"?)'],
    ["{ after: 10 }", "4:18: sequence[0].after: expected a duration such as 5s or 250ms, got 10"],
    ["{ times: 0 }", "4:18: sequence[0].times: expected a number from 1 to 100000, got 0"],
    [
      "{ upstream: 99 }",
      "4:21: sequence[0].upstream: expected a status, or an object with status, headers, grpcStatus, takes, flag, got 99",
    ],
    ["{ upstream: { status: 600 } }", "4:31: sequence[0].upstream.status: expected a status from 200 to 599, got 600"],
    [
      "{ upstream: { flag: UX } }",
      '4:29: sequence[0].upstream.flag: expected UF, UC, UR, LR, UPE, UT, UO, UH or DC, got "UX"',
    ],
    [
      "{ upstream: { flag: UF, status: 200 } }",
      "4:33: sequence[0].upstream: with UF there is no answer of the upstream: leave status out",
    ],
    [
      "{ upstream: { flag: UC, grpcStatus: 1 } }",
      "4:33: sequence[0].upstream: with UC no trailers come: leave grpcStatus out",
    ],
    [
      "{ upstream: { grpcStatus: BUSY } }",
      '4:35: sequence[0].upstream.grpcStatus: expected the name of a gRPC status, or its number, got "BUSY"',
    ],
    [
      '{ upstream: { headers: { ":status": "1" } } }',
      "4:34: sequence[0].upstream.headers: :status is no header: write status",
    ],
    [
      "{ expect: { circuits: { reviews: half } } }",
      '4:21: sequence[0].expect.circuits: expected names with closed, open or half-open, got {"reviews":"half"}',
    ],
    ["{ expect: {} }", "4:11: sequence[0].expect: expected something, such as {outcome: forwarded}"],
    ["{ meanwhile: [] }", "4:11: sequence[0].meanwhile: expected a list that is not empty"],
    ["{ request: { paht: / } }", '4:11: sequence[0].request: unknown field "paht" (did you mean "path"?)'],
    [
      "{}",
      "3:5: sequence: no step expects anything: write expect in those that matter, such as expect: {outcome: forwarded}",
    ],
  ];
  for (const [step, message] of cases) assert.equal(await told(step), message);
  assert.equal(
    await told(`{ ${all} }`, `    ${all}\n`),
    "5:5: tests[0]: expect stands in the steps of sequence, not beside it",
  );
});
