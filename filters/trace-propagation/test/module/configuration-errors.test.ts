/** What a user reads who mistyped something: the exact lines. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationErrors } from "../../../../test/support/module/configuration-errors.ts";
import { TRACE_PROPAGATION } from "./compiled.ts";

const errors = (configuration: unknown): string[] => configurationErrors(TRACE_PROPAGATION, configuration);

/** What is configured, and the lines that are logged for it. */
type Case = readonly [name: string, configuration: unknown, lines: readonly string[]];

const FORMATS = "expected w3c, b3, b3-single, jaeger, datadog, xray or cloud-trace";
const DURATION = 'expected a duration such as "5s", "100ms" or "1h30m"';
const PERCENTAGE = "expected a percentage from 0 to 100, in steps of 0.01";
const FILLED_LIST = "expected a list that is not empty, got []";

const DOCUMENT: readonly Case[] = [
  ["not JSON", "{", ["pluginConfig: not JSON: expected a name in double quotes (byte 1)"]],
  ["a list", "[]", ["pluginConfig: expected an object, got []"]],
  [
    "unknown fields, near to known ones and far",
    { injects: [], foriegn: "keep", xyz: 1 },
    [
      'pluginConfig: unknown field "injects" (did you mean "inject"?)',
      'pluginConfig: unknown field "foriegn" (did you mean "foreign"?)',
      'pluginConfig: unknown field "xyz"',
    ],
  ],
  ["direction", { direction: "IN" }, ['direction: expected INBOUND or OUTBOUND, got "IN"']],
  ["trustDomain", { trustDomain: "" }, ['trustDomain: expected a string that is not empty, got ""']],
  ["foreign", { foreign: "drop" }, ['foreign: expected keep or remove, got "drop"']],
  ["foreign in capitals", { foreign: "KEEP" }, ['foreign: expected keep or remove (did you mean keep?), got "KEEP"']],
  ["participate as text", { participate: "yes" }, ['participate: expected true or false, got "yes"']],
];

const LISTS: readonly Case[] = (["extract", "inject"] as const).flatMap((field): Case[] => [
  [`${field} as text`, { [field]: "w3c" }, [`${field}: expected a list, got "w3c"`]],
  [`${field} of nothing`, { [field]: [] }, [`${field}: ${FILLED_LIST}`]],
  [`${field} of an unknown format`, { [field]: ["w3c", "zipkin"] }, [`${field}[1]: ${FORMATS}, got "zipkin"`]],
  [
    `${field} of one nearly known`,
    { [field]: ["b3single"] },
    [`${field}[0]: ${FORMATS} (did you mean b3-single?), got "b3single"`],
  ],
  [
    `${field} of null`,
    { [field]: [null, 1] },
    [`${field}[0]: required, and missing`, `${field}[1]: expected a string, got 1`],
  ],
  [
    `${field} with formats twice`,
    { [field]: ["b3", "w3c", "b3", "w3c"] },
    [`${field}[2]: listed twice`, `${field}[3]: listed twice`],
  ],
]);

const JOIN: readonly Case[] = [
  ["join as a boolean", { join: true }, ["join: expected an object, got true"]],
  ["a field mistyped", { join: { key: ["a"] } }, ['join: unknown field "key" (did you mean "keys"?)']],
  ["no keys", { join: { keys: [] } }, [`join.keys: ${FILLED_LIST}`]],
  ["a key as text", { join: { keys: "x-request-id" } }, ['join.keys: expected a list, got "x-request-id"']],
  [
    "keys that name no header",
    { join: { keys: ["x request id", "", "x-a:", 1, null] } },
    [
      "join.keys[0]: not a valid header name",
      'join.keys[1]: expected a string that is not empty, got ""',
      "join.keys[2]: not a valid header name",
      "join.keys[3]: expected a string, got 1",
      "join.keys[4]: expected a string that is not empty, got null",
    ],
  ],
  [
    "a key twice",
    { join: { keys: ["a", "host", "A", ":authority"] } },
    ["join.keys[2]: listed twice", "join.keys[3]: listed twice"],
  ],
  ["lifetime as a number", { join: { lifetime: 60 } }, ["join.lifetime: expected a string, got 60"]],
  ["lifetime without a unit", { join: { lifetime: "60" } }, [`join.lifetime: ${DURATION}, got "60"`]],
  [
    "lifetime of nothing",
    { join: { lifetime: "0s" } },
    ['join.lifetime: expected a duration of whole milliseconds, at least 1ms, got "0s"'],
  ],
  ["whenAlone as text", { join: { whenAlone: "true" } }, ['join.whenAlone: expected true or false, got "true"']],
  ["an empty group", { join: { group: "" } }, ['join.group: expected a string that is not empty, got ""']],
];

