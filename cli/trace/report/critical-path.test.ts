/** The critical path against its definition, on random trees. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { treesOf, type Node } from "../tree.ts";
import { analysed } from "./analysis.ts";
import { criticalPath } from "./critical-path.ts";
import { MIDNIGHT, span, type Told } from "./test/span.ts";

/** Numbers from 0 to below `most`, the same for the same seed (a linear congruential generator). */
function random(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
}

/**
 * Whose each millisecond is, straight from the definition: from the end of a span backwards, the child that ends last up to the cursor
 * is on the path. Children are cut to their parent. Of those that end at once, the one that starts first is it.
 */
function byDefinition(node: Node, from: number, to: number, own: string[]): void {
  let cursor = to;
  const left = node.children.map((child) => ({
    child,
    start: Math.max(from, (child.start - MIDNIGHT) / 1000),
    end: Math.min(to, (child.end - MIDNIGHT) / 1000),
  }));
  for (;;) {
    const before = left.filter(({ start, end }) => end > start && end <= cursor);
    const latest = Math.max(...before.map(({ end }) => end));
    const last = before.filter(({ end }) => end === latest);
    const [on] = last.filter(({ start }) => last.every((other) => start <= other.start));
    for (let at = on?.end ?? from; at < cursor; at++) own[at] = node.span.spanId;
    if (on === undefined) return;
    byDefinition(on.child, on.start, on.end, own);
    cursor = on.start;
  }
}

test("it is what its definition says, and covers the trace without gaps, on 2,000 random trees", () => {
  for (let seed = 1; seed <= 2000; seed++) {
    const draw = random(seed);
    const length = 1 + draw(60);
    const told: Told[] = [{ id: "0", at: 20, takes: length }];
    for (let id = 1, spans = draw(14); id <= spans; id++) {
      // Some stick out of their parents on either side, some are outside of them, some take no time.
      told.push({ id: String(id), parent: String(draw(id)), at: 15 + draw(length + 10), takes: draw(length) });
    }
    const [tree] = treesOf(told.map(span));
    assert.ok(tree !== undefined);
    const expected: string[] = [];
    const [root] = tree.roots;
    if (root !== undefined) byDefinition(root, 20, 20 + length, expected);
    const actual: string[] = [];
    let at = MIDNIGHT + 20_000;
    for (const section of criticalPath(tree)) {
      assert.equal(section.start, at, `seed ${seed}: no gap`);
      at = section.end;
      for (let ms = section.start; ms < section.end; ms += 1000) {
        actual[(ms - MIDNIGHT) / 1000] = section.node?.span.spanId ?? "";
      }
    }
    assert.equal(at, MIDNIGHT + (20 + length) * 1000, `seed ${seed}: up to the end`);
    assert.deepEqual(actual, expected, `seed ${seed}`);
  }
});

test("calls one after the other are all on it, and of calls at once the longest", () => {
  const [trace] = analysed(
    [
      { id: "1", service: "a", at: 0, takes: 100 },
      { id: "2", parent: "1", service: "a", kind: "CLIENT" as const, at: 10, takes: 20 },
      { id: "3", parent: "1", service: "a", kind: "CLIENT" as const, at: 30, takes: 30 },
      { id: "4", parent: "1", service: "a", kind: "CLIENT" as const, at: 35, takes: 10 },
    ].map(span),
  );
  const path = trace?.path.map(({ node, start, end }) => [
    node?.span.spanId.slice(-1),
    (start - MIDNIGHT) / 1000,
    (end - MIDNIGHT) / 1000,
  ]);
  assert.deepEqual(path, [
    ["1", 0, 10],
    ["2", 10, 30],
    ["3", 30, 60],
    ["1", 60, 100],
  ]);
});

test("between roots whose parents are missing nobody's time passes", () => {
  const roots = [
    { id: "1", parent: "9", service: "a", at: 0, takes: 10 },
    { id: "2", parent: "9", service: "b", at: 15, takes: 5 },
  ];
  const [trace] = analysed(roots.map(span));
  assert.equal(trace?.duration, 20_000);
  assert.deepEqual(trace?.parts, [
    { service: "a", kind: "app", micros: 10_000 },
    { service: "", kind: "other", micros: 5000 },
    { service: "b", kind: "app", micros: 5000 },
  ]);
});

test("a chain of 100,000 spans is no deeper than any stack", () => {
  const chain = Array.from({ length: 100_000 }, (_, at) => {
    const id = (at + 1).toString(16);
    return span({
      id,
      ...(at > 0 && { parent: at.toString(16) }),
      service: "a",
      kind: at % 2 === 0 ? "INTERNAL" : "CLIENT",
      takes: 100,
    });
  });
  const [trace] = analysed(chain);
  assert.equal(trace?.tree.nodes.length, 100_000);
  assert.equal(trace?.path.length, 1);
});
