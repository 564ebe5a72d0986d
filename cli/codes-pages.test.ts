/** The pages of the codes: each code has one, what it shows gives this code, and what it recommends does not. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../tools/project.ts";
import { KINDS, pageOf } from "./codes/codes.ts";
import { withCodes } from "./test/run.ts";

const FOLDER = join(PROJECT, "docs/errors");

/** Examples that are too long for a page: the arguments, and standard input. */
const LONG: Readonly<Record<string, [filter: string, text: string]>> = {
  SBX109: ["authz", JSON.stringify({ policies: [{ name: "a".repeat(3e6) }] })],
  SBX110: ["authz", `policies: ${"[".repeat(65)}${"]".repeat(65)}`],
  SBX113: ["authz", JSON.stringify({ policies: Array.from({ length: 101 }, () => 1) })],
  SBX610: [
    "authz",
    JSON.stringify({
      policies: Array.from({ length: 101 }, (_, at) => {
        return { name: `p${at}`, rules: [{ to: [{ operation: { notPaths: [`/${at}`] } }] }] };
      }),
    }),
  ],
};

/** Kinds that no file leads to: only a proxy that lacks something, or a fault of Signalbox. */
const WITHOUT_EXAMPLE = ["SBX112", "SBX302", "SBX333", "SBX802"];

interface Page {
  readonly text: string;
  /** The file in the example and, last, as it is when it is mended. */
  readonly files: readonly string[];
  readonly args: readonly string[];
  /** Whether the example sends standard output elsewhere. */
  readonly redirected: boolean;
  readonly shown: string;
}

function page(code: string): Page {
  const text = readFileSync(join(PROJECT, pageOf(code)), "utf8");
  const files = [...text.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, file = ""]) => file);
  const [, command = "", shown = ""] = /^```console\n\$ npx signalbox (.*)\n([^]*?)^```$/m.exec(text) ?? [];
  const [words = "", to] = command.split(" > ");
  const args = words.split(" ").map((word) => (word === "example.yaml" ? "-" : word));
  return { text, files, args, redirected: to !== undefined, shown };
}

/** What is printed of a file, which is then called `example.yaml`. */
async function printed({ args, redirected }: Page, file: string): Promise<string> {
  const { out, err } = await withCodes(args, file);
  return ((redirected ? "" : out) + err).replaceAll("<stdin>", "example.yaml");
}

test("each code has a page with its title, the index lists it, and there is no other page", () => {
  const index = readFileSync(join(FOLDER, "README.md"), "utf8");
  const rows = [...index.matchAll(/^\| \[(SBX\d+)\]\((.*)\) +\| (.*?) +\|$/gm)].map((row) => row.slice(1));
  const files = KINDS.map(({ code }) => `${code}.md`);
  assert.deepEqual(
    rows,
    KINDS.map(({ code, title }) => [code, `${code}.md`, title]),
  );
  assert.deepEqual(readdirSync(FOLDER).sort(), ["README.md", ...files].sort());
  for (const { code, title } of KINDS) assert.ok(page(code).text.startsWith(`# ${code}: ${title}\n`), code);
});

for (const { code } of KINDS) {
  const { shown } = page(code);
  const [filter, text] = LONG[code] ?? [];
  test(`${code}: ${shown === "" ? "no example in the page" : "the example is printed so"}`, async () => {
    if (filter !== undefined && text !== undefined) {
      const { out } = await withCodes(["validate", "--filter", filter, "-"], text);
      assert.ok(out.includes(`[${code}]`), out.slice(0, 1000));
      assert.equal(shown, "");
    } else if (shown === "") assert.ok(WITHOUT_EXAMPLE.includes(code), "it has no example");
    else {
      const own = page(code);
      const [file = "", mended] = own.files;
      assert.equal(await printed(own, file), shown);
      assert.ok(shown.includes(`[${code}]\n`), shown);
      if (mended !== undefined) assert.doesNotMatch(await printed(own, mended), /\[SBX\d+\]/);
    }
  });
}
