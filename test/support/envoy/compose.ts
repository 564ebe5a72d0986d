import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { PROJECT } from "../../../tools/project.ts";

/** docker compose v2 where docker has it, else docker-compose; `undefined` if there is neither. */
function composeCommand(): string[] | undefined {
  const answers = (program: string, ...words: string[]): boolean =>
    spawnSync(program, [...words, "version"], { stdio: "ignore" }).status === 0;
  if (answers("docker", "compose")) return ["docker", "compose"];
  return answers("docker-compose") ? ["docker-compose"] : undefined;
}

/**
 * Runs compose on a project of this test's own, and gives what it prints. Throws if it fails.
 *
 * @param file of the services, relative to the project
 * @param variables beside the environment
 */
export function compose(file: string, variables: NodeJS.ProcessEnv, command: readonly string[]): string {
  const [program = "docker-compose", ...first] = composeCommand() ?? [];
  const project = ["--project-name", `signalbox-test-${process.pid}`, "--file", join(PROJECT, file)];
  const env = { ...process.env, ...variables };
  return execFileSync(program, [...first, ...project, ...command], {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}
