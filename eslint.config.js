/**
 * Two languages share the `.ts` ending. TypeScript runs in Node and gets the recommended rules. AssemblyScript ends up
 * inside a proxy, where a trap fails the VM for every request: there, what can trap is refused, and the dependencies
 * between the folders are checked to point one way.
 */
import eslint from "@eslint/js";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";
import { TEST_FILES } from "./tools/test-files.js";

/** Tests are TypeScript, but for specifications, what helps them, and programs that tests compile. */
const ASSEMBLY_OF_TESTS = "**/test/**/{assembly,spec}/**/*.ts";
const TYPESCRIPT = ["**/*.test.ts", "**/test/**", `!${ASSEMBLY_OF_TESTS}`];
const ASSEMBLY = [
  "assembly/**/*.ts",
  "filters/**/*.ts",
  "modules/**/*.ts",
  "bench/assembly/**/*.ts",
  ASSEMBLY_OF_TESTS,
];

/**
 * What each folder of assembly/ may import of the others, as docs/architecture.md draws it (test/layers.test.ts). A filter
 * may import them all, and no other filter or module.
 */
export const MAY_IMPORT = {
  memory: [],
  text: ["memory"],
  config: ["memory", "text"],
  host: ["memory", "text"],
  request: ["host", "memory", "text"],
  shared: ["host", "memory", "text"],
  match: ["config", "host", "memory", "request", "text"],
  plugin: ["config", "host", "memory", "request", "text"],
};

const RAW_HOST_CALLS = {
  regex: "^@solo-io/proxy-runtime",
  message: "Only assembly/host talks to the proxy: call its functions.",
};

/** Import rules for one folder of assembly/. */
function layer(folder) {
  const allowed = [folder, ...MAY_IMPORT[folder]];
  const others = Object.keys(MAY_IMPORT).filter((other) => !allowed.includes(other));
  const patterns = folder === "host" ? [] : [RAW_HOST_CALLS];
  patterns.push({ regex: "(^|/)(filters|modules)/", message: "assembly/ knows no filter and no module." });
  if (others.length > 0) {
    patterns.push({
      regex: `^(\\.\\./)+(${others.join("|")})(/|$)`,
      message: `assembly/${folder} imports ${MAY_IMPORT[folder].join(", ") || "nothing"}.`,
    });
  }
  return {
    files: [`assembly/${folder}/**/*.ts`],
    ignores: TEST_FILES,
    rules: { "no-restricted-imports": ["error", { patterns }] },
  };
}

/** Import rules for files of filters; `others` are the paths that lead to other filters from there. */
function filterImports(files, others) {
  const patterns = [
    RAW_HOST_CALLS,
    { regex: others, message: "A filter knows no other filter; what two share lies in assembly/." },
    { regex: "/memory/arena$", importNames: ["resetArena"], message: "The frame does that: see modules/." },
    { regex: "(^|/)modules/", message: "A filter does not know in which modules it is." },
    {
      regex: "/assembly/(host/abi|plugin/(frame|roots|streams|configure))$",
      message: "The frame does that: see modules/.",
    },
  ];
  return { files: [files], ignores: TEST_FILES, rules: { "no-restricted-imports": ["error", { patterns }] } };
}

export default defineConfig(
  { ignores: ["build/", "bench/out/", ".venv/", ".cache/"] },
  eslint.configs.recommended,
  tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    // The compilers (tsc, asc) know which names exist.
    rules: {
      "no-undef": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: { globals: { Buffer: "readonly", console: "readonly", process: "readonly", URL: "readonly" } },
  },
  {
    files: ASSEMBLY,
    ignores: TYPESCRIPT,
    rules: {
      // `==` is AssemblyScript's ordinary comparison; `let` without a value and wrapper names are its types.
      eqeqeq: "off",
      "prefer-const": "error",
      "no-loss-of-precision": "off",
      "@typescript-eslint/no-loss-of-precision": "off",
      "@typescript-eslint/no-wrapper-object-types": "off",
      "@typescript-eslint/no-inferrable-types": "off",
      "@typescript-eslint/ban-ts-comment": "off",
      "@typescript-eslint/no-unsafe-function-type": "off",
      "@typescript-eslint/no-unused-expressions": "off",
      // A callback has the parameters that the proxy gives it, wanted or not.
      "@typescript-eslint/no-unused-vars": ["error", { args: "none", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ASSEMBLY,
    ignores: [...TEST_FILES, "assembly/host/abort.ts"],
    rules: {
      "@typescript-eslint/no-non-null-assertion": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "ThrowStatement", message: "A throw is a trap: it fails the VM. Return what went wrong." },
        { selector: "CallExpression[callee.name='assert']", message: "A failed assert is a trap: it fails the VM." },
        { selector: "CallExpression[callee.name='unreachable']", message: "unreachable() is a trap." },
        { selector: "CallExpression[callee.name='abort']", message: "abort() is a trap: it fails the VM." },
        { selector: "TryStatement", message: "AssemblyScript has no exceptions to catch." },
      ],
    },
  },
  filterImports("filters/*/*.ts", "^\\.\\./(?!\\.\\.)[^/]*/"),
  filterImports("filters/*/*/**/*.ts", "^\\.\\./\\.\\./(?!\\.\\.)[^/]*/"),
  {
    files: ["modules/**/*.ts"],
    rules: { "no-restricted-imports": ["error", { patterns: [RAW_HOST_CALLS] }] },
  },
  ...Object.keys(MAY_IMPORT).map(layer),
);
