/** One request, told in each format: the spans are the same. And what is said of an input that is something else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { endOf, hostOf, httpStatusOf, textOf, type Span } from "../span.ts";
import { together } from "./read.ts";
import { spansInText } from "./text.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SERVER = "00f067aa0ba902b7";
const CLIENT = "00f067aa0ba902b8";
/** 2026-11-28T00:00:00Z in microseconds. */
const AT = 1795824000000000;

const OTLP = {
  resourceSpans: [
    {
      resource: {
        attributes: [
          { key: "service.name", value: { stringValue: "reviews.default" } },
          { key: "host.ip", value: { arrayValue: { values: [{ stringValue: "10.1.2.3" }] } } },
        ],
      },
      scopeSpans: [
        {
          scope: { name: "signalbox" },
          spans: [
            {
              traceId: TRACE.toUpperCase(),
              spanId: SERVER,
              parentSpanId: "",
              name: "GET /reviews",
              kind: 2,
              startTimeUnixNano: `${AT}000`,
              endTimeUnixNano: `${AT + 1500}500`,
              attributes: [{ key: "http.response.status_code", value: { intValue: "503" } }],
              status: { code: 2, message: "no connection" },
              flags: 257,
              traceState: "ot=th:8",
              inventedField: 1,
            },
            {
              traceId: TRACE,
              spanId: CLIENT,
              parentSpanId: SERVER,
              name: "GET",
              kind: 3,
              startTimeUnixNano: `${AT + 100}000`,
              endTimeUnixNano: `${AT + 1100}000`,
              attributes: [],
            },
          ],
        },
      ],
    },
  ],
};

const JAEGER = {
  data: [
    {
      traceID: TRACE,
      processes: {
        p1: { serviceName: "reviews.default", tags: [{ key: "host.ip", type: "string", value: "10.1.2.3" }] },
      },
      spans: [
        {
          traceID: TRACE,
          spanID: SERVER,
          operationName: "GET /reviews",
          references: [],
          startTime: AT,
          duration: 1500,
          processID: "p1",
          flags: 257,
          tags: [
            { key: "span.kind", type: "string", value: "server" },
            { key: "http.response.status_code", type: "int64", value: 503 },
            { key: "error", type: "bool", value: true },
            { key: "otel.status_description", type: "string", value: "no connection" },
            { key: "otel.scope.name", type: "string", value: "signalbox" },
            { key: "w3c.tracestate", type: "string", value: "ot=th:8" },
          ],
          logs: [],
        },
        {
          traceID: TRACE,
          spanID: CLIENT,
          operationName: "GET",
          references: [{ refType: "CHILD_OF", traceID: TRACE, spanID: SERVER }],
          startTime: AT + 100,
          duration: 1000,
          processID: "p1",
          tags: [
            { key: "span.kind", type: "string", value: "client" },
            { key: "otel.scope.name", type: "string", value: "signalbox" },
          ],
        },
      ],
    },
  ],
};

const ENDPOINT = { serviceName: "reviews.default", ipv4: "10.1.2.3" };
const ZIPKIN = [
  {
    traceId: TRACE,
    id: SERVER,
    kind: "SERVER",
    name: "GET /reviews",
    timestamp: AT,
    duration: 1500,
    localEndpoint: ENDPOINT,
    tags: {
      "http.status_code": "503",
      error: "no connection",
      "otel.scope.name": "signalbox",
      "w3c.tracestate": "ot=th:8",
    },
  },
  {
    traceId: TRACE,
    id: CLIENT,
    parentId: SERVER,
    kind: "CLIENT",
    name: "GET",
    timestamp: AT + 100,
    duration: 1000,
    localEndpoint: ENDPOINT,
    tags: { "otel.scope.name": "signalbox" },
  },
];

/** What all formats can say. */
function plain(span: Span): unknown {
  const { traceId, spanId, parentId, service, name, kind, start, scope, error, statusMessage, traceState } = span;
  const end = Math.floor(endOf(span));
  const more = { host: hostOf(span), status: httpStatusOf(span), end };
  return { traceId, spanId, parentId, service, name, kind, start, scope, error, statusMessage, traceState, ...more };
}

const OF = { traceId: TRACE, service: "reviews.default", scope: "signalbox", host: "10.1.2.3" };
const EXPECTED = [
  {
    ...OF,
    spanId: SERVER,
    parentId: undefined,
    name: "GET /reviews",
    kind: "SERVER",
    start: AT,
    end: AT + 1500,
    error: true,
    statusMessage: "no connection",
    traceState: "ot=th:8",
    status: 503,
  },
  {
    ...OF,
    spanId: CLIENT,
    parentId: SERVER,
    name: "GET",
    kind: "CLIENT",
    start: AT + 100,
    end: AT + 1100,
    error: false,
    statusMessage: "",
    traceState: "",
    status: undefined,
  },
];

const WAYS: Readonly<Record<string, string>> = {
  "OTLP's JSON": JSON.stringify(OTLP),
  "OTLP's JSON in lines, with logs between": `${JSON.stringify(OTLP)}\n\n{"resourceLogs":[]}\n`,
  "OTLP's JSON with a byte order mark": `\ufeff${JSON.stringify(OTLP, null, 2)}`,
  "an answer of Jaeger's API v3": JSON.stringify({ result: OTLP }),
  "an answer of Tempo": JSON.stringify({ trace: OTLP }),
  "a file of Jaeger's UI": JSON.stringify(JAEGER),
  "a trace of Jaeger's alone": JSON.stringify(JAEGER.data[0]),
  "Zipkin's list of spans": JSON.stringify(ZIPKIN),
  "Zipkin's list of traces": JSON.stringify([[], ZIPKIN]),
};

