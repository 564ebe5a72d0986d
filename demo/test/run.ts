import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../envoy/deadline.ts";
import { PROJECT } from "../../tools/project.ts";

/** How long the whole story may take: a part that hangs ends it earlier, with its own message. */
const MAX_MS = 240_000;

/** `make demo` as a user runs it, in a temporary folder of its own. */
export class DemoRun {
  private readonly folder = mkdtempSync(join(tmpdir(), "demo-test-"));
  private readonly child: ChildProcess;
  private readonly closed: Promise<number | null>;
  private hasClosed = false;
  printed = "";

  constructor(env: Readonly<Record<string, string>>) {
    const options = { cwd: PROJECT, env: { ...process.env, ...env, TMPDIR: this.folder } };
    this.child = spawn(process.execPath, ["--import", "tsx", "demo/main.ts"], {
      ...options,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => (this.printed += text));
    }
    this.closed = new Promise((resolve) => this.child.once("close", (status) => resolve(status)));
    void this.closed.then(() => (this.hasClosed = true));
  }

  /** Waits until it has printed something. Throws with all that it printed if it ends first, or takes minutes. */
  async prints(text: string): Promise<void> {
    const limit = Date.now() + MAX_MS;
    const seen = (): boolean => this.printed.includes(text);
    while (!seen()) {
      if (this.hasClosed || Date.now() > limit) throw new Error(`it never printed "${text}":\n${this.printed}`);
      await until("more to be printed, or the end", () => seen() || this.hasClosed).catch(() => {});
    }
  }

  /** Sends it a signal if one is given, and waits for its end; gives its exit status. */
  async end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal !== undefined) this.child.kill(signal);
    await until("its end", () => this.hasClosed);
    return await this.closed;
  }

  /** What is left of it: files, and programs that have its folder in their arguments. */
  left(): { files: string[]; programs: string[] } {
    const files = readdirSync(this.folder).filter((name) => !name.startsWith("tsx-"));
    const programs = readdirSync("/proc").flatMap((id) => {
      if (!/^\d+$/.test(id)) return [];
      const line = commandLine(id);
      return line.includes(this.folder) ? [line] : [];
    });
    return { files, programs };
  }

  /** For the end of a test, whatever became of it. */
  async clear(): Promise<void> {
    if (!this.hasClosed) await this.end("SIGTERM");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function commandLine(id: string): string {
  try {
    return readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
