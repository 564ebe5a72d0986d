/** What `make spec` runs: every specification of what the filters share and of the filters themselves. */
export default {
  entries: ["assembly/**/*.spec.ts", "filters/**/*.spec.ts"],
  include: [],
  disclude: [/node_modules/],
  /** Instantiates one compiled specification; `env` is where the proxy's host calls go. */
  async instantiate(memory, createImports, instantiate, binary) {
    const imports = { env: { memory } };
    return instantiate(binary, createImports(imports));
  },
  outputBinary: false,
};