for (const [way, text] of Object.entries(WAYS)) {
  test(`${way} gives the spans`, () => {
    assert.deepEqual(spansInText("spans.json", text).map(plain), EXPECTED);
  });
}

test("nanoseconds of OTLP stay in durations", () => {
  assert.equal(spansInText("spans.json", JSON.stringify(OTLP))[0]?.duration, 1500.5);
});

test("a list without traces is no mistake", () => {
  for (const text of ["[]", "[[]]", '{"resourceSpans":[]}', '{"result":{}}', '{"data":[]}']) {
    assert.deepEqual(spansInText("spans.json", text), []);
  }
});

test("a parent of Jaeger's in another trace is a link, and one that only is followed a parent", () => {
  const [span] = JAEGER.data[0]?.spans.slice(1) ?? [];
  const references = [
    { refType: "CHILD_OF", traceID: "1", spanID: "2" },
    { refType: "FOLLOWS_FROM", traceID: TRACE, spanID: SERVER },
  ];
  const trace = { ...JAEGER.data[0], spans: [{ ...span, references }] };
  const [read] = spansInText("spans.json", JSON.stringify(trace));
  assert.equal(read?.parentId, SERVER);
  assert.deepEqual(read?.links, [{ traceId: "0000000000000001", spanId: "0000000000000002" }]);
});

test("a trace id of 64 bits is one whether it has 16 digits or 32", () => {
  const ids = (...written: string[]): (string | undefined)[] => {
    const inputs = written.map((traceId) => spansInText("", JSON.stringify([{ traceId, id: "1" }])));
    return together(inputs).map(({ traceId }) => traceId);
  };
  assert.deepEqual(ids("48485a3953bb6124"), ["48485a3953bb6124"]);
  const whole = "000000000000000048485a3953bb6124";
  assert.deepEqual(ids("48485a3953bb6124", whole, TRACE), [whole, whole, TRACE]);
});

test("attributes of every type are read", () => {
  const values = {
    text: { stringValue: "a" },
    whole: { intValue: "7" },
    part: { doubleValue: 0.5 },
    yes: { boolValue: true },
    list: { arrayValue: { values: [{ stringValue: "a" }, { intValue: 2 }] } },
    map: { kvlistValue: { values: [] } },
  };
  const attributes = Object.entries(values).map(([key, value]) => ({ key, value }));
  const spans = [{ traceId: TRACE, spanId: "1", startTimeUnixNano: "0", endTimeUnixNano: "0", attributes }];
  const [span] = spansInText("", JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }));
  assert.deepEqual(Object.fromEntries(span?.attributes ?? []), {
    text: "a",
    whole: 7,
    part: 0.5,
    yes: true,
    list: ["a", 2],
    map: '{"values":[]}',
  });
  assert.equal(span?.service, "unknown");
  assert.equal(textOf(span?.attributes ?? new Map(), "none", "list"), "a");
});

/** What is said of an input, by the input. */
const MISTAKES: readonly (readonly [text: string, said: RegExp])[] = [
  ["", /^a\.json: it is empty; expected spans in JSON$/],
  ['{"resourceSpans":[', /^a\.json:1:19: it ends before its JSON does: was it cut off\?$/],
  ['{\n  "data": oops}', /^a\.json:2:11: "o" is no JSON here$/],
  ['{"resourceSpans":[]}\n{"resourceSpans":[}', /^a\.json:2:19: "}" is no JSON here$/],
  ["<html>", /^a\.json:1:1: "<" is no JSON here$/],
  ['{"kind":"List"}', /^a\.json: expected spans as OTLP .* or Zipkin .*, got \{"kind":"List"\}$/],
  ["7", /^a\.json: expected spans as OTLP .*, got 7$/],
  [
    '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"xyz"}]}]}]}',
    /^a\.json: resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[0\]\.startTimeUnixNano: expected nanoseconds since 1970, and there is nothing$/,
  ],
  ['[{"traceId":"1","id":"ghij"}]', /^a\.json: \[0\]\.id: expected 16 hexadecimal digits, got "ghij"$/],
  [
    '{"data":[{"traceID":"1","spans":[{"spanID":"0"}]}]}',
    /^a\.json: data\[0\]\.spans\[0\]\.spanID: expected 16 hexadecimal digits that are not all zero, got "0"$/,
  ],
  ['{"resourceSpans":[]}\n{"resourceSpans":7}', /^a\.json:2: resourceSpans: expected a list, got 7$/],
  [`${"[".repeat(20_000)}${"]".repeat(20_000)}`, /^a\.json: more than 500 levels of lists and objects$/],
  [
    `{"resourceSpans":[]}\n${'{"a":'.repeat(501)}7${"}".repeat(501)}`,
    /^a\.json:2: more than 500 levels of lists and objects$/,
  ],
  [`${"[".repeat(500)}7${"]".repeat(500)}`, /: expected an object, got \[{60}…$/],
  ['{"error":{"httpCode":404,"message":"trace not found"}}', /no trace: trace not found$/],
];

test("what is wrong with an input is said with its place", () => {
  for (const [text, said] of MISTAKES) {
    assert.throws(
      () => spansInText("a.json", text),
      (error: Error) => {
        assert.match(error.message, said);
        return true;
      },
    );
  }
});
