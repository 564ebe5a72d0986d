/** What a user reads who mistyped something: the exact lines. Those of a fault itself are in `fault-errors.test.ts`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OWN_MODULE_ONLY } from "../../../../test/support/module/sections.ts";
import {
  ABORT,
  DELAY,
  DURATION,
  FAULT,
  HTTP,
  entry,
  errors,
  fault,
  root,
  service,
  testErrors,
  type Case,
} from "./mistakes.ts";

const NO_HOSTS = "required, and missing; if this is a delegate, write its routes into the VirtualService that names it";
const TIME = 'expected an RFC 3339 time such as "2026-11-25T10:00:00Z"';
const NATIVE = "not supported: this filter only injects faults: leave it to a native VirtualService";

const DOCUMENT: readonly Case[] = [
  ["not JSON", "{", ["pluginConfig: not JSON: expected a name in double quotes (byte 1)"]],
  ["a list", "[]", ["pluginConfig: expected an object, got []"]],
  ["no VirtualServices", "{}", ["virtualServices: required, and missing"]],
  [
    "unknown fields, near to known ones and far",
    root({ maxActiveFault: 1, windows: {}, xyz: 1 }),
    [
      'pluginConfig: unknown field "maxActiveFault" (did you mean "maxActiveFaults"?)',
      'pluginConfig: unknown field "windows" (did you mean "window"?)',
      'pluginConfig: unknown field "xyz"',
    ],
  ],
  ["no hosts", { virtualServices: [{ http: [] }] }, [`virtualServices[0].hosts: ${NO_HOSTS}`]],
  [
    "a service's field mistyped",
    service([], { namspace: "a" }),
    ['virtualServices[0]: unknown field "namspace" (did you mean "namespace"?)'],
  ],
  ["direction", root({ direction: "IN" }), ['direction: expected INBOUND or OUTBOUND, got "IN"']],
  ["trustDomain", root({ trustDomain: "" }), ['trustDomain: expected a string that is not empty, got ""']],
  [
    "repeatedHeaders",
    root({ repeatedHeaders: "JOIN" }),
    ['repeatedHeaders: expected EACH or JOINED (did you mean JOINED?), got "JOIN"'],
  ],
];

const CAPS: readonly Case[] = [
  [
    "maxActiveFaults below 0",
    root({ maxActiveFaults: -1 }),
    ["maxActiveFaults: expected a whole number from 0 to 4294967295, got -1"],
  ],
  [
    "maxActiveFaults as text",
    root({ maxActiveFaults: "5" }),
    ['maxActiveFaults: expected a whole number from 0 to 4294967295, got "5"'],
  ],
  ["budget as a number", root({ budget: 5 }), ["budget: expected an object, got 5"]],
  ["budget without maxPercent", root({ budget: {} }), ["budget.maxPercent: required, and missing"]],
  [
    "budget above 100 %",
    root({ budget: { maxPercent: 100.1 } }),
    ["budget.maxPercent: expected 0, or a percentage from 0.0001 to 100, got 100.1"],
  ],
  [
    "budget below 0 %",
    root({ budget: { maxPercent: -1 } }),
    ["budget.maxPercent: expected 0, or a percentage from 0.0001 to 100, got -1"],
  ],
  ["budget as text", root({ budget: { maxPercent: "5%" } }), ['budget.maxPercent: expected a number, got "5%"']],
  [
    "budget's field mistyped",
    root({ budget: { maxPercent: 5, maxPercents: 5 } }),
    ['budget: unknown field "maxPercents" (did you mean "maxPercent"?)'],
  ],
  ["exempt as an object", root({ exempt: {} }), ["exempt: expected a list, got {}"]],
  [
    "exempt's field mistyped",
    root({ exempt: [{ uri: { prefix: "/" } }, { header: {} }] }),
    ['exempt[1]: unknown field "header" (did you mean "headers"?)'],
  ],
  [
    "headerControl without principals",
    root({ headerControl: { maxDelay: "1s" } }),
    ["headerControl.principals: required, and missing"],
  ],
  [
    "headerControl for nobody",
    root({ headerControl: { principals: [] } }),
    ["headerControl.principals: expected a list that is not empty, got []"],
  ],
  [
    "headerControl for null, which would be everyone",
    root({ headerControl: { principals: [null, 1] } }),
    [
      "headerControl.principals[0]: expected a string that is not empty, got null",
      "headerControl.principals[1]: expected a string, got 1",
    ],
  ],
  [
    "headerControl's longest delay",
    root({ headerControl: { principals: ["*"], maxDelay: "10" } }),
    [`headerControl.maxDelay: ${DURATION}, got "10"`],
  ],
  [
    "headerControl's field mistyped",
    root({ headerControl: { principals: ["*"], maxdelay: "10s" } }),
    ['headerControl: unknown field "maxdelay" (did you mean "maxDelay"?)'],
  ],
];

const WINDOWS: readonly Case[] = [
  ["a window without a day", root({ window: { from: "10:00" } }), [`window.from: ${TIME}, got "10:00"`]],
  [
    "a window without a zone",
    root({ window: { until: "2026-11-25T10:00:00" } }),
    [`window.until: ${TIME}, got "2026-11-25T10:00:00"`],
  ],
  ["a window as a number", root({ window: { from: 1764064800 } }), ["window.from: expected a string, got 1764064800"]],
  ["an empty window", root({ window: {} }), ["window: expected from, until or both, got {}"]],
  [
    "a window that ends before it begins",
    root({ window: { from: "2026-11-25T10:00:00Z", until: "2026-11-25T10:30:00+01:00" } }),
    ["window: the window ends before it begins"],
  ],
  [
    "an entry's window of no length",
    fault({
      delay: DELAY,
      window: { from: "2026-11-25T10:00:00Z", until: "2026-11-25T10:00:00Z" },
    }),
    [`${FAULT}.window: the window ends when it begins`],
  ],
  [
    "a window's field mistyped",
    root({ window: { form: "2026-11-25T10:00:00Z" } }),
    [
      'window: unknown field "form" (did you mean "from"?)',
      'window: expected from, until or both, got {"form":"2026-11-25T10:00:00Z"}',
    ],
  ],
];

const ENTRIES: readonly Case[] = [
  [
    "a name with control bytes",
    entry({ name: "a\nb" }),
    [`${HTTP}.name: expected a name without control bytes, got "a\\nb"`],
  ],
  ["a fault that is text", fault("slow"), [`${FAULT}: expected an object, got "slow"`]],
  ["a fault of nothing", fault({}), [`${FAULT}: expected delay, abort or both, got {}`]],
  [
    "a fault's field mistyped",
    fault({ delays: DELAY, abort: ABORT }),
    [`${FAULT}: unknown field "delays" (did you mean "delay"?)`],
  ],
  [
    "throttle",
    fault({ throttle: {}, abort: ABORT }),
    [`${FAULT}.throttle: not supported: a Wasm filter cannot slow a body down safely: use Envoy's response_rate_limit`],
  ],
  [
    "a match's field mistyped",
    entry({ match: [{ header: {} }] }),
    [`${HTTP}.match[0]: unknown field "header" (did you mean "headers"?)`],
  ],
  ["an entry's field mistyped", entry({ faults: {} }), [`${HTTP}: unknown field "faults" (did you mean "fault"?)`]],
  [
    "delegate",
    entry({ delegate: { name: "a" } }),
    [`${HTTP}.delegate: not supported: a filter cannot see other resources: write the delegate's entries here`],
  ],
  ...[
    ...["redirect", "directResponse", "rewrite", "timeout", "retries", "mirror", "mirrors", "mirrorPercentage"],
    ...["mirrorPercent", "corsPolicy", "headers"],
  ].map((field): Case => [field, entry({ [field]: {} }), [`${HTTP}.${field}: ${NATIVE}`]]),
];

testErrors([DOCUMENT, CAPS, WINDOWS, ENTRIES].flat());

test("an empty configuration, and null, say what to write", { skip: OWN_MODULE_ONLY }, () => {
  const example =
    "virtualServices, for example {virtualServices: [{hosts: [ratings], http: [{fault: {delay: {percentage: {value: 10}, fixedDelay: 5s}}}]}]}";
  for (const nothing of ["", "null"]) assert.deepEqual(errors(nothing), [`pluginConfig: empty: write ${example}`]);
});

test("every error of a document is told, a hundred of them line by line and the rest by number", () => {
  const lines = errors(service(Array.from({ length: 250 }, () => ({ match: [{ port: 1 }], fault: {} }))));
  assert.equal(lines.length, 101);
  assert.equal(lines[99], "virtualServices[0].http[99].fault: expected delay, abort or both, got {}");
  assert.equal(lines[100], "and 150 more");
});
