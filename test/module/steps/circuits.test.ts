/** What circuits share with other workers, if their configuration is read in steps: nothing before it was read, and nothing of a newer one's. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Root, Vm } from "../../../emulator/index.ts";
import { isReading, readAll } from "../../support/module/steps.ts";
import { GET, Process, large } from "./process.ts";

const PLUGIN = "default.circuit-breaking";
const STATE = `circuit_breaking.circuit.${PLUGIN}.a.state`;
const [CLOSED, OPEN] = [0n, 1n];

/** Rules of which the last opens the circuit of `a` after so many errors; the document is large, or read at once. */
function opening(consecutive5xxErrors: number, { isLarge = true, circuits = {} } = {}): object {
  const trafficPolicy = { outlierDetection: { consecutive5xxErrors } };
  const others = isLarge ? large((index) => ({ host: `never-${index}.com`, state: "DISABLED", trafficPolicy })) : [];
  return { destinationRules: [...others, { host: "a", trafficPolicy, ...circuits }] };
}

/** A circuit for each user, beside one that is never asked for. */
const KEYED = { circuits: [{ name: "user", keyedBy: { header: "user" } }] };

/** Requests to `a` that the upstream fails: `.` for each that passed, `x` for each that was refused. */
function fail(root: Root, times: number): string {
  return Array.from({ length: times }, () => {
    const properties = { response: { code_details: "via_upstream", flags: 0n } };
    const stream = root.stream({ requestHeaders: { ...GET, user: "u" }, properties });
    stream.requestHeaders();
    const refused = stream.localReply !== undefined;
    if (!refused) stream.responseHeaders({ ":status": "500" });
    stream.end();
    return refused ? "x" : ".";
  }).join("");
}

/** The metrics and keys of shared data that there are of the filter. */
function left({ emulator }: Process): string[] {
  const { counters, gauges } = emulator.metrics;
  return [...counters.keys(), ...gauges.keys(), ...emulator.sharedData.keys("")].filter((name) =>
    name.includes("other"),
  );
}

/** A plugin that nothing is left of yet. */
const OTHER = { pluginName: "other" };
/** Where it has its circuit of `a`: its metrics, and its record. */
const OF_CIRCUIT = /^circuit[_-]breaking.*other\.a/;

test("a configuration defines no metric and writes no shared data until all of it was read, and none if it proves wrong", () => {
  for (const isWrong of [false, true]) {
    const process = new Process("circuit-breaking");
    const document = { ...opening(2), ...(isWrong ? { nonsense: 1 } : {}) };
    process.forge(opening(1), [document], OTHER);
    const { sharedData } = process.emulator;
    const before = left(process).length;
    const record = sharedData.get("", `circuit-breaking.1.other.a`)!;
    const vm = process.busyVm({ destinationRules: [] });
    process.makeLooksTake(3000);
    const root = process.root(vm, document, OTHER);
    assert.equal(root.accepted, true);
    vm.hostCalls.length = 0;
    let untouched = 0;
    let slices = 0;
    for (; isReading(root); slices++) {
      root.tick();
      const touched = vm.calls.filter((call) => OF_CIRCUIT.test(call.split(" ")[1] ?? ""));
      if (touched.length === 0) untouched++;
    }
    assert.ok(slices > 10, `${slices} slices`);
    // The last slices define the metrics of rule after rule.
    if (isWrong) {
      assert.equal(untouched, slices);
      assert.deepEqual(sharedData.get("", `circuit-breaking.1.other.a`), record);
      assert.equal(left(process).length, before);
    } else {
      assert.ok(untouched > 10 && untouched < slices, `${untouched} of ${slices}`);
      assert.equal(fail(root, 3), "..x");
    }
  }
});