const RATE = "expected a number of traces a second from 0.001 to 1000000, in steps of 0.001";
const RULE = "sampling.rules[0]";
const rule = (fields: object): object => ({ sampling: { rules: [fields] } });

const SAMPLING: readonly Case[] = [
  ["sampling as a number", { sampling: 5 }, ["sampling: expected an object, got 5"]],
  [
    "a field mistyped",
    { sampling: { randomSamplingPercent: 5 } },
    ['sampling: unknown field "randomSamplingPercent" (did you mean "randomSamplingPercentage"?)'],
  ],
  ...[-0.01, 100.01, 12.345].map((value): Case => [
    `${value} %`,
    { sampling: { randomSamplingPercentage: value } },
    [`sampling.randomSamplingPercentage: ${PERCENTAGE}, got ${value}`],
  ]),
  [
    "a percentage as text",
    { sampling: { randomSamplingPercentage: "5" } },
    ['sampling.randomSamplingPercentage: expected a number, got "5"'],
  ],
  ["rules as an object", { sampling: { rules: {} } }, ["sampling.rules: expected a list, got {}"]],
  ["a rule that is null", { sampling: { rules: [null] } }, [`${RULE}: required, and missing`]],
  [
    "a rule of nothing",
    rule({}),
    [
      `${RULE}: no sampler: write randomSamplingPercentage, rateLimiting or adaptive`,
      `${RULE}.match: required, and missing`,
    ],
  ],
  ["a rule of no match", rule({ match: [], randomSamplingPercentage: 1 }), [`${RULE}.match: ${FILLED_LIST}`]],
  [
    "a rule's field mistyped, and its percentage",
    rule({ match: [{}], matches: [], randomSamplingPercentage: 101 }),
    [
      `${RULE}.randomSamplingPercentage: ${PERCENTAGE}, got 101`,
      `${RULE}: unknown field "matches" (did you mean "match"?)`,
    ],
  ],
  ...[0, -1, 0.0001, 0.0015, 1_000_000.001, 1e300].map((value): Case => [
    `${value} traces a second`,
    { sampling: { rateLimiting: { maxTracesPerSecond: value } } },
    [`sampling.rateLimiting.maxTracesPerSecond: ${RATE}, got ${value === 1e300 ? "1e+300" : value}`],
  ]),
  [
    "a limit of nothing",
    { sampling: { rateLimiting: {} } },
    ["sampling.rateLimiting.maxTracesPerSecond: required, and missing"],
  ],
  ["a limit that is a number", { sampling: { rateLimiting: 5 } }, ["sampling.rateLimiting: expected an object, got 5"]],
  [
    "a limit's field mistyped",
    rule({ match: [{}], rateLimiting: { maxTracesPerSecond: 1, maxTracePerSecond: 1 } }),
    [`${RULE}.rateLimiting: unknown field "maxTracePerSecond" (did you mean "maxTracesPerSecond"?)`],
  ],
  [
    "several samplers in one place",
    {
      sampling: {
        ...{ randomSamplingPercentage: 1, rateLimiting: { maxTracesPerSecond: 1 } },
        rules: [{ match: [{}], randomSamplingPercentage: 1, rateLimiting: { maxTracesPerSecond: 1 } }],
      },
    },
    ["sampling", RULE].map(
      (place) => `${place}: several samplers: write only one of randomSamplingPercentage, rateLimiting and adaptive`,
    ),
  ],
  [
    "a target's fields",
    {
      sampling: {
        adaptive: {
          ...{ targetSamplesPerSecond: 0, calculationInterval: "999ms", deltaTolerance: 0 },
          ...{
            initialSamplingProbability: 1.1,
            minSamplingProbability: -1,
            minSamplesPerSecond: 0.0001,
            maxSamples: 1,
          },
        },
      },
    },
    [
      `targetSamplesPerSecond: ${RATE}, got 0`,
      'calculationInterval: expected a duration from 1s to 1h, got "999ms"',
      "deltaTolerance: expected a number from 0.000000001 to 1, got 0",
      "initialSamplingProbability: expected a number from 0.000000001 to 1, got 1.1",
      "minSamplingProbability: expected a number from 0.000000001 to 1, got -1",
      `minSamplesPerSecond: ${RATE}, got 0.0001`,
    ]
      .map((line) => `sampling.adaptive.${line}`)
      .concat('sampling.adaptive: unknown field "maxSamples"'),
  ],
  ["a target of nothing but defaults", { sampling: { adaptive: {} } }, []],
  [
    "names of rules that other rules have",
    {
      sampling: {
        rules: ["default", "a", "a", undefined, "3"].map((name) => ({
          ...{ name, match: [{}], randomSamplingPercentage: 1 },
        })),
      },
    },
    [0, 2, 4].map((index) => `sampling.rules[${index}].name: another one has this name, or it is "default"`),
  ],
  [
    "a match that is null",
    rule({ match: [null], randomSamplingPercentage: 1 }),
    [`${RULE}.match[0]: required, and missing`],
  ],
  [
    "a match's field mistyped",
    rule({ match: [{ url: { prefix: "/" } }], randomSamplingPercentage: 1 }),
    [`${RULE}.match[0]: unknown field "url" (did you mean "uri"?)`],
  ],
];

