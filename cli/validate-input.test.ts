/** What `signalbox validate` reads: files, folders, what is missing, what is no YAML. Nothing checked is no success. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { signalbox } from "./test/run.ts";

const PLUGIN = [
  "apiVersion: extensions.istio.io/v1alpha1",
  "kind: WasmPlugin",
  "metadata: { name: a }",
  "spec: { url: oci://registry.internal/authz:1, pluginConfig: { policies: [] } }",
].join("\n");
const MISTAKEN = PLUGIN.replace("policies: []", "policies: 1");
const CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: c }\n";

/** A folder with these files; gives its name. */
function folder(t: TestContext, files: Readonly<Record<string, string | Uint8Array>>): string {
  const made = mkdtempSync(join(tmpdir(), "signalbox-validate-"));
  t.after(() => rmSync(made, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(made, name)), { recursive: true });
    writeFileSync(join(made, name), text);
  }
  return made;
}

/** Validates these, relative to the folder, in whose place messages have nothing. */
async function validated(root: string, ...names: string[]) {
  const { status, out, err } = await signalbox(["validate", ...names.map((name) => join(root, name))]);
  const lines = (text: string): string[] => text.replaceAll(`${root}/`, "").trimEnd().split("\n");
  return { status, lines: lines(out), err: lines(err) };
}

/** Validates a text; gives what was found in it, a line each. */
async function linesOf(text: string, ...args: string[]) {
  const { status, out, err } = await signalbox(["validate", "-", ...args], text);
  assert.equal(err, "");
  return { status, lines: out.trimEnd().split("\n") };
}

test("a folder stands for its files and those of its folders, by name", async (t) => {
  const root = folder(t, {
    "b/2.yml": MISTAKEN,
    "b/1.json": JSON.stringify({ apiVersion: "extensions.istio.io/v1alpha1", kind: "WasmPlugn" }),
    "a.yaml": MISTAKEN,
    ".hidden/a.yaml": MISTAKEN,
    "node_modules/a.yaml": MISTAKEN,
    "a.txt": MISTAKEN,
  });
  const { status, lines } = await validated(root, ".");
  assert.deepEqual(lines, [
    "a.yaml:4:73: error: policies: expected a list, got 1 [authz]",
    'b/1.json:1:53: error: kind: no kind "WasmPlugn" in extensions.istio.io (did you mean "WasmPlugin"?)',
    "b/2.yml:4:73: error: policies: expected a list, got 1 [authz]",
    "2 configurations and 2 resources checked: 3 errors, 0 warnings",
  ]);
  assert.equal(status, 1);
});

test("in a folder, what is no resource is passed over, and templates are warned of", async (t) => {
  const root = folder(t, {
    "plugin.yaml": PLUGIN,
    "values.yaml": "image: authz\n",
    "tsconfig.json": "{ // a comment, so no JSON\n}",
    "compose.yaml": "services: { a: { image: b } } # kind: of\n",
    "pipeline.yaml": "kind: pipeline\n",
    "map.yaml": CONFIG_MAP,
    "templates/a.yaml": "kind: {{ .Values.kind }}\n",
  });
  const { status, lines } = await validated(root, ".");
  assert.deepEqual(lines, [
    "templates/a.yaml:1:7: warning: a Helm template, which has to be rendered first: helm template . | signalbox validate -",
    "1 resource of other kinds passed over",
    "4 documents without a resource passed over",
    "1 configuration and 1 resource checked: 0 errors, 1 warning",
  ]);
  assert.equal(status, 0);
  assert.equal((await validated(root, "templates")).status, 1);
  assert.match(
    (await validated(root, "templates/a.yaml")).lines[0] ?? "",
    /^templates\/a\.yaml:1:7: error: a Helm template/,
  );
});

test("a WasmPlugin without apiVersion is a mistake, in a folder too", async (t) => {
  const root = folder(t, { "a.yaml": "kind: WasmPlugin\n", "b.yaml": `${PLUGIN}\nkind:\n` });
  assert.deepEqual((await validated(root, ".")).lines, [
    "a.yaml:1:1: error: apiVersion: required, and missing",
    "b.yaml:5:1: error: not YAML: the same key twice in one object",
    "0 configurations and 0 resources checked: 2 errors, 0 warnings",
  ]);
});

