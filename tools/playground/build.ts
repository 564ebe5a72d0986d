import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type BuildOptions, type Metafile, type Plugin } from "esbuild";
import { zlibSync } from "fflate";
import { wasmPluginSchema } from "../../cli/schema/config/printed.ts";
import { moduleNames, PROJECT } from "../project.ts";
import { licences } from "../package/licences.ts";
import { examples } from "./examples.ts";

const HOST = join(PROJECT, "playground/worker/host");

/** What stands in the place of a module that only Node has, or that reads files. */
const IN_PLACE: Plugin = {
  name: "in-place",
  setup({ onResolve }) {
    onResolve({ filter: /^node:fs$/ }, () => ({ path: join(HOST, "fs.ts") }));
    onResolve({ filter: /^node:path$/ }, () => ({ path: join(HOST, "path.ts") }));
    onResolve({ filter: /\/carried\.ts$/ }, () => ({ path: join(HOST, "carried.ts") }));
  },
};

const BUNDLE: BuildOptions = {
  absWorkingDir: PROJECT,
  bundle: true,
  plugins: [IN_PLACE],
  inject: [join(HOST, "globals.ts")],
  format: "iife",
  platform: "browser",
  target: "es2022",
  minify: true,
  legalComments: "none",
  charset: "utf8",
  metafile: true,
  logLevel: "warning",
};

/**
 * Writes the playground into a folder: one page that needs no server and no network. The filters, the emulator and the
 * command's own checks run in a worker of the page; what the command takes from Node, and from files, `playground/worker/host/`
 * gives it.
 *
 * @param folder which is emptied first
 * @returns the size of the page in bytes
 * @throws Error if a module is not built
 */
export async function buildPlayground(folder: string): Promise<number> {
  const worker = await bundle("playground/worker/worker.ts", {
    define: { MODULES: JSON.stringify(modules()), "import.meta.url": '"file:///"' },
  });
  const page = await bundle("playground/page/main.ts", {
    define: {
      WORKER: JSON.stringify(worker.script),
      EXAMPLES: JSON.stringify(examples()),
      SCHEMAS: JSON.stringify(schemas()),
    },
  });
  const parts: Readonly<Record<string, string>> = {
    "/*STYLE*/": read("playground/page/style.css"),
    "/*SCRIPT*/": inScript(page.script),
  };
  const html = read("playground/page/index.html").replace(/\/\*(?:STYLE|SCRIPT)\*\//g, (mark) => parts[mark] ?? mark);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "index.html"), html);
  writeFileSync(join(folder, "LICENCES-OF-LIBRARIES.txt"), licences([...worker.inputs, ...page.inputs]));
  return Buffer.byteLength(html);
}

/** The schemas of a WasmPlugin of each filter, together as zlib's data in base64. */
function schemas(): string {
  const named = Object.fromEntries(moduleNames().map((name) => [name, wasmPluginSchema(name)]));
  return Buffer.from(zlibSync(Buffer.from(JSON.stringify(named)), { level: 9 })).toString("base64");
}

/** The compiled modules by their names, each as zlib's data in base64. */
function modules(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    moduleNames().map((name) => {
      const bytes = readFileSync(join(PROJECT, `build/${name}.wasm`));
      return [name, Buffer.from(zlibSync(bytes, { level: 9 })).toString("base64")];
    }),
  );
}

async function bundle(entry: string, options: BuildOptions): Promise<{ script: string; inputs: string[] }> {
  const { outputFiles, metafile } = await build({ ...BUNDLE, ...options, entryPoints: [entry], write: false });
  const { inputs } = metafile as Metafile;
  return { script: outputFiles?.[0]?.text ?? "", inputs: Object.keys(inputs) };
}

/** JavaScript as a `script` element may hold it: what would end the element, or begin a comment, is escaped in strings. */
function inScript(script: string): string {
  return script.replaceAll("</script", "<\\/script").replaceAll("<!--", "\\x3C!--");
}

function read(file: string): string {
  return readFileSync(join(PROJECT, file), "utf8");
}
