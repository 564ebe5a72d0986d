/** The examples of the README, as `test/support/module/examples.ts` says; those in CEL are carried out in `test/envoy/`. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Emulator, Root } from "../../../../emulator/index.ts";
import { streamOf } from "../../../../test/support/module/example-request.ts";
import { counted, testExamples } from "../../../../test/support/module/examples.ts";
import { PROJECT } from "../../../../tools/project.ts";
import { HOST, METADATA, answered, outcome, type Decision } from "./example.ts";

function decide(root: Root, emulator: Emulator, { request, answers, logs }: Decision): Decision {
  const before = new Map(emulator.metrics.counters);
  emulator.logs.length = 0;
  const stream = root.stream(streamOf(request, HOST));
  stream.requestHeaders();
  const reply = stream.localReply;
  stream.end();
  return {
    request,
    ...outcome(counted(emulator, before), reply?.details),
    ...answered(new Map(reply?.headers), answers),
    ...(logs !== undefined && { logs: emulator.logs.map(({ message }) => message) }),
  };
}

testExamples<Decision>({
  filter: "authz",
  metadata: METADATA,
  decide,
  notInEmulator: ["expression"],
  manifest: { example: "httpbin", shownIn: "filters/authz/README.md" },
});

test("the project's README shows the manifest's pluginConfig", () => {
  const manifest = readFileSync(join(PROJECT, "filters/authz/wasmplugin.yaml"), "utf8");
  const pluginConfig = manifest.slice(manifest.indexOf("  pluginConfig:")).replace(/^ {2}/gm, "");
  assert.ok(readFileSync(join(PROJECT, "README.md"), "utf8").includes(`\`\`\`yaml\n${pluginConfig}\`\`\`\n`));
});
