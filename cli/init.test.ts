/** `signalbox init`: for each filter a plugin that the command itself has nothing to say against. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { moduleNames } from "../tools/project.ts";
import { signalbox } from "./test/run.ts";

test("the first plugin of each filter is one of that filter, with comments, and validates without a finding", async () => {
  for (const filter of moduleNames()) {
    const { status, out, err } = await signalbox(["init", filter, "--url", "oci://registry.local/{filter}:0.1.0"]);
    assert.deepEqual({ status, err }, { status: 0, err: "" });
    assert.match(out, new RegExp(`^# yaml-language-server: \\$schema=${filter}\\.schema\\.json$`, "m"));
    const [plugin] = parseAllDocuments(out).map(
      (document) => document.toJS() as { kind: string; spec: { url: string } },
    );
    assert.equal(plugin?.kind, "WasmPlugin");
    assert.equal(plugin.spec.url, `oci://registry.local/${filter}:0.1.0`);
    const { out: found } = await signalbox(["validate", "--output", "json", "-"], out);
    const { plugins, findings } = JSON.parse(found) as { plugins: number; findings: unknown[] };
    assert.ok(plugins > 0, filter);
    assert.deepEqual(findings, [], filter);
  }
});

test("without --url the image is a placeholder, of which validate warns", async () => {
  const { out } = await signalbox(["init", "authz"]);
  const { out: found, status } = await signalbox(["validate", "-"], out);
  assert.match(found, /^<stdin>:\d+:\d+: warning: spec\.url: a placeholder/);
  assert.equal(status, 0);
});

test("a filter that does not exist is refused with the one that was meant", async () => {
  const { status, err } = await signalbox(["init", "auth"]);
  assert.match(
    err,
    /^signalbox: filter auth: expected .* \(did you mean "authz"\?\); signalbox init --help tells more\n$/,
  );
  assert.equal(status, 2);
});
