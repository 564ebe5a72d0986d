import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { containerImage } from "../../../envoy/image.ts";
import { envoyBinary } from "../../../tools/envoy-binary.ts";
import { PROJECT } from "../../../tools/project.ts";

/** Where Envoy runs: `ENVOY_BACKEND` says `process` (also where it says nothing) or `docker`. */
export const BACKEND = backend();

/** How long Envoy is given to end by itself before it is made to. */
const GRACE_MS = 10_000;

/** An Envoy that was started, and everything that it printed. */
export interface Running {
  /** Standard output and error so far. */
  output(): string;
  /** Whether it has ended. */
  ended(): boolean;
  /** Ends it and waits until it is gone. */
  stop(): Promise<void>;
}

/** Starts Envoy with these arguments in `folder`, which it sees under the same path in a container too. */
export function startEnvoy(args: readonly string[], folder: string): Running {
  return BACKEND === "docker" ? startContainer(args, folder) : startProcess(args, folder);
}

function backend(): "process" | "docker" {
  const named = process.env.ENVOY_BACKEND || "process";
  if (named !== "process" && named !== "docker") throw new Error(`ENVOY_BACKEND is ${named}: process or docker`);
  return named;
}

function startProcess(args: readonly string[], folder: string): Running {
  const child = spawn(envoyBinary(), args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  return supervise(child, () => child.kill("SIGKILL"));
}

function startContainer(args: readonly string[], folder: string): Running {
  const name = `signalbox-test-${randomUUID()}`;
  const mounts = ["--volume", `${folder}:${folder}`, "--volume", `${PROJECT}:${PROJECT}:ro`];
  const place = ["--network", "host", "--workdir", folder, "--user", `${process.getuid?.()}:${process.getgid?.()}`];
  const image = ["--entrypoint", "/usr/local/bin/envoy", containerImage()];
  const command = ["run", "--rm", "--name", name, ...place, ...mounts, ...image, ...args];
  const child = spawn("docker", command, { stdio: ["ignore", "pipe", "pipe"] });
  return supervise(child, () => {
    spawnSync("docker", ["rm", "--force", name], { stdio: "ignore" });
    child.kill("SIGKILL");
  });
}

/** @param kill ends it at once, whatever it does, without waiting */
function supervise(child: ChildProcess, kill: () => void): Running {
  const printed: Buffer[] = [];
  child.stdout?.on("data", (bytes: Buffer) => printed.push(bytes));
  child.stderr?.on("data", (bytes: Buffer) => printed.push(bytes));
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let ended = false;
  child.once("error", (error) => printed.push(Buffer.from(String(error))));
  child.once("close", () => (ended = true));
  const atExit = (): void => void (ended || kill());
  process.once("exit", atExit);
  return {
    output: () => Buffer.concat(printed).toString("utf8"),
    ended: () => ended,
    stop: async () => {
      if (!ended) child.kill("SIGTERM");
      const timer = setTimeout(kill, GRACE_MS);
      await closed;
      clearTimeout(timer);
      process.removeListener("exit", atExit);
    },
  };
}
