#!/usr/bin/env node
/**
 * What `npx signalbox` runs: the command is TypeScript (`main.ts`), and tsx reads it. This file is JavaScript, as Node
 * alone has to read it, also where `npm ci` has not been run yet.
 */
try {
  const { register } = await import("tsx/esm/api");
  register();
} catch {
  console.error("signalbox: its packages are not installed: npm ci");
  process.exit(2);
}
const { main } = await import("./main.ts");
process.exitCode = await main(process.argv.slice(2));
