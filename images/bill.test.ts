import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { moduleNames } from "../tools/project.ts";
import { billOf, compiledIn, importedPackages } from "./bill.ts";
import { aboutFilter, moduleOf } from "./project-images.ts";
import { output, programMissing } from "./test/program.ts";
import { temporaryFolder } from "./test/temporary.ts";

const ABOUT = { filter: "authz", version: "1.2.3", license: "Apache-2.0" };

test("what a source imports by a package's name is found, and nothing else", () => {
  const source = `
import { a } from "@solo-io/proxy-runtime/assembly/imports";
import { b } from "./b";
import {
  c,
} from "left-pad/deep/path";
export { d } from "plain";
// import { e } from "commented"
const text = 'from "nowhere"';
`;
  assert.deepEqual(importedPackages(source), ["@solo-io/proxy-runtime", "left-pad", "plain"]);
});

test("the host calls' declarations and the standard library are compiled into every filter", () => {
  for (const filter of moduleNames()) {
    const names = compiledIn(filter).map(([name]) => name);
    assert.deepEqual(names, ["@solo-io/proxy-runtime", "assemblyscript"], filter);
  }
});

test("a package is named with its version, purl, licence and checksum", () => {
  const locked = { version: "1.0.0", license: " MIT", integrity: "sha512-AQL/", dependencies: {} };
  const { packages, relationships } = billOf(Buffer.from("abc"), ABOUT, [["@scope/name", locked]]) as {
    packages: Record<string, unknown>[];
    relationships: object[];
  };
  // SHA-256 of "abc" is FIPS 180-2's first example.
  const module = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  assert.deepEqual(packages[0]?.checksums, [{ algorithm: "SHA256", checksumValue: module }]);
  assert.equal(packages[1]?.licenseDeclared, "MIT");
  assert.deepEqual(packages[1]?.checksums, [{ algorithm: "SHA512", checksumValue: "0102ff" }]);
  assert.deepEqual(packages[1]?.externalRefs, [
    { referenceCategory: "PACKAGE-MANAGER", referenceType: "purl", referenceLocator: "pkg:npm/%40scope/name@1.0.0" },
  ]);
  assert.deepEqual(relationships[1], {
    spdxElementId: "SPDXRef-filter",
    relationshipType: "STATIC_LINK",
    relatedSpdxElement: packages[1]?.SPDXID,
  });
});

test("every bill is valid SPDX 2.3", (t) => {
  const missing = programMissing("pyspdxtools", "--help");
  if (missing !== undefined) return t.skip(`${missing} (PyPI's spdx-tools)`);
  for (const filter of moduleNames()) {
    const file = join(temporaryFolder(t), `${filter}.spdx.json`);
    writeFileSync(file, JSON.stringify(billOf(moduleOf(filter), aboutFilter(filter).about)));
    output("pyspdxtools", ["--infile", file]);
  }
});
