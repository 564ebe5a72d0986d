/**
 * `make playground`: writes build/playground/, which any web server can serve and a browser can open as a file, and serves it on
 * this machine alone until it is interrupted. `--page` ends after writing.
 */
import { join } from "node:path";
import { context } from "esbuild";
import { PROJECT } from "../project.ts";
import { buildPlayground } from "./build.ts";

const FOLDER = join(PROJECT, "build/playground");

const bytes = await buildPlayground(FOLDER);
console.log(`build/playground/index.html: ${Math.ceil(bytes / 1000)} kB`);
if (!process.argv.includes("--page")) {
  const server = await context({});
  const { port } = await server.serve({ servedir: FOLDER, host: "127.0.0.1" });
  console.log(`http://127.0.0.1:${port}/ (Ctrl-C ends it)`);
}
