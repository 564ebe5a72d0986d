import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../../tools/project.ts";
import { BACKEND, fetchOnce, freePort, until } from "../support/envoy/index.ts";
import { compose } from "../support/envoy/compose.ts";
import { sending } from "./reviews.ts";

const skip = BACKEND === "docker" ? false : "containers only";

test("docker compose brings up what make run does, edits included", { skip, timeout: 180_000 }, async (t) => {
  const port = await freePort();
  const folder = mkdtempSync(join(PROJECT, "build/compose-"));
  const edited = join(folder, "edited.yaml");
  writeFileSync(edited, steered("jason"));
  const variables = { PORT: `${port}`, CONFIG: relative(PROJECT, edited) };
  const run = (...command: string[]): string => compose("envoy/docker-compose.yml", variables, command);
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
