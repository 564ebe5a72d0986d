/**
 * Read in steps, a configuration comes to the same as if it is read at once: the same metrics and shared data, the same outcome of requests, and of
 * one with mistakes the same lines in the same order.
 */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { type Headers, type Root, type Vm } from "../../../emulator/index.ts";
import { PROJECT, moduleFolder, moduleNames } from "../../../tools/project.ts";
import { exampleOf } from "../../support/module/examples.ts";
import { BEHIND, WITHIN, type Json, withLongLists } from "../../support/module/read-late.ts";
import { tick } from "../../support/module/steps.ts";
import { GET, Process } from "./process.ts";

/** A document with a mistake in each object and each list. */
function withMistakes(value: Json): Json {
  if (Array.isArray(value)) return [...value.map(withMistakes), null, 5];
  if (value === null || typeof value !== "object") return value;
  const members = Object.entries(value).map(([name, member]): [string, Json] => [name, withMistakes(member)]);
  return Object.fromEntries([...members, ["nonsense", 0]]);
}

const REQUESTS: readonly Headers[] = [
  GET,
  { ...GET, ":path": "/ratings/1?a=b", "end-user": "jason", cookie: "user=jason", "x-request-id": "1" },
  { ...GET, ":authority": "reviews", ":method": "POST", traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` },
];

/** What becomes of requests, but for numbers drawn at random. */
function outcomes(root: Root): unknown[] {
  return REQUESTS.map((requestHeaders) => {
    const stream = root.stream({ requestHeaders, properties: { xds: { listener_direction: 1n } } });
    const { headers, action } = stream.requestHeaders();
    const said = headers.map(([name, value]) => [name, value.replace(/[0-9a-f]{16,}/g, "id")]);
    const { localReply } = stream;
    stream.end();
    return [action, said, localReply?.status, localReply?.details];
  });
}

/** What a configuration defines and writes. */
function written(vm: Vm): string[] {
  return vm.calls
    .filter((call) => /^(define_metric|set_shared_data) /.test(call) && !call.includes("signalbox.read."))
    .map((call) => call.replace(/=.*/s, "").replace(/ -> .*/, ""));
}

/** What is logged, but for the time of it. */
const messages = ({ emulator }: Process): string[] =>
  emulator.logs.map(({ level, message }) => `${level} ${message}`.replace(/[-\d]+T[.:\d]+Z/, "now"));

/** A configuration of each module that is accepted, and that nothing is left of. */
const EMPTY: Readonly<Record<string, string>> = {
  authz: '{"policies":[]}',
  "header-routing": '{"virtualServices":[]}',
  "fault-injection": '{"virtualServices":[]}',
  "circuit-breaking": '{"destinationRules":[]}',
  "trace-propagation": "{}",
  signalbox: '{"authz":{"policies":[]}}',
};

const process = (module: string): Process => {
  const made = new Process(module, { seed: 1 });
  made.emulator.foreignFunctions.set("expr_create", () => "\0\0\0\0");
  return made;
};

interface Outcome {
  lines: string[];
  written: string[];
  outcomes: unknown[];
}

/** What comes of a document that is read at once. */
function atOnce(module: string, document: string): Outcome {
  const one = process(module);
  const vm = one.vm();
  const root = one.root(vm, document);
  if (!root.accepted) return { lines: messages(one), written: written(vm), outcomes: [] };
  const first = root.stream({ requestHeaders: GET });
  first.requestHeaders();
  first.end();
  return { lines: messages(one), written: written(vm), outcomes: outcomes(root) };
}

const FOUND_LATE = "critical pluginConfig has errors, though the proxy's shared data says that it was accepted";

/** The same of one that is read in steps. */
function inSteps(module: string, document: string): Outcome {
  const one = process(module);
  one.forge(EMPTY[module]! + BEHIND, [document]);
  one.makeLooksTake(3000);
  const vm = one.vm();
  const root = one.root(vm, document);
  assert.deepEqual([root.accepted, written(vm)], [true, []]);
  const first = root.stream({ requestHeaders: GET });
  assert.equal(first.requestHeaders().action, "StopAllIterationAndWatermark");
  let slices = 0;
  for (; first.requestPaused && first.localReply === undefined; slices++) tick(root);
  first.end();
  assert.ok(slices > 1, `${slices} calls of the timer`);
  const lines = messages(one);
  const isRefused = lines.at(-1)?.startsWith(FOUND_LATE);
  if (isRefused) lines.pop();
  return { lines, written: written(vm), outcomes: isRefused ? [] : outcomes(root) };
}

/** What authz finds later in the lists of a rule may be in another order (`laterInAnyOrder` in `assembly/memory/agenda.ts`). */
function inItsOrder(module: string, outcome: Outcome): Outcome {
  return ["authz", "signalbox"].includes(module) ? { ...outcome, lines: outcome.lines.sort() } : outcome;
}

for (const module of moduleNames()) {
  const files = readdirSync(join(PROJECT, moduleFolder(module), "examples"));
  for (const name of files.map((file) => file.replace(/\.yaml$/, ""))) {
    test(`${module}: read in steps, examples/${name}.yaml comes to the same as at once; and so do mistakes in all of its parts`, () => {
      const example = parse(exampleOf(module, name)[0]) as Json;
      const wrong = withMistakes(example);
      for (const document of [
        JSON.stringify(example),
        withLongLists(example),
        JSON.stringify(wrong),
        withLongLists(wrong),
      ]) {
        const [expected, actual] = [atOnce, inSteps].map((read) => inItsOrder(module, read(module, document + BEHIND)));
        assert.deepEqual(actual, expected, document.replaceAll(WITHIN, " "));
      }
      assert.ok(atOnce(module, withLongLists(wrong) + BEHIND).lines.length > 0);
    });
  }
}

/** Names with values of which every 40th is another: so many names are those of a long object (`assembly/text/json/reader.ts`). */
function names(letter: string, value: Json, other: Json): Record<string, Json> {
  return Object.fromEntries(
    Array.from({ length: 200 }, (_, n) => [`${letter}${n}`, n % 40 === 39 ? other : value] as const),
  );
}

const EXACT: Json = { exact: "some value of a request" };

/** A match of many conditions, most of which are right. */
const MATCH: Json = {
  uri: 5,
  headers: { ...names("h", EXACT, { exat: "a" }), "no name": {}, "x-\u00e9": EXACT },
  withoutHeaders: { ...names("h", EXACT, { regex: "(" }), "@request.auth.claims.": EXACT },
  queryParams: names("q", EXACT, { exact: "a", prefix: "b" }),
  cookies: names("c", { regex: "a+" }, 0),
  port: 0,
  principals: Object.values(names("", "td/ns/a/sa/b", null)),
  sourceLabels: names("l", "a", true),
  nonsense: 0,
};
const MATCHES: Json = [MATCH, null, {}, MATCH, { uri: { exat: "/" } }];
const HTTP: Json = [{ match: MATCHES, nonsense: 0 }, 5];
const SERVICES: Json = [{ hosts: ["a"], http: HTTP, nonsense: 0 }];

/** Destinations of which every 40th is wrong in another way, and so is what the route has beside them. */
const DESTINATIONS: Json = Array.from({ length: 400 }, (_, n) => {
  const right = { destination: { host: `destination-${n}.default.svc.cluster.local` }, weight: 1 };
  return n % 40 === 39
    ? [null, 5, {}, { ...right, weight: -1 }, { ...right, nonsense: 0 }][((n / 40) % 5) | 0]!
    : right;
});
const ROUTES: Json = [{ route: DESTINATIONS, hashOn: 5, rewrite: {}, nonsense: 0 }, ...HTTP];

const WRONG: Readonly<Record<string, Json>> = {
  "header-routing": { virtualServices: [{ hosts: ["a"], http: ROUTES, nonsense: 0 }] },
  "fault-injection": { virtualServices: SERVICES, exempt: MATCHES, nonsense: 0 },
  "circuit-breaking": { destinationRules: [], exempt: MATCHES, nonsense: 0 },
  "trace-propagation": { sampling: { rules: [{ match: MATCHES, nonsense: 0 }] }, nonsense: 0 },
  signalbox: { faultInjection: { virtualServices: SERVICES, nonsense: 0 }, nonsense: 0 },
};

for (const [module, wrong] of Object.entries(WRONG)) {
  test(`${module}: read in steps, mistakes among hundreds of conditions of a match come to the same as at once`, () => {
    for (const document of [JSON.stringify(wrong), withLongLists(wrong)]) {
      const [expected, actual] = [atOnce, inSteps].map((read) => read(module, document + BEHIND)) as [Outcome, Outcome];
      assert.deepEqual(actual, expected);
      assert.ok(expected.lines.length > 40, `${expected.lines.length} lines`);
    }
  });
}
