/**
 * Bundles the command into build/package/, which `npm pack` takes: JavaScript that needs nothing to be installed and nothing to
 * be compiled, each command in a part of its own that is read when it runs; the filters' modules; Istio's schema; the licences
 * of the libraries that are in it. `sources.json` lists what the bundle was made of (`cli/signalbox.js` compares).
 */
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { KINDS } from "../../cli/codes/codes.ts";
import { moduleFolder, moduleNames, PROJECT } from "../project.ts";
import { licences } from "./licences.ts";

const FOLDER = join(PROJECT, "build/package");
/** The bundle is put into place whole, as the command may be running from the one that was there. */
const NEXT = `${FOLDER}.next`;

/** What the command reads beside its own code, by where it goes. */
const FILES: Readonly<Record<string, string>> = {
  "istio.json": "cli/schema/istio.json",
  ...Object.fromEntries(moduleNames().map((filter) => [`modules/${filter}.wasm`, `build/${filter}.wasm`])),
  ...Object.fromEntries(
    moduleNames().map((filter) => [`manifests/${filter}.yaml`, `${moduleFolder(filter)}/wasmplugin.yaml`]),
  ),
  ...Object.fromEntries(KINDS.map(({ code }) => [`errors/${code}.md`, `docs/errors/${code}.md`])),
};

const { version, engines } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as {
  version: string;
  engines: { node: string };
};

rmSync(NEXT, { recursive: true, force: true });
for (const folder of ["modules", "manifests", "errors"]) mkdirSync(join(NEXT, folder), { recursive: true });
const { metafile } = await build({
  absWorkingDir: PROJECT,
  // The names of what comes of it: all lies side by side, as each part finds the files that it reads beside itself.
  entryPoints: { main: "cli/main.ts", "admission-worker": "cli/admission/worker.ts" },
  outdir: NEXT,
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: `node${engines.node.replace(/^>=/, "")}`,
  // Names stay, so that the stack of an error can be read.
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: "none",
  define: { PACKED: JSON.stringify({ version, filters: moduleNames() }) },
  // Libraries in CommonJS call it.
  banner: { js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);' },
  metafile: true,
  logLevel: "warning",
});
for (const [to, from] of Object.entries(FILES)) cpSync(join(PROJECT, from), join(NEXT, to));

const inputs = Object.keys(metafile.inputs);
writeFileSync(join(NEXT, "LICENCES-OF-LIBRARIES.txt"), licences(inputs));
const sources = [...inputs.filter((file) => !/node_modules\/|^</.test(file)), ...Object.values(FILES)];
writeFileSync(join(NEXT, "sources.json"), JSON.stringify([...sources, "package.json", "package-lock.json"]));

rmSync(FOLDER, { recursive: true, force: true });
renameSync(NEXT, FOLDER);
