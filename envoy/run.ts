/**
 * `make run`: two upstreams (reviews v1 and v2), and a real Envoy in front of them in which all filters decide, in the
 * module signalbox, or the one that `FILTER` names.
 *
 * Prints what to try, a line for each request, and what became of each edit of `envoy/<filter>.yaml`. Ends with Ctrl-C (or
 * SIGTERM), and leaves nothing behind. `PORT` and `ADMIN_PORT` pick ports of 127.0.0.1, `CONFIG` another file to edit.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Missing, envoyBinary, runMain, versionOf } from "../tools/envoy-binary.ts";
import { Admin } from "./admin.ts";
import { Edited, writeBootstrap } from "./configuration.ts";
import { until } from "./deadline.ts";
import type { Demonstration } from "./demonstration.ts";
import { isAccepted, refusals } from "./discovery.ts";
import { demonstration } from "./filters.ts";
import { LOG_FORMAT, readLog, saidByFilter, takeRequests } from "./log.ts";
import { ADDRESS, choosePorts, type Ports } from "./ports.ts";
import { sayIfSlow } from "./progress.ts";
import { Reader } from "./reader.ts";
import { portOf, startReviews } from "./reviews.ts";

/** A run of the demonstration, from its start to its end. */
class Run {
  private readonly state = mkdtempSync(join(tmpdir(), "signalbox-run-"));
  private readonly stops: (() => void)[] = [];
  private readonly edited: Edited;
  private readonly reader = new Reader();
  private envoy: ChildProcess | undefined;
  /** Envoy's log since the newest configuration was handed over. */
  private log = "";
  /** What the filter said of it and was printed. */
  private told = new Set<string>();
  private undecided = true;
  private version = 0;
  private inForce = false;
  /** The newest configuration, while it is one that was refused. */
  private refused: string | undefined;
  private ending = false;

  constructor(
    private readonly shown: Demonstration,
    private readonly ports: Ports,
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
    const version = versionOf(binary);
    const { port, adminPort } = this.ports;
    const places: Record<string, string> = { ADDRESS, PORT: `${port}`, ADMIN_PORT: `${adminPort}` };
    for (const reviews of ["v1", "v2"]) {
      const server = await startReviews(reviews, ADDRESS, 0);
      this.stops.push(() => {
        server.close();
        server.closeAllConnections();
      });
      places[`REVIEWS_${reviews.toUpperCase()}_HOST`] = ADDRESS;
      places[`REVIEWS_${reviews.toUpperCase()}_PORT`] = `${portOf(server)}`;
    }
    const json = await this.read();
    if (json === undefined) throw new Missing(`${this.edited.file} must be mended first.`);
    this.edited.handOver(this.state, `${++this.version}`, json);
    this.startEnvoy(binary, writeBootstrap(this.state, this.shown, places));
    const admin = new Admin(`${ADDRESS}:${adminPort}`);
    await sayIfSlow(
      "Envoy starts",
      until("Envoy to be ready", async () => this.ending || (await admin.isLive())),
    );
    if (this.ending) return;
    await this.decide(admin, 0, json);
    console.log(this.welcome(version));
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
      if (!this.undecided) void this.tellNews();
    });
    this.envoy.once("close", (status, signal) => {
      if (!this.ending) {
        const messages = readLog(this.log).map(({ message }) => message);
        console.error([`Envoy stopped (${signal ?? `exit status ${status}`}).`, ...messages].join("\n"));
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
      const json = await this.read();
      if (json === undefined || this.ending) return;
      if (json === this.refused) {
        // Envoy acknowledges a text that it has just refused, and does not ask the filter again.
        console.log(`${this.edited.file} is still refused: its configuration has not changed:`);
        this.told.clear();
        return await this.tellNews();
      }
      const before = await refusals(admin, this.shown.filter);
      this.log = "";
      this.told.clear();
      this.undecided = true;
      this.edited.handOver(this.state, `${++this.version}`, json);
      await this.decide(admin, before, json);
    } catch (error) {
      if (!this.ending) console.log(`${this.edited.file} was not loaded: ${(error as Error).message}`);
    }
  }

  /** The edited file as JSON. If it holds no pluginConfig, says why, and gives undefined. */
  private async read(): Promise<string | undefined> {
    const { file } = this.edited;
    const answer = await sayIfSlow(`${file} is being read`, this.reader.read(file));
    if ("json" in answer) return answer.json;
    console.log([`${file} was not loaded:`, ...answer.problems].join("\n  "));
    return undefined;
  }

  /** Says what became of the newest configuration, and what the filter says of it. */
  private async decide(admin: Admin, refusedBefore: number, json: string): Promise<void> {
    const { file } = this.edited;
    const decision = isAccepted(admin, this.shown.filter, `${this.version}`, refusedBefore);
    const accepted = await sayIfSlow(`Envoy reads ${file}`, decision);
    // Envoy logs this last, so the filter's reasons are there when this is.
    if (!accepted) await until("Envoy's log", () => this.log.includes("Filesystem config update rejected"));
    const kept = this.inForce ? "the earlier configuration stays in force" : "no configuration is in force yet";
    this.inForce ||= accepted;
    this.refused = accepted ? undefined : json;
    this.undecided = false;
    console.log(accepted ? `${file} is loaded.` : `${file} is refused; ${kept}:`);
    await this.tellNews();
  }

  private tellRequests(): void {
    const { lines, rest } = takeRequests(this.log, this.shown.shown);
    this.log = rest;
    for (const line of lines) console.log(line);
  }

  /** Prints what the filter says that has not been printed, with its place in the file. */
  private async tellNews(): Promise<void> {
    const complete = this.log.slice(0, this.log.lastIndexOf("\n"));
    const news = saidByFilter(complete).filter((one) => !this.told.has(one));
    if (news.length === 0) return;
    for (const message of news) this.told.add(message);
    for (const message of await this.reader.located(news)) console.log(message.replace(/^/gm, "  "));
  }

  private welcome(version: string): string {
    const url = `http://${ADDRESS}:${this.ports.port}`;
    return `
Envoy ${version} answers on  ${url}
Its admin page is      http://${ADDRESS}:${this.ports.adminPort}
Try:

${this.shown
  .commands(url)
  .map((command) => `  ${command}`)
  .join("\n")}

Edit ${this.edited.file} and save it:
it is loaded without a restart. Ctrl-C ends everything.
`;
  }

  /** Ends Envoy first; what it leaves is ended when it is gone. */
  private end(): void {
    this.ending = true;
    if (this.envoy !== undefined) this.envoy.kill("SIGTERM");
    else {
      this.reader.close();
      for (const stop of this.stops.splice(0)) stop();
    }
  }

  private clear(): void {
    this.envoy?.kill("SIGKILL");
    rmSync(this.state, { recursive: true, force: true });
  }
}

await runMain(async () => {
  await new Run(demonstration(), await choosePorts(process.env, (line) => console.log(line))).start();
});