test("a file that cannot be read hides nothing of the others, and ends with 2", async (t) => {
  const root = folder(t, {
    "a.yaml": MISTAKEN,
    "utf16.yaml": Buffer.from("\ufeffa: 1", "utf16le"),
    "latin1.yaml": Buffer.from("a: \xe9", "latin1"),
    "empty/a.txt": "",
  });
  const { status, lines, err } = await validated(
    root,
    "none.yaml",
    "a.yaml",
    "a.yaml/b",
    "utf16.yaml",
    "latin1.yaml",
    "empty",
  );
  assert.deepEqual(lines, [
    "a.yaml:4:73: error: policies: expected a list, got 1 [authz]",
    "1 configuration and 1 resource checked: 1 error, 0 warnings",
  ]);
  assert.deepEqual(err.sort(), [
    "signalbox: a.yaml/b cannot be read: a part of its path is a file, not a folder",
    "signalbox: empty has no file that ends in .yaml, .yml or .json",
    "signalbox: latin1.yaml cannot be read: it is not UTF-8 text",
    "signalbox: none.yaml cannot be read: there is no such file",
    "signalbox: utf16.yaml cannot be read: it is UTF-16; save it as UTF-8",
  ]);
  assert.equal(status, 2);
  const json = await signalbox(["validate", "-o", "json", join(root, "none.yaml"), join(root, "a.yaml")]);
  const { findings, unread } = JSON.parse(json.out) as { findings: unknown[]; unread: string[] };
  assert.equal(findings.length, 1);
  assert.deepEqual(unread, [`${root}/none.yaml cannot be read: there is no such file`]);
  assert.equal(json.status, 2);
});

test("every command says in words why a file cannot be read", async (t) => {
  const root = folder(t, { "a.yaml": PLUGIN });
  const table = join(root, "t.yaml");
  writeFileSync(table, "config: none.yaml\ntests: [{ request: {}, expect: { outcome: forwarded } }]\n");
  for (const args of [
    ["explain", "--config", root],
    ["test", root],
  ]) {
    const { status, err } = await signalbox(args);
    assert.equal(err, `signalbox: ${root} cannot be read: it is a folder; name a file in it\n`);
    assert.equal(status, 2);
  }
  const none = join(root, "none.yaml");
  const missing = await signalbox(["convert", join(root, "a.yaml"), none]);
  assert.deepEqual([missing.status, missing.err], [2, `signalbox: ${none} cannot be read: there is no such file\n`]);
  const { err } = await signalbox(["test", table]);
  assert.match(err, /none\.yaml cannot be read: there is no such file\n$/);
});