test("read in steps, the same metrics and records come of it as if it is read at once", () => {
  const written = (vm: Vm): string[] =>
    vm.calls
      .filter((call) => /^(define_metric|set_shared_data circuit)/.test(call))
      .map((call) => call.replace(/=.*/s, "").replace(/ -> .*/, ""));
  const document = {
    steering: { header: "x-subset" },
    ...opening(2, { circuits: { ...KEYED, subsets: [{ name: "v1" }, { name: "v2" }] } }),
  };
  const atOnce = new Process("circuit-breaking");
  const reader = atOnce.vm();
  atOnce.root(reader, document);
  const process = new Process("circuit-breaking");
  process.forge(opening(1), [document]);
  const worker = process.vm();
  const root = process.root(worker, document);
  const held = root.stream({ requestHeaders: GET });
  held.requestHeaders();
  assert.deepEqual(written(worker), []);
  readAll(root);
  assert.equal(held.requestPaused, false);
  held.end();
  const defined = (lines: string[]): string[] => lines.filter((line) => line.startsWith("define"));
  assert.deepEqual(defined(written(worker)), defined(written(reader)));
  assert.ok(written(worker).some((line) => line.includes("user")));
});

/** Pushes one after the other to a worker without requests, which so reads large ones only when a request comes. */
function pushes(documents: readonly object[]): { process: Process; vm: Vm; roots: Root[] } {
  const process = new Process("circuit-breaking");
  const vm = process.vm();
  return {
    process,
    vm,
    roots: documents.map((document, index) => process.pushed(vm, document, { rootId: `r${index}` })),
  };
}

/** A request that has a root read its configuration. */
function ask(root: Root): void {
  const stream = root.stream({ requestHeaders: { ...GET, ":authority": "else" } });
  stream.requestHeaders();
  readAll(root);
  assert.deepEqual([stream.requestPaused, stream.localReply], [false, undefined]);
  stream.end();
}

for (const circuits of [{}, KEYED]) {
  const kind = "circuits" in circuits ? "a circuit for each key" : "a circuit";
  test(`${kind}: an old configuration that is read after a newer one, as its listener drains, does not take the circuit from that`, () => {
    for (const isLarge of [true, false]) {
      const { roots } = pushes([opening(3, { circuits }), opening(2, { isLarge, circuits })]);
      const [old, latest] = roots as [Root, Root];
      if (isLarge) ask(latest);
      assert.equal(fail(latest, 1), ".");
      ask(old);
      // The second error in a row opens it: nothing was forgotten.
      assert.equal(fail(latest, 3), ".xx", isLarge ? "large" : "small");
    }
  });
}

test("a circuit that is open for the newest configuration stays so", () => {
  const { process, roots } = pushes([opening(3), opening(1)]);
  const [old, latest] = roots as [Root, Root];
  ask(latest);
  fail(latest, 1);
  assert.equal(process.emulator.metrics.gauges.get(STATE), OPEN);
  ask(old);
  assert.equal(process.emulator.metrics.gauges.get(STATE), OPEN);
  assert.equal(fail(latest, 1), "x");
});

test("a configuration that is pushed again has the circuit again, though the main thread did not read it again", () => {
  const [first, second] = [opening(3), opening(1)];
  const { process, vm, roots } = pushes([first, second]);
  ask(roots[1]!);
  fail(roots[1]!, 1);
  const again = process.pushed(vm, first, { rootId: "again" });
  readAll(again);
  assert.equal(process.emulator.metrics.gauges.get(STATE), CLOSED);
  assert.equal(fail(again, 4), "...x");
});

test("configurations of other plugins, and of the same document, replace none", () => {
  const [first, second] = [opening(3), opening(1)];
  const { process, vm, roots } = pushes([first, second]);
  ask(roots[1]!);
  const fresh = process.vm();
  const again = process.pushed(fresh, first, { rootId: "again" });
  process.pushed(fresh, first, { rootId: "twin" });
  process.pushed(fresh, second, { rootId: "other", pluginName: "other" });
  process.pushed(fresh, opening(7, { isLarge: false }), { rootId: "small", pluginName: "other" });
  ask(again);
  assert.equal(fail(again, 4), "...x");
  assert.equal(vm.failed, undefined);
});
