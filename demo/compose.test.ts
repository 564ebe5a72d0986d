/** The demonstration in containers: what its file says is what make demo does, and the story is told there too. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { parse } from "yaml";
import { compose } from "../test/support/envoy/compose.ts";
import { BACKEND, fetchOnce, freePort } from "../test/support/envoy/index.ts";
import { PROJECT } from "../tools/project.ts";
import { SERVICE_NAMES, SPANS_OF_A_REQUEST } from "./bookinfo.ts";
import { ENVOY_OPTIONS } from "./envoys/state.ts";
import { GATEWAY } from "./mesh.ts";
import { REQUESTS } from "./story/story.ts";

const FILE = "envoy/demo/docker-compose.yml";

interface Container {
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly network_mode?: string;
}

test("each service has an Envoy in its network, which starts as make demo starts it", () => {
  const text = readFileSync(join(PROJECT, FILE), "utf8");
  const { services } = parse(text, { merge: true }) as { services: Record<string, Container> };
  for (const name of [...SERVICE_NAMES, GATEWAY]) {
    const envoy = services[name === GATEWAY ? name : `${name}-envoy`];
    assert.deepEqual(envoy?.entrypoint, ["/usr/local/bin/envoy", ...ENVOY_OPTIONS]);
    assert.deepEqual(envoy?.command, ["--config-path", `/state/${name}/bootstrap.json`]);
    assert.equal(envoy?.network_mode, name === GATEWAY ? undefined : `service:${name}`);
  }
});

const skip = BACKEND === "docker" ? false : "containers only";
const MAX_MS = 150_000;
const INTERVAL_MS = 500;

test("docker compose tells the story that make demo tells", { skip, timeout: 240_000 }, async (t) => {
  const [PORT, PAGE_PORT, TRACES_PORT] = await Promise.all([freePort(), freePort(), freePort()]);
  const variables = { PORT: `${PORT}`, PAGE_PORT: `${PAGE_PORT}`, TRACES_PORT: `${TRACES_PORT}` };
  const run = (...command: string[]): string => compose(FILE, variables, command);
  t.after(() => run("down", "--volumes", "--timeout", "1"));
  run("up", "--detach");

  const limit = Date.now() + MAX_MS;
  let told = "";
  while (!told.includes("Ctrl-C ends everything")) {
    assert.ok(Date.now() < limit, `the story is not told to its end: ${run("logs", "--no-color")}`);
    await pause(INTERVAL_MS);
    told = run("logs", "--no-color", "story");
  }
  const spans = REQUESTS * SPANS_OF_A_REQUEST;
  assert.match(told, /drops-context productpage\.default: .* \(48 of 48, certain\)/);
  assert.match(told, /drops-context reviews\.default: .* \(24 of 24, certain\)/);
  assert.match(told, new RegExp(`${4 * REQUESTS} traces of ${spans} spans examined: 2 faults, `));
  assert.match(told, new RegExp(`${REQUESTS} traces of ${spans} spans examined: 0 faults, `));
  assert.match(told, /closed the circuit/);
  assert.match(told, /x-fault-injected: jason-has-no-ratings/);
  const { status, body } = await fetchOnce(PORT, { path: "/productpage" });
  assert.deepEqual([status, (JSON.parse(body) as { service: string }).service], [200, "productpage"]);
  assert.match((await fetchOnce(PAGE_PORT, { path: "/" })).body, /<svg[\s\S]*ratings\.default/);
});
