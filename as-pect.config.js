import { specImports } from "./test/as-pect/imports.js";

/** What `make spec` runs: every specification of what the filters share and of the filters themselves. */
export default {
  entries: ["assembly/**/*.spec.ts", "filters/**/*.spec.ts"],
  include: [],
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