test("convert takes folders too", async (t) => {
  const policy = { apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy", metadata: { name: "a" }, spec: {} };
  const root = folder(t, { "a/policy.json": JSON.stringify(policy), "values.yaml": "kind: of values\n" });
  const { status, out } = await signalbox([
    "convert",
    "--gateway-pods",
    "none",
    "--url",
    "oci://registry.internal/{filter}:1",
    root,
  ]);
  assert.match(out, /kind: WasmPlugin/);
  assert.equal(status, 0);
});

test("a file that is named twice is read once", async (t) => {
  const root = folder(t, { "a.yaml": PLUGIN });
  const { lines } = await validated(root, "a.yaml", "a.yaml", ".");
  assert.deepEqual(lines, ["1 configuration and 1 resource checked: 0 errors, 0 warnings"]);
});

test("nothing checked is no success", async () => {
  for (const empty of ["", "# a comment\n", "---\n---\n", "\ufeff"]) {
    assert.deepEqual(await linesOf(empty), {
      status: 1,
      lines: [
        "<stdin>:1:1: error: nothing to check: it is empty",
        "0 configurations and 0 resources checked: 1 error, 0 warnings",
      ],
    });
  }
  assert.deepEqual(await linesOf(`${CONFIG_MAP}---\n${CONFIG_MAP}`), {
    status: 1,
    lines: [
      "<stdin>:1:1: error: nothing to check: no resource of Istio is here",
      "2 resources of other kinds passed over",
      "0 configurations and 0 resources checked: 1 error, 0 warnings",
    ],
  });
  assert.equal((await linesOf("apiVersion: v1\nkind: List\nitems: []\n")).status, 1);
});

/** What is no YAML, and where and how that is said, beginning at the line. */
const BROKEN: readonly (readonly [text: string, message: string])[] = [
  [
    "a:\n  - *.example.com\n",
    '2:5: error: not YAML: *.example.com is an alias, as it begins with a star and has no quotes; quote it: "*.example.com"',
  ],
  [
    "accept: */*\n",
    '1:9: error: not YAML: */* is an alias, as it begins with a star and has no quotes; quote it: "*/*"',
  ],
  [
    "a: [*/x, b]\n",
    '1:5: error: not YAML: */x is an alias, as it begins with a star and has no quotes; quote it: "*/x"',
  ],
  ["a: [*]\n", '1:5: error: not YAML: a star without quotes is an alias; quote it: "*"'],
  ["a:\n  - *\n", '2:5: error: not YAML: a star without quotes is an alias; quote it: "*"'],
  [
    "a: &lb 1\nb: *l\n",
    '2:4: error: not YAML: no anchor &l stands before the alias *l in this document (did you mean "lb"?); if a star is meant, quote it: "*l"',
  ],
  [
    "a: &l 1\n---\nb: *l\n",
    '3:4: error: not YAML: no anchor &l stands before the alias *l in this document; if a star is meant, quote it: "*l"',
  ],
  ["a: &a [*a]\n", "1:8: error: not YAML: the anchor &a contains itself"],
  [
    "a: {{ .Values.a }}\n",
    "1:4: error: a Helm template, which has to be rendered first: helm template . | signalbox validate -",
  ],
  [
    "# {{ no }}\na: 1\n{{- if .Values.a }}\nb: 2\n{{- end }}\n",
    "3:1: error: a Helm template, which has to be rendered first: helm template . | signalbox validate -",
  ],
  ["? [a]\n: b\n", "1:3: error: not YAML: a key that is a list or an object"],
  ["a: b\nc: \0\n", "2:4: error: not YAML: the control character U+0000"],
  ["a:\n\tb: 1\n", "2:1: error: not YAML: a tab indents this line; use blanks"],
  [
    "a: b: c\n",
    '1:4: error: not YAML: a second ": " on this line, or a wrong indentation; quote the value, or begin a new line',
  ],
  [
    "a:\n    - b\n  - c\n",
    '3:1: error: not YAML: a second ": " on this line, or a wrong indentation; quote the value, or begin a new line',
  ],
  ["a:\n  b: 1\n c: 2\n", "3:1: error: not YAML: the keys of one object begin in the same column"],
  ['{"a": 1\n', "2:1: error: not YAML: a { without its }"],
  ["a: [1,\n2\n", "2:1: error: not YAML: a [ without its ]"],
  ['a: "b\n', '2:1: error: not YAML: a string that begins with " and does not end'],
  ["a: [b: c: d]\n", '1:8: error: not YAML: a second ": " within brackets; quote the value'],
  [
    'a: "\\d"\n',
    "1:5: error: not YAML: Invalid escape sequence \\d; in single quotes a backslash is a plain character",
  ],
  ["a: 1\na: 2\n", "2:1: error: not YAML: the same key twice in one object"],
  ["a: &a 1\nb: { <<: *a }\n", "2:6: error: not YAML: << takes an object, or an alias of one"],
  ["[".repeat(100_000), "1:501: error: not YAML: more than 500 levels"],
  [`${"[".repeat(600)}${"]".repeat(600)}`, "1:501: error: not YAML: more than 500 levels"],
];

for (const [text, message] of BROKEN) {
  test(`${JSON.stringify(text.slice(0, 40))} is told in one line`, async () => {
    const { status, lines } = await linesOf(text);
    assert.deepEqual(lines, [`<stdin>:${message}`, "0 configurations and 0 resources checked: 1 error, 0 warnings"]);
    assert.equal(status, 1);
  });
}

test("aliases that multiply are refused at once, many aliases are not", async () => {
  const rows = "abcdefgh".split("").map((name, row) => {
    const item = row === 0 ? "x" : `*${"abcdefgh"[row - 1]}`;
    return `${name}: &${name} [${Array<string>(9).fill(item).join(", ")}]`;
  });
  assert.match(
    (await linesOf(rows.join("\n"))).lines[0] ?? "",
    /^<stdin>:2:8: error: not YAML: its aliases multiply to millions of values, which kubectl refuses too$/,
  );
  const list = `apiVersion: v1\nkind: List\nx: &x { a: b }\nitems: []\ny: [${Array<string>(1000).fill("*x").join(", ")}]`;
  assert.match((await linesOf(list)).lines[0] ?? "", /nothing to check/);
});

test("no text makes the command fail otherwise than in a line", async () => {
  let seed = Number(process.env["SEED"] ?? 1);
  const below = (limit: number): number => {
    seed = (seed * 48271) % 2147483647; // Lehmer's generator
    return seed % limit;
  };
  const pieces = [
    "*",
    "&a ",
    "*a",
    "- ",
    ": ",
    "{",
    "}",
    "[",
    "]",
    "'",
    '"',
    "\n",
    "  ",
    "#",
    "|",
    ">",
    "!",
    "!!set ",
    "%",
    "<<: ",
    "? ",
    "---\n",
    "\t",
    "\0",
    "\ud800",
    "kind",
    "{{",
    "}}",
    "null",
    "1e999",
    "0x",
  ];
  for (let round = 0; round < 600; round++) {
    const characters = [...PLUGIN];
    for (let edit = below(6); edit >= 0; edit--) {
      characters.splice(
        below(characters.length),
        below(3),
        ...Array.from({ length: 1 + below(3) }, () => pieces[below(pieces.length)] ?? ""),
      );
    }
    const text = characters.join("").slice(0, below(4) === 0 ? below(characters.length) : undefined);
    const { status, out, err } = await signalbox(["validate", "-"], text);
    assert.ok(status === 0 || status === 1, `SEED=${process.env["SEED"] ?? 1}: ${JSON.stringify(text)}: ${err}${out}`);
    assert.equal(err, "", JSON.stringify(text));
  }
});
