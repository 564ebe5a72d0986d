/**
 * Runs the tests in the folders named as arguments with Envoy in a container. Where no Docker engine answers it says so and passes, unless
 * `DOCKER_REQUIRED=1` (as in `.ci/run`) makes that a failure.
 */
import { spawnSync } from "node:child_process";
import { buildImages, dockerMissing } from "../envoy/image.ts";
import { PROJECT } from "./project.ts";

const missing = dockerMissing();
if (missing !== undefined) {
  console.log(`The tests of Envoy in a container were left out: ${missing}.`);
  process.exitCode = process.env.DOCKER_REQUIRED === "1" ? 1 : 0;
} else {
  const { envoy, node } = buildImages();
  const env = { ENVOY_IMAGE: envoy, NODE_IMAGE: node, ...process.env, ENVOY_BACKEND: "docker" };
  const tests = ["--import", "tsx", "tools/run-tests.ts", ...process.argv.slice(2)];
  const { status } = spawnSync(process.execPath, tests, { cwd: PROJECT, env, stdio: "inherit" });
  process.exitCode = status ?? 1;
}