const REPORTED = { participate: true, reporting: { opentelemetry: { service: "a.b" } } };
const keeping = (...keep: object[]): object => ({ ...REPORTED, keep });

const KEEP: readonly Case[] = [
  [
    "keep without reporting",
    { keep: [{ latency: { thresholdMs: 1 } }] },
    ["keep: needs reporting, which says where spans are sent"],
  ],
  ["keep that is no list", { ...REPORTED, keep: { name: "a" } }, ['keep: expected a list, got {"name":"a"}']],
  [
    "policies that keep everything or are nothing",
    keeping({}, { name: "a" }, { rateLimiting: { maxTracesPerSecond: 1 } }),
    [0, 1, 2].map((index) => `keep[${index}]: keeps every request: write match, statusCode or latency`),
  ],
  [
    "a policy's fields",
    keeping({
      ...{ name: "", match: [], latency: { upperThresholdMs: 5 }, rateLimiting: {} },
      ...{ statusCode: { statusCodes: ["OK"] }, status: 1 },
    }),
    [
      'keep[0].name: expected a string that is not empty, got ""',
      'keep[0]: unknown field "status"',
      `keep[0].match: ${FILLED_LIST}`,
      'keep[0].statusCode.statusCodes: expected [ERROR], as randomSamplingPercentage samples what goes well, got ["OK"]',
      "keep[0].latency.thresholdMs: required, and missing",
      "keep[0].rateLimiting.maxTracesPerSecond: required, and missing",
    ],
  ],
  [
    "thresholds that are none, or the wrong way round",
    keeping({ latency: { thresholdMs: 0 } }, { latency: { thresholdMs: 2, upperThresholdMs: 1 } }),
    [
      "keep[0].latency.thresholdMs: expected a whole number from 1 to 86400000, got 0",
      "keep[1].latency.upperThresholdMs: expected a whole number from 2 to 86400000, got 1",
    ],
  ],
  [
    "two policies of one name",
    keeping({ name: "a", latency: { thresholdMs: 1 } }, { name: "a", latency: { thresholdMs: 1 } }),
    ['keep[1].name: another one has this name, or it is "default"'],
  ],
  [
    "more policies than there are bits",
    keeping(...Array.from({ length: 33 }, () => ({ latency: { thresholdMs: 1 } }))),
    ["keep: more than 32 policies"],
  ],
];

for (const [name, configuration, lines] of [DOCUMENT, LISTS, JOIN, SAMPLING, KEEP].flat()) {
  test(`errors: ${name}`, () => assert.deepEqual(errors(configuration), lines));
}

test("nothing at all, null and an empty object are taken: every field has a default", () => {
  for (const nothing of ["", "null", "{}", '{"join":null,"extract":null,"sampling":null}']) {
    assert.deepEqual(errors(nothing), [], nothing);
  }
});

test("every mistake of a document is told, a hundred of them line by line and the rest by number", () => {
  const lines = errors({ extract: Array.from({ length: 250 }, () => "x") });
  assert.equal(lines.length, 101);
  assert.equal(lines[99], `extract[99]: ${FORMATS}, got "x"`);
  assert.equal(lines[100], "and 150 more");
});
