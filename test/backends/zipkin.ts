import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../support/envoy/index.ts";
import { PROJECT } from "../../tools/project.ts";

const VERSION = "3.5.1";
/** What Maven Central has; it is checked, as it is run. */
const ARTIFACT = `io.zipkin:zipkin-server:${VERSION}:jar:exec`;
const SHA256 = "7ac633a6832647e71e50012a5e3e91fbc7054414955261724526030faf271d8d";
const JAR = join(PROJECT, `.cache/zipkin/zipkin-server-${VERSION}-exec.jar`);
const MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";

/** Up in seconds; a machine that is busy takes minutes. */
const START_MS = 300_000;
const INTERVAL_MS = 200;

/** Zipkin's server, downloaded with Maven into .cache/ if need be; else why there is none. */
export function findZipkin(): { jar: string } | { missing: string } {
  if (spawnSync("java", ["-version"]).status !== 0) return { missing: "no java on PATH" };
  if (!existsSync(JAR)) {
    const folder = dirname(JAR);
    mkdirSync(folder, { recursive: true });
    const copy = ["-B", "-q", MAVEN_COPY, `-Dartifact=${ARTIFACT}`, `-DoutputDirectory=${folder}`];
    const { status } = spawnSync("mvn", copy, { cwd: folder, stdio: "ignore" });
    if (status !== 0) return { missing: `no mvn on PATH, or it cannot download ${ARTIFACT}` };
  }
  const sum = createHash("sha256").update(readFileSync(JAR)).digest("hex");
  return sum === SHA256 ? { jar: JAR } : { missing: `${basename(JAR)} in .cache/zipkin has the SHA-256 ${sum}` };
}

/** A span as `/api/v2/trace/<trace id>` has it. */
export interface Span {
  traceId: string;
  id: string;
  parentId?: string;
  kind: string;
  localEndpoint: { serviceName: string };
  tags: Readonly<Record<string, string>>;
}

/** Who calls whom, by Zipkin's own linker. */
export interface ZipkinDependency {
  parent: string;
  child: string;
  callCount: number;
  /** Absent if none failed. */
  errorCount?: number;
}

/** A Zipkin that keeps everything in memory. */
export class Zipkin {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {}

  /** Starts it and waits until it answers. Throws with what it printed where it ends instead. */
  static async start(jar: string): Promise<Zipkin> {
    const port = await freePort();
    const place = [`ip=127.0.0.1`, `port=${port}`, "protocol=http"].map((one) => `--armeria.ports[0].${one}`);
    const child = spawn("java", ["-Xmx256m", "-XX:+UseSerialGC", "-jar", jar, ...place], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (text) => (output += text));
    child.stderr.on("data", (text) => (output += text));
    process.once("exit", () => child.kill("SIGKILL"));
    const zipkin = new Zipkin(child, port);
    for (const limit = Date.now() + START_MS; !(await zipkin.isUp()); await pause(INTERVAL_MS)) {
      if (child.exitCode === null && Date.now() < limit) continue;
      await zipkin.stop();
      throw new Error(`Zipkin does not come up:\n${output}`);
    }
    return zipkin;
  }

  /** The spans of a trace that it has so far; none where it does not know the trace. */
  async spans(trace: string): Promise<Span[]> {
    const answer = await fetch(`http://127.0.0.1:${this.port}/api/v2/trace/${trace}`);
    return answer.ok ? ((await answer.json()) as Span[]) : [];
  }

  /** Who calls whom, of the traces that began since a time in milliseconds. */
  async dependencies(since: number): Promise<ZipkinDependency[]> {
    const now = Date.now();
    const path = `/api/v2/dependencies?endTs=${now}&lookback=${now - since}`;
    const answer = await fetch(`http://127.0.0.1:${this.port}${path}`);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as ZipkinDependency[];
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    const closed = new Promise((resolve) => this.child.once("close", resolve));
    this.child.kill("SIGKILL");
    await closed;
  }

  private async isUp(): Promise<boolean> {
    try {
      return (await fetch(`http://127.0.0.1:${this.port}/health`)).ok;
    } catch {
      return false;
    }
  }
}
