import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../../tools/project.ts";
import { BACKEND, fetchOnce, freePort, until } from "../support/envoy/index.ts";
import { sending } from "./reviews.ts";

const skip = BACKEND === "docker" ? false : "containers only";

test("docker compose brings up what make run does, edits included", { skip, timeout: 180_000 }, async (t) => {
  const port = await freePort();
  const folder = mkdtempSync(join(PROJECT, "build/compose-"));
  const edited = join(folder, "edited.yaml");
  writeFileSync(edited, steered("jason"));
  const run = (...command: string[]): void => compose({ PORT: `${port}`, CONFIG: relative(PROJECT, edited) }, command);
  t.after(() => {
    run("down", "--volumes", "--timeout", "3");
    rmSync(folder, { recursive: true });
  });
  run("up", "--detach");

  assert.equal(await versionFor(port, "anna"), "v1");
  assert.equal(await versionFor(port, "jason"), "v2");

  writeFileSync(`${edited}.next`, steered("anna"));
  renameSync(`${edited}.next`, edited);
  await until("the edit to be in force", async () => (await versionFor(port, "anna")) === "v2");
  assert.equal(await versionFor(port, "jason"), "v1");
});

/** What `envoy/signalbox.yaml` could be: that user sees v2. */
function steered(user: string): string {
  return JSON.stringify({ headerRouting: sending(user, "v2") });
}

/** Which reviews answer a user, once the containers are there. */
async function versionFor(port: number, user: string): Promise<string> {
  const { body } = await until("an answer through the containers", async () => {
    try {
      const answer = await fetchOnce(port, { path: "/reviews", headers: [["end-user", user]] });
      return answer.status === 200 && answer;
    } catch {
      return undefined;
    }
  });
  return (JSON.parse(body) as { reviews: string }).reviews;
}

/** Runs compose v2 where docker has it, else docker-compose, on a project of this test's own. */
function compose(variables: NodeJS.ProcessEnv, command: readonly string[]): void {
  const hasPlugin = spawnSync("docker", ["compose", "version"], { stdio: "ignore" }).status === 0;
  const [program, ...first] = hasPlugin ? ["docker", "compose"] : ["docker-compose"];
  const project = [
    "--project-name",
    `signalbox-test-${process.pid}`,
    "--file",
    join(PROJECT, "envoy/docker-compose.yml"),
  ];
  const env = { ...process.env, ...variables };
  execFileSync(program ?? "", [...first, ...project, ...command], { env, stdio: ["ignore", "ignore", "pipe"] });
}
