/** What the README says of choosing thresholds, of rolling out, and of one plugin for both directions. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { PROJECT } from "../../../../tools/project.ts";
import { exampleOf } from "../../../../test/support/module/examples.ts";
import { FAILS, GET, OK, Scenario, reviews } from "./scenario.ts";

const README = readFileSync(join(PROJECT, "filters/circuit-breaking/README.md"), "utf8");
const CALLS_A_DAY = 50 * 24 * 60 * 60;

/** The cells of the table after a comment, the heads of its columns first. */
function table(comment: string): string[][] {
  const [, after = ""] = README.split(`<!-- ${comment} -->\n\n`);
  const rows = after.slice(0, after.indexOf("\n\n")).split("\n");
  return rows.filter((_, at) => at !== 1).map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim())); // prettier-ignore
}

/** Whether a cell is a number, as far as its digits go. */
function assertShows(cell: string, number: number): void {
  const [digits = ""] = cell.replaceAll(",", "").split(" ");
  assert.equal(digits, number.toFixed(digits.split(".")[1]?.length ?? 0), cell);
}

test("the table of openings by chance: N × pⁿ × (1 − p) ÷ (1 − pⁿ)", () => {
  const [[, ...heads] = [], ...rows] = table("by chance");
  assert.deepEqual(heads, ["n = 3", "n = 5", "n = 8"]);
  assert.equal(rows.length, 3);
  for (const [share = "", ...cells] of rows) {
    const p = Number.parseFloat(share) / 100;
    for (const [at, n] of [3, 5, 8].entries()) {
      assertShows(cells[at] ?? "", (CALLS_A_DAY * p ** n * (1 - p)) / (1 - p ** n));
    }
  }
});

test("the table of rates by chance: at least half of k calls, if each fails with a chance of 10 %", () => {
  const [[, ...counts] = [], [, ...cells] = []] = table("at least half");
  assert.deepEqual(counts, ["5", "10", "20"]);
  for (const [at, k] of counts.map(Number).entries()) {
    let chance = 0;
    for (let failed = Math.ceil(k / 2); failed <= k; failed++) {
      chance += choose(k, failed) * 0.1 ** failed * 0.9 ** (k - failed);
    }
    assertShows(cells[at] ?? "", chance * 100);
  }
});

function choose(all: number, some: number): number {
  let ways = 1;
  for (let i = 1; i <= some; i++) ways *= (all - some + i) / i;
  return ways;
}

/** The commands of the section. */
const [, COMMANDS = ""] = /## Rolling out[^]*?```sh\n([^]*?)```/.exec(README) ?? [];
const WATCHED = parse(exampleOf("circuit-breaking", "watched")[0]) as object;

/** A pluginConfig with what a `kubectl patch` of the section makes of it. */
function patched(pluginConfig: object, state: string): object {
  const patches = [...COMMANDS.matchAll(/--type json \\\n +--patch '(.*)'/g)].map(([, patch = ""]) => JSON.parse(patch) as Patch[]); // prettier-ignore
  const [patch] = patches.find(([one]) => one?.value === state) ?? [];
  assert.equal(patch?.op, "replace");
  const resource: object = { spec: { pluginConfig: structuredClone(pluginConfig) } };
  const keys = patch.path.split("/").slice(1);
  const last = keys.pop() ?? "";
  const place = keys.reduce((at, key) => (at as Record<string, object>)[key] ?? assert.fail(key), resource);
  assert.ok(last in place, "JSON Patch replaces only what is there (RFC 6902, 4.3)");
  (place as Record<string, unknown>)[last] = patch.value;
  return (resource as { spec: { pluginConfig: object } }).spec.pluginConfig;
}

interface Patch {
  op: string;
  path: string;
  value: string;
}

test("rolling out: nothing is refused; the patch refuses at once what is open; the other one lets it pass again", () => {
  const scenario = new Scenario(WATCHED, {}, { node: { metadata: { NAMESPACE: "default" } } });
  assert.equal(scenario.asks(8, FAILS), "........");
  assert.equal(scenario.state(), "open");
  const enabled = patched(WATCHED, "ENABLED");
  assert.equal(scenario.ask(OK, GET, scenario.push(scenario.vm, enabled)), true);
  assert.equal(scenario.state(), "open");
  assert.equal(scenario.ask(OK, GET, scenario.push(scenario.vm, patched(enabled, "METRICS_ONLY"))), false);
});

test("rolling out: what the commands look for is what the filter counts and logs", () => {
  const scenario = new Scenario(WATCHED, { logLevel: "info" }, { node: { metadata: { NAMESPACE: "default" } } });
  scenario.asks(8, FAILS);
  const grep = (option: string): RegExp => new RegExp(new RegExp(`grep ${option}'(.*)'`).exec(COMMANDS)?.[1] ?? assert.fail(option)); // prettier-ignore
  assert.deepEqual(scenario.logged().filter((line) => grep("").test(line)).length, 1);
  const { counters, gauges } = scenario.emulator.metrics;
  const shown = [...counters.keys(), ...gauges.keys()].filter((name) => grep("-E ").test(`wasmcustom.${name}`));
  const own = ["opened", "state"].map((what) => `circuit_breaking.circuit.default.cb.reviews.${what}`);
  const all = ["opened", "would_reject", "errors"].map((what) => `circuit_breaking.${what}`);
  assert.deepEqual(shown.sort(), [...all, ...own].sort());
});

test("one plugin for both directions: requests of both share the circuit of a rule", () => {
  const scenario = new Scenario(reviews({ consecutive5xxErrors: 2 }));
  const [inbound, outbound] = [{ listener_direction: 1n }, { listener_direction: 2n }];
  for (let error = 1; error <= 2; error++) scenario.send(GET, scenario.root, outbound).answer(FAILS);
  assert.equal(scenario.send(GET, scenario.root, inbound).refused, true);
});
