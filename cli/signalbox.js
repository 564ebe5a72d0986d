#!/usr/bin/env node
/**
 * What `signalbox` runs: the bundle that `make build` makes of `main.ts` (`tools/package/build.ts`). In a clone in which
 * something was changed since then, or nothing is built, tsx reads the TypeScript. This file is JavaScript, as Node alone has
 * to read it, also where `npm ci` has not been run yet.
 */
import { existsSync, readFileSync, statSync } from "node:fs";

const clone = new URL("..", import.meta.url);
const bundle = new URL("build/package/main.js", clone);
const sources = new URL("build/package/sources.json", clone);

/** Whether the bundle says what its sources say. An installed package has no list of them, and cannot be changed. */
function isFresh() {
  if (!existsSync(bundle)) return false;
  if (!existsSync(sources)) return true;
  const made = statSync(sources).mtimeMs;
  return JSON.parse(readFileSync(sources, "utf8")).every((file) => {
    const source = statSync(new URL(file, clone), { throwIfNoEntry: false });
    return source !== undefined && source.mtimeMs <= made;
  });
}

async function load() {
  if (isFresh()) return await import(bundle.href);
  try {
    const { register } = await import("tsx/esm/api");
    register();
  } catch {
    console.error("signalbox: its packages are not installed: npm ci");
    process.exit(2);
  }
  return await import("./main.ts");
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    // Whoever reads the output may stop reading (`| head`).
    if (error.code === "EPIPE") return;
    if (stream === process.stdout) console.error(`signalbox: the output cannot be written: ${error.message}`);
    process.exit(2);
  });
}

const { main } = await load();
process.exitCode = await main(process.argv.slice(2));
