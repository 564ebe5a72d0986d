import { readdirSync, statSync } from "node:fs";
import { specImports } from "./test/support/spec/imports.js";

/** What `make spec` runs: every specification of what the filters share and of the filters themselves. */
const ALL = ["assembly/**/*.spec.ts", "filters/**/*.spec.ts"];

/** `SPEC=<file or folder> make spec` compiles and runs those alone. */
function chosen(place) {
  const isSpec = (file) => file.endsWith(".spec.ts");
  const found = statSync(place, { throwIfNoEntry: false });
  if (found?.isFile() && isSpec(place)) return [place];
  // as-pect itself calls a run without any specification a success.
  if (found?.isDirectory() && readdirSync(place, { recursive: true }).some(isSpec)) {
    return [`${place.replace(/\/*$/, "")}/**/*.spec.ts`];
  }
  console.error(`SPEC=${place}: expected a file that ends in .spec.ts, or a folder with such files`);
  process.exit(2);
}

export default {
  entries: process.env.SPEC ? chosen(process.env.SPEC) : ALL,
  // AssemblyScript's own heap, which specifications use, has to have its memory before the module's takes any.
  include: ["test/support/spec/managed-heap.ts"],
  disclude: [/node_modules/],
  /** Instantiates one compiled specification. */
  async instantiate(memory, createImports, instantiate, binary) {
    const { modules, connect } = specImports(memory, binary);
    const module = await instantiate(binary, createImports(modules));
    connect(module.instance.exports);
    return module;
  },
  outputBinary: false,
};
