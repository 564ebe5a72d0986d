import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Admin } from "../../../envoy/admin.ts";
import { until } from "../../../envoy/deadline.ts";
import { isAccepted, refusals, writeDiscovery, type WasmFilter } from "../../../envoy/discovery.ts";
import { startEnvoy, type Running } from "./backend.ts";
import { bootstrapJson, type Bootstrap, type Listener } from "./bootstrap.ts";
import { asLogged, discoveryFolder, withPath } from "./filters.ts";
import { LISTENER_DISCOVERY, LISTENERS_REFUSED, LISTENERS_VERSION, writeListeners } from "./listener-discovery.ts";

/** What to start. */
export interface EnvoyOptions extends Bootstrap {
  /** The filters that listeners name by `discovered(name)`, with their first configuration. */
  filters?: Readonly<Record<string, WasmFilter>>;
  /** Listeners beside those of the bootstrap, which `replaceListeners` replaces. */
  discoveredListeners?: readonly Listener[];
  /** How long the connections of a listener that is gone live on, in seconds; 600 where not given, as for Envoy. */
  drainSeconds?: number;
  /** Whether it is to go on where one of them refuses its first configuration; then `start` does not throw. */
  mayBeRefused?: boolean;
  /** Workers; two where not given, so that what only works with one shows itself. */
  concurrency?: number;
  /** Log levels by component, such as `wasm:debug,http:debug`, beside `warning` for all. */
  logLevels?: string;
}

/** What became of a pushed configuration. */
export interface Pushed {
  /** Whether it is in force, on every worker; else the one before still is. */
  accepted: boolean;
  /** The log from the push on: where it was refused, the reason in the filter's words is there. */
  log: string;
}

/** Envoy's last word on a configuration from a file that it does not take. */
const REFUSED = "Filesystem config update rejected";

/** A real Envoy, as a process or in a container (`ENVOY_BACKEND`), in a temporary folder of its own. */
export class Envoy {
  private version = 1;

  private constructor(
    readonly admin: Admin,
    private readonly running: Running,
    private readonly folder: string,
    private readonly ports: ReadonlyMap<string, number>,
    private readonly filters: Map<string, WasmFilter>,
  ) {}

