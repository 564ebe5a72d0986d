/**
 * `make run`: two upstreams (reviews v1 and v2), and a real Envoy in front of them in which a filter decides, header-routing
 * or the one that `FILTER` names.
 *
 * Prints what to try, a line for each request, and what became of each edit of `envoy/<filter>.yaml`. Ends with Ctrl-C (or
 * SIGTERM), and leaves nothing behind. `PORT` and `ADMIN_PORT` pick other ports of 127.0.0.1, `CONFIG` another file to edit.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Missing, envoyBinary, runMain, versionOf } from "../tools/envoy-binary.ts";
import { Admin } from "./admin.ts";
import { Edited, writeBootstrap } from "./configuration.ts";
import { until } from "./deadline.ts";
import type { Demonstration } from "./demonstration.ts";
import { isAccepted, refusals } from "./discovery.ts";
import { demonstration } from "./filters.ts";
import type { JsonObject } from "./json.ts";
import { LOG_FORMAT, readLog, saidByFilter, takeRequests } from "./log.ts";
import { portOf, startReviews } from "./reviews.ts";

const ADDRESS = "127.0.0.1";

/** A run of the demonstration, from its start to its end. */
class Run {
  private readonly state = mkdtempSync(join(tmpdir(), "signalbox-run-"));
  private readonly stops: (() => void)[] = [];
  private readonly edited: Edited;
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
    private readonly shown: Demonstration,
    private readonly port: number,
    private readonly adminPort: number,
  ) {
    this.edited = new Edited(shown.filter);
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
    this.edited.handOver(this.state, `${++this.version}`, this.firstConfiguration());
    this.startEnvoy(binary, writeBootstrap(this.state, this.shown, places));
    const admin = new Admin(`${ADDRESS}:${this.adminPort}`);
    await until("Envoy to be ready", async () => this.ending || (await admin.isLive()));
    if (this.ending) return;
    await this.decide(admin, 0);
    console.log(this.welcome(versionOf(binary)));
    let edits = Promise.resolve();
    this.stops.push(this.edited.watch(() => (edits = edits.then(() => this.load(admin)))));
  }

  private startEnvoy(binary: string, bootstrap: string): void {
    const levels = ["--log-level", "error", "--component-log-level", "wasm:info,config:warning"];
    const options = ["--config-path", bootstrap, "--log-format", LOG_FORMAT, "--disable-hot-restart"];
    const others = ["--concurrency", "2", "--file-flush-interval-msec", "50"];
    this.envoy = spawn(binary, [...options, ...others, ...levels], { stdio: ["ignore", "inherit", "pipe"] });
    this.envoy.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.log += text;
      this.tellRequests();
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
      const configuration = this.edited.read();
      const before = await refusals(admin, this.shown.filter);
      this.log = "";
      this.told.clear();
      this.undecided = true;
      this.edited.handOver(this.state, `${++this.version}`, configuration);
      await this.decide(admin, before);
    } catch (error) {
      if (!this.ending) console.log(`${this.edited.name} was not loaded: ${(error as Error).message}`);
    }
  }

  /** Says what became of the newest configuration, and what the filter says of it. */
  private async decide(admin: Admin, refusedBefore: number): Promise<void> {
    const accepted = await isAccepted(admin, this.shown.filter, `${this.version}`, refusedBefore);
    // Envoy logs this last, so the filter's reasons are there when this is.
    if (!accepted) await until("Envoy's log", () => this.log.includes("Filesystem config update rejected"));
    const kept = this.inForce ? "the configuration before it stays in force" : "no configuration is in force yet";
    this.inForce ||= accepted;
    this.undecided = false;
    console.log(accepted ? `${this.edited.name} is loaded.` : `${this.edited.name} is refused; ${kept}:`);
    this.tellNews();
  }

  private tellRequests(): void {
    const { lines, rest } = takeRequests(this.log, this.shown.shown);
    this.log = rest;
    for (const line of lines) console.log(line);
  }

  private tellNews(): void {
    const complete = this.log.slice(0, this.log.lastIndexOf("\n"));
    for (const message of saidByFilter(complete).filter((one) => !this.told.has(one))) {
      this.told.add(message);
      console.log(message.replace(/^/gm, "  "));
    }
  }

  private firstConfiguration(): JsonObject {
    try {
      return this.edited.read();
    } catch (error) {
      throw new Missing(`${this.edited.name} cannot be loaded: ${(error as Error).message}`);
    }
  }

  private welcome(version: string): string {
    const url = `http://${ADDRESS}:${this.port}`;
    return `
Envoy ${version} answers on ${url} (its admin page: http://${ADDRESS}:${this.adminPort}). Try:

${this.shown
  .commands(url)
  .map((command) => `  ${command}`)
  .join("\n")}

Edit ${this.edited.name} and save it: it is loaded without a restart. Ctrl-C ends everything.
`;
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

await runMain(async () => {
  const { PORT = "10000", ADMIN_PORT = "10001" } = process.env;
  await new Run(demonstration(), Number(PORT), Number(ADMIN_PORT)).start();
});
