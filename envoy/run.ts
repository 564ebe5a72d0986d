/**
 * `make run`: two upstreams (reviews v1 and v2), and a real Envoy in front of them in which header-routing decides.
 *
 * Prints what to try, a line for each request, and what became of each edit of `envoy/header-routing.yaml`. Ends with
 * Ctrl-C (or SIGTERM), and leaves nothing behind. `PORT` and `ADMIN_PORT` pick other ports of 127.0.0.1, `CONFIG` another
 * file to edit.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Missing, envoyBinary, runMain, versionOf } from "../tools/envoy-binary.ts";
import { Admin } from "./admin.ts";
import { EDITED, FILTER, handOver, readEdited, watchEdited, writeBootstrap } from "./configuration.ts";
import { until } from "./deadline.ts";
import { isAccepted, refusals } from "./discovery.ts";
import { LOG_FORMAT, readLog, saidByFilter } from "./log.ts";
import { portOf, startReviews } from "./reviews.ts";

const ADDRESS = "127.0.0.1";

/** The demonstration, from its start to its end. */
class Demonstration {
  private readonly state = mkdtempSync(join(tmpdir(), "signalbox-run-"));
  private readonly stops: (() => void)[] = [];
  private envoy: ChildProcess | undefined;
  /** Envoy's log since the newest configuration was handed over. */
  private log = "";
  /** What the filter said of it and was printed. */
  private told = new Set<string>();
  private undecided = true;
  private version = 0;
  private inForce = false;
  private ending = false;

  constructor(
    private readonly port: number,
    private readonly adminPort: number,
  ) {
    process.once("exit", () => this.clear());
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => this.end());
  }

  /** Starts everything; where that fails nothing is left. Throws `Missing` for what the machine lacks. */
  async start(): Promise<void> {
    try {
      await this.startAll();
    } catch (error) {
      this.end();
      throw error;
    }
  }

  private async startAll(): Promise<void> {
    const binary = envoyBinary();
    await mustBeFree(this.port, "PORT");
    await mustBeFree(this.adminPort, "ADMIN_PORT");
    const places: Record<string, string> = { ADDRESS, PORT: `${this.port}`, ADMIN_PORT: `${this.adminPort}` };
    for (const version of ["v1", "v2"]) {
      const server = await startReviews(version, ADDRESS, 0);
      this.stops.push(() => {
        server.close();
        server.closeAllConnections();
      });
      places[`REVIEWS_${version.toUpperCase()}_HOST`] = ADDRESS;
      places[`REVIEWS_${version.toUpperCase()}_PORT`] = `${portOf(server)}`;
    }
    handOver(this.state, `${++this.version}`, firstConfiguration());
    this.startEnvoy(binary, writeBootstrap(this.state, places));
    const admin = new Admin(`${ADDRESS}:${this.adminPort}`);
    await until("Envoy to be ready", async () => this.ending || (await admin.isLive()));
    if (this.ending) return;
    await this.decide(admin, 0);
    console.log(welcome(versionOf(binary), this.port, this.adminPort));
    let edits = Promise.resolve();
    this.stops.push(watchEdited(() => (edits = edits.then(() => this.load(admin)))));
  }

  private startEnvoy(binary: string, bootstrap: string): void {
    const levels = ["--log-level", "error", "--component-log-level", "wasm:warning,config:warning"];
    const options = ["--config-path", bootstrap, "--log-format", LOG_FORMAT, "--disable-hot-restart"];
    const others = ["--concurrency", "2", "--file-flush-interval-msec", "50"];
    this.envoy = spawn(binary, [...options, ...others, ...levels], { stdio: ["ignore", "inherit", "pipe"] });
    this.envoy.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.log += text;
      if (!this.undecided) this.tellNews();
    });
    this.envoy.once("close", () => {
      if (!this.ending) {
        const messages = readLog(this.log).map(({ message }) => message);
        console.error(["Envoy ended by itself.", ...messages].join("\n"));
        process.exitCode = 1;
      }
      this.envoy = undefined;
      this.end();
    });
  }

  /** Hands an edited file over, and says what became of it. */
  private async load(admin: Admin): Promise<void> {
    if (this.ending) return;
    try {
      const configuration = readEdited();
      const before = await refusals(admin, FILTER);
      this.log = "";
      this.told.clear();
      this.undecided = true;
      handOver(this.state, `${++this.version}`, configuration);
      await this.decide(admin, before);
    } catch (error) {
      if (!this.ending) console.log(`${EDITED} was not loaded: ${(error as Error).message}`);
    }
  }

  /** Says what became of the newest configuration, and what the filter says of it. */
  private async decide(admin: Admin, refusedBefore: number): Promise<void> {
    const accepted = await isAccepted(admin, FILTER, `${this.version}`, refusedBefore);
    // Envoy logs this last, so the filter's reasons are there when this is.
    if (!accepted) await until("Envoy's log", () => this.log.includes("Filesystem config update rejected"));
    const kept = this.inForce ? "the configuration before it stays in force" : "no configuration is in force yet";
    this.inForce ||= accepted;
    this.undecided = false;
    console.log(accepted ? `${EDITED} is loaded.` : `${EDITED} is refused; ${kept}:`);
    this.tellNews();
  }

  private tellNews(): void {
    const complete = this.log.slice(0, this.log.lastIndexOf("\n"));
    for (const message of saidByFilter(complete).filter((one) => !this.told.has(one))) {
      this.told.add(message);
      console.log(message.replace(/^/gm, "  "));
    }
  }

  /** Ends Envoy first; what it leaves is ended when it is gone. */
  private end(): void {
    this.ending = true;
    if (this.envoy !== undefined) this.envoy.kill("SIGTERM");
    else for (const stop of this.stops.splice(0)) stop();
  }

  private clear(): void {
    this.envoy?.kill("SIGKILL");
    rmSync(this.state, { recursive: true, force: true });
  }
}

function firstConfiguration(): ReturnType<typeof readEdited> {
  try {
    return readEdited();
  } catch (error) {
    throw new Missing(`${EDITED} cannot be loaded: ${(error as Error).message}`);
  }
}

/** Throws `Missing` where something listens on the port: Envoy itself would share it with another Envoy. */
async function mustBeFree(port: number, variable: string): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? "is taken" : `cannot be used (${error.code})`;
      reject(new Missing(`Port ${port} of ${ADDRESS} ${reason}: ${variable}=${port + 100} make run uses another.`));
    });
    probe.listen(port, ADDRESS, () => probe.close(() => resolve()));
  });
}

function welcome(version: string, port: number, adminPort: number): string {
  const url = `http://${ADDRESS}:${port}/reviews`;
  return `
Envoy ${version} answers on http://${ADDRESS}:${port} (its admin page: http://${ADDRESS}:${adminPort}). Try:

  curl ${url}
  curl -H 'end-user: jason' ${url}

Edit ${EDITED} and save it: it is loaded without a restart. Ctrl-C ends everything.
`;
}

await runMain(async () => {
  const { PORT = "10000", ADMIN_PORT = "10001" } = process.env;
  await new Demonstration(Number(PORT), Number(ADMIN_PORT)).start();
});