  /**
   * Starts it and waits until it takes requests.
   *
   * @throws Error with Envoy's log where it ends instead, or refuses the first configuration of a discovered filter
   */
  static async start(options: EnvoyOptions): Promise<Envoy> {
    const folder = mkdtempSync(join(tmpdir(), "signalbox-envoy-"));
    const filters = new Map(Object.entries(options.filters ?? {}));
    for (const [name, filter] of filters) {
      writeDiscovery(join(folder, discoveryFolder(name)), name, "1", withPath(filter));
    }
    const discovered = options.discoveredListeners;
    if (discovered !== undefined) writeListeners(folder, "1", discovered);
    const bootstrap = { ...(discovered && LISTENER_DISCOVERY), ...options.bootstrap };
    writeFileSync(join(folder, "bootstrap.json"), JSON.stringify(bootstrapJson({ ...options, bootstrap })));
    const running = startEnvoy(argumentsFor(options), folder);
    try {
      const admin = await ready(running, folder);
      if (!options.mayBeRefused && running.output().includes(REFUSED))
        throw new Error("a discovered filter refused its first configuration");
      return new Envoy(admin, running, folder, await admin.ports(), filters);
    } catch (error) {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`${(error as Error).message}\n${asLogged(running.output())}`);
    }
  }

  /** Ends it; its folder goes with it. */
  async stop(): Promise<void> {
    await this.running.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The port of a listener. */
  port(listener: string): number {
    const port = this.ports.get(listener);
    if (port === undefined) throw new Error(`no listener ${listener}; there are ${[...this.ports.keys()].join(", ")}`);
    return port;
  }

  /**
   * Gives a discovered filter another configuration, and waits until Envoy has taken it on every worker or refused it.
   *
   * @throws Error where neither happens in half a minute
   */
  async push(name: string, configuration: WasmFilter["configuration"]): Promise<Pushed> {
    const from = this.log().length;
    const before = await refusals(this.admin, name);
    const version = this.give(name, configuration);
    const accepted = await isAccepted(this.admin, name, version, before);
    if (accepted) await this.admin.workersCaughtUp();
    else await this.logged(REFUSED, from);
    return { accepted, log: this.log().slice(from) };
  }

  /** Gives a discovered filter another configuration, whatever becomes of it, and tells its version. */
  give(name: string, configuration: WasmFilter["configuration"]): string {
    const filter = this.filters.get(name);
    if (filter === undefined) throw new Error(`no filter ${name} was given to Envoy.start`);
    this.version += 1;
    const next = withPath({ ...filter, configuration });
    writeDiscovery(join(this.folder, discoveryFolder(name)), name, `${this.version}`, next);
    return `${this.version}`;
  }

  /**
   * Replaces all discovered listeners, and waits until Envoy has done so on every worker. Connections of those that go live on for a
   * while.
   */
  async replaceListeners(listeners: readonly Listener[]): Promise<void> {
    if (!(await this.offerListeners(listeners))) throw new Error(`Envoy refuses the listeners\n${this.log()}`);
  }

  /** The same, and false if Envoy refuses one of them. */
  async offerListeners(listeners: readonly Listener[]): Promise<boolean> {
    const before = await this.stat(LISTENERS_REFUSED);
    this.version += 1;
    writeListeners(this.folder, `${this.version}`, listeners);
    const wanted = `${this.version}`;
    const outcome = await until("Envoy to take or refuse the listeners", async () => {
      const stats = await this.admin.stats();
      if (stats.get(LISTENERS_VERSION) === wanted) return "accepted";
      return Number(stats.get(LISTENERS_REFUSED) ?? 0) > before && "refused";
    });
    if (outcome === "accepted") await this.admin.workersCaughtUp();
    return outcome === "accepted";
  }

  /** The value of one counter or gauge: 0 where Envoy has not made it yet. */
  async stat(name: string): Promise<number> {
    return Number((await this.admin.stats()).get(name) ?? 0);
  }

  /** Everything that Envoy logged so far. */
  log(): string {
    return asLogged(this.running.output());
  }

  /** Waits until `text` is in the log, after its first `from` characters. */
  async logged(text: string, from = 0): Promise<void> {
    await until(`"${text}" in Envoy's log`, () => this.log().includes(text, from));
  }

  /** Whether Envoy has ended by itself. */
  ended(): boolean {
    return this.running.ended();
  }

  /** Waits until `count` requests are in the access log, and gives their lines, oldest first. */
  async accessLog(count: number): Promise<string[]> {
    const lines = (): string[] => readFileSync(join(this.folder, "access.log"), "utf8").split("\n").slice(0, -1);
    return await until(`${count} lines in the access log`, () => lines().length >= count && lines());
  }
}

function argumentsFor({ concurrency = 2, logLevels, drainSeconds = 600 }: EnvoyOptions): string[] {
  const levels = logLevels === undefined ? [] : ["--component-log-level", logLevels];
  const files = ["--config-path", "bootstrap.json", "--admin-address-path", "admin.address"];
  const others = ["--disable-hot-restart", "--file-flush-interval-msec", "10", "--log-level", "warning"];
  const numbers = ["--concurrency", `${concurrency}`, "--drain-time-s", `${drainSeconds}`];
  return [...files, ...others, ...numbers, ...levels];
}

async function ready(running: Running, folder: string): Promise<Admin> {
  return await until("Envoy to be ready", async () => {
    if (running.ended()) throw new Error("Envoy ended instead of starting");
    const address = readIfThere(join(folder, "admin.address"));
    const admin = new Admin(address);
    return address !== "" && (await admin.isLive()) && admin;
  });
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}
