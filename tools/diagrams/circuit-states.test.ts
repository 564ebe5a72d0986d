import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../project.ts";
import { CIRCUIT_STATES, TRANSITIONS, circuitStates } from "./circuit-states.ts";

const README = readFileSync(join(PROJECT, "filters/circuit-breaking/README.md"), "utf8");

test(`${CIRCUIT_STATES} is what \`make diagrams\` draws`, () => {
  assert.equal(readFileSync(join(PROJECT, CIRCUIT_STATES), "utf8"), circuitStates());
});

test("the diagram has the changes of state of the README's table, and no others", () => {
  const [, section = ""] = README.split("# How a circuit changes\n");
  const table = section.slice(0, section.indexOf("\n- "));
  const rows = [...table.matchAll(/^\| (closed|open|half-open) +\| (closed|open|half-open) +\|/gm)];
  const told = rows.map(([, from, to]) => `${from} -> ${to}`);
  assert.deepEqual(TRANSITIONS.map(({ from, to }) => `${from} -> ${to}`).sort(), told.sort());
  assert.equal(new Set(told).size, told.length);
});

test("the README shows the diagram", () => {
  assert.match(README, /!\[[^\]]+\]\(states\.svg\)/);
});
