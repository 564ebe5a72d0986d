/**
 * The engine against RE2 itself, as it is in Envoy's routes: the same patterns must be accepted, and match the same
 * texts. `REGEX_PATTERNS` sets how many patterns are tried, `SEED` which.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { envoyBinary, versionOf } from "../../../tools/envoy-binary.ts";
import { Random, seedOfRun } from "../random.ts";
import { Engine } from "./engine.ts";
import { bootstrapForListeners, bootstrapForMatches, listenersOf } from "./envoy-config.ts";
import { Envoy, statusesOf } from "./envoy.ts";
import { type GeneratedPattern, generatePattern, namedClasses } from "./generate-patterns.ts";

const PATTERNS = Number(process.env["REGEX_PATTERNS"] || 800);
const TEXTS = 8;
const SHOWN = 20;

const seed = seedOfRun();
const folder = mkdtempSync(join(tmpdir(), "regex-oracle-"));
let engine: Engine;

/** Before 1.39, Envoy's regular expressions match UTF-8. */
const [major = 0, minor = 0] = versionOf(envoyBinary()).split(".").map(Number);
const skip = major === 1 && minor < 39 ? "this Envoy matches UTF-8, not bytes" : false;

before(async () => {
  console.log(`SEED=${seed} REGEX_PATTERNS=${PATTERNS}`);
  engine = await Engine.build(folder);
});
after(() => rmSync(folder, { recursive: true }));

/** Which of the patterns Envoy takes, in their order. */
async function acceptedByEnvoy(patterns: readonly string[]): Promise<boolean[]> {
  const file = join(folder, "listeners.json");
  writeFileSync(file, JSON.stringify(listenersOf(patterns)));
  const envoy = await Envoy.start(bootstrapForListeners(file), folder, "validity");
  try {
    type Dump = { configs?: { name?: string; error_state?: object }[] };
    const { configs = [] } = (await envoy.admin("/config_dump?resource=dynamic_listeners")) as Dump;
    // A refused listener is there twice, once without a name.
    const named = configs.filter(({ name }) => name !== undefined);
    assert.equal(named.length, patterns.length, "Envoy says of each pattern whether it takes it");
    const refused = new Set(named.filter(({ error_state }) => error_state !== undefined).map(({ name }) => name));
    return patterns.map((_, index) => !refused.has(String(index)));
  } finally {
    await envoy.stop();
  }
}

/** Whether each text matches its pattern, in Envoy's opinion. */
async function matchedByEnvoy(patterns: readonly GeneratedPattern[]): Promise<boolean[]> {
  const envoy = await Envoy.start(bootstrapForMatches(patterns.map(({ pattern }) => pattern)), folder, "matches");
  try {
    const requests = patterns.flatMap(({ texts }, index) =>
      texts.map((text) => {
        return { ":authority": String(index), x: Buffer.from(text, "latin1").toString("hex") };
      }),
    );
    const statuses = await statusesOf(await envoy.port("matches"), requests);
    assert.ok(statuses.every((status) => status === 200 || status === 404));
    return statuses.map((status) => status === 200);
  } finally {
    await envoy.stop();
  }
}

function report(disagreements: readonly string[]): void {
  assert.equal(disagreements.length, 0, `SEED=${seed}\n${disagreements.slice(0, SHOWN).join("\n")}`);
}

const random = new Random(seed);
const generated = random.times(PATTERNS, PATTERNS, () => generatePattern(random, TEXTS));
let accepted: boolean[] = [];

test("Envoy and the engine accept the same patterns", { skip }, async () => {
  accepted = await acceptedByEnvoy(generated.map(({ pattern }) => pattern));
  const disagreements = generated.flatMap(({ pattern }, index) => {
    const refusal = engine.compile(pattern);
    if ((refusal === undefined) === accepted[index]) return [];
    const ours = refusal === undefined ? "accepted" : `refused at ${refusal.offset}: ${refusal.message}`;
    return [`${JSON.stringify(pattern)}: Envoy ${accepted[index] ? "accepts" : "refuses"}, the engine ${ours}`];
  });
  console.log(`${accepted.filter(Boolean).length} of ${generated.length} patterns are valid`);
  report(disagreements);
});

test("Envoy and the engine match the same texts", { skip }, async () => {
  const valid = generated.filter((_, index) => accepted[index]);
  const theirs = await matchedByEnvoy(valid);
  const disagreements: string[] = [];
  let next = 0;
  for (const { pattern, texts } of valid) {
    const refusal = engine.compile(pattern);
    for (const text of texts) {
      const expected = theirs[next++];
      if (refusal !== undefined || engine.matches(text) === expected) continue;
      disagreements.push(
        `${JSON.stringify(pattern)} ${expected ? "matches" : "does not match"} ${JSON.stringify(text)}`,
      );
    }
  }
  console.log(`${theirs.filter(Boolean).length} of ${theirs.length} texts match`);
  report(disagreements);
});

test(
  "Envoy and the engine have the same bytes in each named class, but for NUL, which no text holds",
  { skip },
  async () => {
    const bytes = Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1));
    const asked = namedClasses().flatMap((name) =>
      ["(?s)", "(?i)"].flatMap((flags): GeneratedPattern[] => {
        engine.compile(`${flags}[${name}]`);
        const members = bytes.filter((byte) => engine.matches(byte));
        const others = bytes.filter((byte) => !members.includes(byte));
        return [
          { pattern: `${flags}[${name}]*`, texts: [members.join("")] },
          { pattern: `${flags}[^${name}]*`, texts: [others.join("")] },
        ];
      }),
    );
    const theirs = await matchedByEnvoy(asked);
    report(asked.filter((_, index) => !theirs[index]).map(({ pattern }) => `${pattern} has other bytes in Envoy`));
  },
);
