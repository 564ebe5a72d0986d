import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { lastCommitOf } from "./commit.ts";
import { temporaryFolder } from "./test/temporary.ts";

const SECOND = 1_700_000_000; // 2023-11-14T22:13:20Z

/** A repository in which a commit is one file, dated one second after the commit before it. */
class Repository {
  #commits = 0;

  constructor(readonly folder: string) {
    this.git("init", "--quiet");
  }

  git(...words: string[]): string {
    const date = `${SECOND + this.#commits} +0200`;
    const env = { ...process.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
    const who = ["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false"];
    return execFileSync("git", ["-C", this.folder, ...who, ...words], { env, encoding: "utf8" }).trim();
  }

  write(file: string, text: string): void {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    writeFileSync(join(this.folder, file), text);
  }

  commit(file: string): string {
    this.write(file, `${this.#commits}`);
    this.git("add", ".");
    this.git("commit", "--quiet", "--message", file);
    this.#commits++;
    return this.git("rev-parse", "HEAD");
  }
}

/** The revision of filter `a`, which must be known. */
function revision(repository: Repository): string {
  const commit = lastCommitOf("a", repository.folder, ["filters/a"]);
  assert.ok(typeof commit !== "string", `no commit: ${String(commit)}`);
  return commit.revision;
}

test("the revision is of the last commit that changed what the image is made of", (t) => {
  const repository = new Repository(temporaryFolder(t));
  const first = repository.commit("filters/a/filter.ts");
  assert.deepEqual(lastCommitOf("a", repository.folder, ["filters/a"]), {
    revision: first,
    date: "2023-11-14T22:13:20Z",
  });
  const other = [
    "README.md",
    "manifests/a/wasmplugin.yaml",
    "filters/b/filter.ts",
    "filters/a/README.md",
    "filters/a/decide.spec.ts",
    "filters/a/decide.test.ts",
    "filters/a/test/module/compiled.ts",
    "filters/a/test/spec/plans.ts",
    "assembly/test/bytes.ts",
    "images/image.test.ts",
    "images/test/sample.ts",
    "images/registry/client.ts",
  ];
  for (const file of other) {
    repository.commit(file);
    assert.equal(revision(repository), first, file);
  }
  for (const file of [
    "filters/a/decide.ts",
    "modules/a.ts",
    "assembly/text/text.ts",
    "package-lock.json",
    "images/image.ts",
  ]) {
    const id = repository.commit(file);
    assert.equal(revision(repository), id, file);
  }
});

test("a change that is not committed shows in the revision, where it is of the image", (t) => {
  const repository = new Repository(temporaryFolder(t));
  const first = repository.commit("filters/a/filter.ts");
  repository.write("README.md", "changed");
  assert.equal(revision(repository), first);
  repository.write("filters/a/new.ts", "new");
  assert.equal(revision(repository), `${first}-dirty`);
});

test("no revision is made up", (t) => {
  const folder = temporaryFolder(t);
  assert.equal(lastCommitOf("a", folder, ["filters/a"]), "this is no git repository");
  const origin = join(folder, "origin");
  mkdirSync(origin);
  const repository = new Repository(origin);
  repository.commit("filters/a/filter.ts");
  repository.commit("README.md");
  const clone = join(folder, "clone");
  execFileSync("git", ["clone", "--quiet", "--depth=1", `file://${repository.folder}`, clone]);
  assert.equal(lastCommitOf("a", clone, ["filters/a"]), "this clone is too shallow");
});
