import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../../tools/project.ts";
import { BACKEND, fetchOnce, until, type Answer, type HeaderLine } from "./harness/index.ts";

const skip = BACKEND === "docker" ? false : "containers only";

test("docker compose brings up what make run does", { skip, timeout: 180_000 }, async (t) => {
  const port = await freePort();
  t.after(() => compose(port, "down", "--volumes", "--timeout", "3"));
  compose(port, "up", "--detach");

  const others = await until("an answer through the containers", async () => reviews(port));
  const jason = await until("an answer for jason", async () => reviews(port, [["end-user", "jason"]]));

  assert.equal(JSON.parse(others.body).reviews, "v1");
  assert.equal(JSON.parse(jason.body).reviews, "v2");
});

/** The answer, or undefined while the containers are still starting. */
async function reviews(port: number, headers: HeaderLine[] = []): Promise<Answer | undefined> {
  try {
    const answer = await fetchOnce(port, { path: "/reviews", headers });
    return answer.status === 200 ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** Runs compose v2 where docker has it, else docker-compose, on a project of this test's own. */
function compose(port: number, ...command: string[]): void {
  const hasPlugin = spawnSync("docker", ["compose", "version"], { stdio: "ignore" }).status === 0;
  const [program, ...first] = hasPlugin ? ["docker", "compose"] : ["docker-compose"];
  const project = [
    "--project-name",
    `signalbox-test-${process.pid}`,
    "--file",
    join(PROJECT, "envoy/docker-compose.yml"),
  ];
  const env = { ...process.env, PORT: `${port}` };
  execFileSync(program ?? "", [...first, ...project, ...command], { env, stdio: ["ignore", "ignore", "pipe"] });
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
