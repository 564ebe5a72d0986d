/** `signalbox validate --output sarif`: valid by SARIF's own schema, and what code scanning needs of it. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { Ajv } from "ajv";
import type { Log, Result, Run } from "sarif";
import { signalbox } from "./test/run.ts";

/** The schema of SARIF 2.1.0 as its authors publish it. */
const SCHEMA = createRequire(import.meta.url).resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");

const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
ajv.addFormat("uri", (text: string) => URL.canParse(text));
// RFC 3986: a relative reference has neither blanks nor other characters that are to be encoded.
ajv.addFormat("uri-reference", /^[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/);
ajv.addFormat("date-time", true);
// It is of draft 4, and has nothing that draft 7 reads otherwise but its name.
const { $schema: _, id: __, ...schema } = JSON.parse(readFileSync(SCHEMA, "utf8")) as Record<string, unknown>;
const isSarif = ajv.compile(schema);

function assertSarif(log: unknown): void {
  assert.ok(isSarif(log), ajv.errorsText(isSarif.errors));
}

interface Outcome {
  readonly status: number | null;
  readonly run: Run;
  readonly results: readonly Result[];
}

async function scanned(files: readonly string[], input = ""): Promise<Outcome> {
  const { status, out } = await signalbox(["validate", "--output", "sarif", ...files], input);
  const log = JSON.parse(out) as Log;
  assertSarif(log);
  const [run] = log.runs;
  const { results = [] } = run ?? {};
  for (const { ruleId, ruleIndex } of results) assert.equal(run?.tool.driver.rules?.[ruleIndex ?? -1]?.id, ruleId);
  return { status, run: run as Run, results };
}

test("each finding is a result of its code's rule, with its place in the file", async () => {
  const { status, run, results } = await scanned(["cli/examples/mistaken.yaml"]);
  assert.equal(status, 1);
  assert.deepEqual(
    results.map(({ ruleId, level, message, locations, properties }) => {
      return { ruleId, level, text: message.text, ...locations?.[0]?.physicalLocation, properties };
    }),
    [
      {
        ruleId: "SBX204",
        level: "error",
        text: 'spec.phase: expected UNSPECIFIED_PHASE, AUTHN, AUTHZ or STATS (did you mean "AUTHZ"?), got "AUTZ"',
        artifactLocation: { uri: "cli/examples/mistaken.yaml" },
        region: { startLine: 6, startColumn: 10 },
        properties: undefined,
      },
      {
        ruleId: "SBX201",
        level: "error",
        text: 'policies[0].rules[0].from[0].source: unknown field "principal" (did you mean "principals"?)',
        artifactLocation: { uri: "cli/examples/mistaken.yaml" },
        region: { startLine: 12, startColumn: 32 },
        properties: { filter: "authz" },
      },
    ],
  );
  const { name, rules = [] } = run.tool.driver;
  assert.equal(name, "signalbox");
  assert.deepEqual(
    rules.map(({ id, shortDescription, helpUri }) => [id, shortDescription?.text, helpUri]),
    [
      ["SBX201", "there is no such field", undefined],
      ["SBX204", "the value is none of the names that may stand here", undefined],
    ],
  );
  for (const { id, help } of rules) {
    assert.ok(help?.text.endsWith(`docs/errors/${id}.md`), help?.text);
    assert.match(help?.markdown ?? "", /^## What to do$/m);
    assert.doesNotMatch(help?.markdown ?? "", /\]\(\.\./);
  }
});

test("rules lead to where SIGNALBOX_PAGES says that the pages are", async (t) => {
  process.env["SIGNALBOX_PAGES"] = "https://docs.example.com/errors/{code}";
  t.after(() => delete process.env["SIGNALBOX_PAGES"]);
  const { run } = await scanned(["cli/examples/mistaken.yaml"]);
  assert.equal(run.tool.driver.rules?.[0]?.helpUri, "https://docs.example.com/errors/SBX201");
});

test("nothing found is a log without results; warnings are left out with --no-warnings", async () => {
  const good = await scanned(["--filter", "authz", "envoy/authz.yaml"]);
  assert.deepEqual([good.status, good.results, good.run.invocations?.[0]?.executionSuccessful], [0, [], true]);
  const text = JSON.stringify({ policies: [{ name: "a", rules: [{ to: [{ operation: { methods: ["get"] } }] }] }] });
  const warned = await scanned(["--filter", "authz", "-"], text);
  assert.deepEqual(
    warned.results.map(({ ruleId, level, locations }) => [ruleId, level, locations?.[0]?.physicalLocation]),
    [
      [
        "SBX608",
        "warning",
        {
          artifactLocation: { description: { text: "standard input" } },
          region: { startLine: 1, startColumn: text.indexOf('"get"') + 1 },
        },
      ],
    ],
  );
  assert.equal(warned.status, 0);
  assert.deepEqual((await scanned(["--no-warnings", "--filter", "authz", "-"], text)).results, []);
});

test("a file that cannot be read is a notification, and the run no success", async () => {
  const { status, run, results } = await scanned(["cli/examples/mistaken.yaml", "missing.yaml"]);
  assert.deepEqual([status, results.length], [2, 2]);
  assert.deepEqual(run.invocations, [
    {
      executionSuccessful: false,
      toolExecutionNotifications: [
        {
          level: "error",
          descriptor: { id: "SBX111", index: 0 },
          message: { text: "missing.yaml cannot be read: there is no such file" },
        },
      ],
    },
  ]);
  assert.equal(run.tool.driver.notifications?.[0]?.id, "SBX111");
});

test("a result has the same fingerprint if lines were added before it, and two that say the same have not", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox sarif "));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "a plugin.yaml");
  const twice = "---\napiVersion: v1\nkind: WasmPlugin\n".repeat(2);
  const fingerprints = async (text: string): Promise<unknown[]> => {
    writeFileSync(file, text);
    const { results } = await scanned([file]);
    for (const { locations } of results) {
      assert.equal(locations?.[0]?.physicalLocation?.artifactLocation?.uri, pathToFileURL(file).href);
    }
    return results.map(({ partialFingerprints }) => partialFingerprints?.["signalbox/v1"]);
  };
  const before = await fingerprints(twice);
  assert.deepEqual(await fingerprints(`# one\n# two\n${twice}`), before);
  assert.equal(before.length, 2);
  assert.equal(new Set(before).size, 2);
  const named =
    "---\napiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\nmetadata: { name: a }\nspec: { url: oci://registry.local/x }\n";
  // The message names the line of the other one.
  assert.deepEqual(await fingerprints(`# one\n${named}${named}`), await fingerprints(named + named));
});

test("the schema is looked at: a log without a version, or with a place before the first line, is none", async () => {
  const { out } = await signalbox(["validate", "--output", "sarif", "cli/examples/mistaken.yaml"]);
  const log = JSON.parse(out) as Log;
  assert.equal(isSarif({ ...log, version: undefined }), false);
  const region = log.runs[0]?.results?.[0]?.locations?.[0]?.physicalLocation?.region;
  Object.assign(region ?? {}, { startLine: 0 });
  assert.equal(isSarif(log), false);
});
