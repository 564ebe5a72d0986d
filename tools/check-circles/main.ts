/** `make check-circles`: whether no file imports itself by way of others; exit status 1, and each circle, if one does. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT, filesBelow } from "../project.ts";
import { circles } from "./circles.ts";
import { importsOf } from "./imports.ts";

const FOLDERS = [
  "assembly",
  "bench",
  "cli",
  "demo",
  "emulator",
  "envoy",
  "filters",
  "images",
  "modules",
  "test",
  "tools",
];

const sources = FOLDERS.flatMap(filesBelow).filter((file) => /\.m?[jt]s$/.test(file));
const known = new Set(sources);
const imports = sources.map(
  (file) => [file, importsOf(file, readFileSync(join(PROJECT, file), "utf8"), known)] as const,
);
for (const circle of circles(new Map(imports))) {
  console.error(`${circle[0]}: files that import each other: ${circle.join(" → ")}`);
  process.exitCode = 1;
}
