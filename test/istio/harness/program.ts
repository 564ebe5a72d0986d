import { spawn, type ChildProcess } from "node:child_process";
import { until } from "../../../envoy/deadline.ts";

/** How long a program is given to end by itself before it is made to. */
const GRACE_MS = 5_000;

/** What to start. */
export interface ProgramOptions {
  /** For messages. */
  name: string;
  command: string;
  args: readonly string[];
  /** Where it runs; relative paths of its own are below this. */
  folder: string;
  /** Beside the test's own environment. */
  env?: Readonly<Record<string, string>>;
}

/** What must not outlive this process. */
const RUNNING = new Set<Program>();

process.once("exit", () => RUNNING.forEach((program) => program.kill()));
// A group of its own gets none of the terminal's signals, and those that end this process would pass by the line above. If somebody else
// listens for the signal, that one ends the process.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => process.listenerCount(signal) === 0 && process.exit(1));
}

/**
 * A program of the mesh. It leads a process group of its own, so that those that it starts (pilot-agent its Envoy) end with it,
 * also where the test process ends without having stopped it.
 */
export class Program {
  private readonly printed: Buffer[] = [];
  private hasEnded = false;
  private readonly closed: Promise<void>;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    child.stdout?.on("data", (bytes: Buffer) => this.printed.push(bytes));
    child.stderr?.on("data", (bytes: Buffer) => this.printed.push(bytes));
    child.once("error", (error) => this.printed.push(Buffer.from(String(error))));
    this.closed = new Promise((resolve) => child.once("close", () => resolve()));
    child.once("close", () => (this.hasEnded = true));
    RUNNING.add(this);
  }

  static start({ name, command, args, folder, env = {} }: ProgramOptions): Program {
    const options = { cwd: folder, env: { ...process.env, ...env }, detached: true };
    return new Program(name, spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] }));
  }

  /** Everything that it and its children printed so far. */
  log(): string {
    return Buffer.concat(this.printed).toString("utf8");
  }

  /**
   * Waits until `condition` holds.
   *
   * @throws Error with the end of the log where the program ends first, or it does not in half a minute
   */
  async until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
    try {
      await until(`${this.name} ${what}`, async () => {
        if (this.hasEnded) throw new Error(`${this.name} ended`);
        return await condition();
      });
    } catch (error) {
      throw new Error(`${(error as Error).message}:\n${this.log().slice(-4000)}`);
    }
  }

  /** Waits until `text` is in the log, after its first `from` characters. */
  async logged(text: string, from = 0): Promise<void> {
    await this.until(`to log "${text}"`, () => this.log().includes(text, from));
  }

  /**
   * Waits until it ends by itself, and gives what it printed.
   *
   * @throws Error with that if its exit status is another than 0
   */
  async output(): Promise<string> {
    await this.closed;
    RUNNING.delete(this);
    if (this.child.exitCode !== 0) throw new Error(`${this.name} ended with ${this.child.exitCode}:\n${this.log()}`);
    return this.log();
  }

  /** Ends it and its children, and waits until all of them are gone. */
  async stop(): Promise<void> {
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), GRACE_MS);
    await this.closed;
    clearTimeout(timer);
    RUNNING.delete(this);
  }

  /** Ends it and its children at once, without waiting. */
  kill(): void {
    this.signal("SIGKILL");
  }

  /** Signals the group, which lives until its last member has ended. */
  private signal(signal: NodeJS.Signals): void {
    if (this.hasEnded || this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
