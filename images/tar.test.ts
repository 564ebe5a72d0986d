import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { tar } from "./tar.ts";
import { temporaryFolder } from "./test/temporary.ts";

const FILES = [
  { name: "plugin.wasm", bytes: Buffer.alloc(1000, "a") },
  { name: `blobs/${"b".repeat(94)}`, bytes: Buffer.alloc(512, "b") },
  { name: "empty", bytes: Buffer.alloc(0) },
];

test("the system's tar lists and unpacks an archive", (t) => {
  const folder = temporaryFolder(t);
  const archive = join(folder, "archive.tar");
  writeFileSync(archive, tar(FILES));
  const listed = execFileSync("tar", ["--utc", "--numeric-owner", "--full-time", "-tvf", archive], {
    encoding: "utf8",
  });
  const line = (size: number, name: string) => `-rw-r--r-- 0/0 ${size} 1970-01-01 00:00:00 ${name}`;
  assert.deepEqual(
    listed
      .trim()
      .split("\n")
      .map((one) => one.replace(/ +/g, " ")),
    [line(1000, "plugin.wasm"), line(512, `blobs/${"b".repeat(94)}`), line(0, "empty")],
  );
  execFileSync("tar", ["-xf", archive, "-C", folder]);
  for (const { name, bytes } of FILES) assert.deepEqual(readFileSync(join(folder, name)), bytes);
});

test("an archive is whole blocks, and ends in two that are empty", () => {
  const archive = tar(FILES);
  // Three headers, 1000 bytes in two blocks, 512 in one, and the end.
  assert.equal(archive.length, 512 * (3 + 2 + 1 + 2));
  assert.ok(archive.subarray(-1024).every((byte) => byte === 0));
});

test("a name that the header has no room for is refused", () => {
  assert.throws(() => tar([{ name: "é".repeat(51), bytes: Buffer.alloc(0) }]), /too long for a tar header/);
});
