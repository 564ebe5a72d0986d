/** Circles of imports, and what counts as an import. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { circles } from "./circles.ts";
import { importsOf } from "./imports.ts";

const graph = (edges: Record<string, string>) =>
  new Map(Object.entries(edges).map(([file, imports]) => [file, imports.split(" ").filter((name) => name !== "")]));

test("imports that point one way are no circle, though two lead to the same file", () => {
  assert.deepEqual(circles(graph({ a: "b c", b: "d", c: "d", d: "" })), []);
});

test("the shortest circle of each group of files is given, once", () => {
  const two = graph({ a: "b c", b: "d", c: "", d: "a", x: "y", y: "x" });
  assert.deepEqual(circles(two), [
    ["a", "b", "d", "a"],
    ["x", "y", "x"],
  ]);
  assert.deepEqual(circles(graph({ a: "b", b: "c", c: "b a" })), [["a", "b", "c", "a"]]);
});

test("a file that imports itself, and one that only leads to a circle", () => {
  assert.deepEqual(circles(graph({ a: "a" })), [["a", "a"]]);
  assert.deepEqual(circles(graph({ a: "b", b: "c", c: "b" })), [["b", "c", "b"]]);
});

test("types, what is exported again and import() are imports; packages, comments and texts are none", () => {
  const source = [
    'import type { A } from "./a.ts";',
    'import { b } from "../b";',
    'export * from "./c";',
    'export type { D } from "./d.ts";',
    'type E = import("./e.ts").E;',
    'const f = await import("./f.ts");',
    '// import "./g.ts"',
    'const text = `import "./g.ts"`;',
    'import { readFileSync } from "node:fs";',
  ].join("\n");
  const files = ["x/a.ts", "b.ts", "x/c/index.ts", "x/d.ts", "x/e.ts", "x/f.ts", "x/g.ts"];
  assert.deepEqual(importsOf("x/y.ts", source, new Set(files)), files.slice(0, 6));
});
