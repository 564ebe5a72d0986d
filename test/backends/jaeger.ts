import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Build } from "../istio/programs/builds.ts";
import { cacheFolder } from "../istio/programs/cache.ts";
import { Program } from "../istio/harness/program.ts";
import { freePort, type JsonObject } from "../support/envoy/index.ts";

/**
 * Jaeger v2 as its Go module has it: the module has no files of the UI, and Jaeger is built without them. It is built without Elasticsearch's
 * own client too (`jaeger/without-elasticsearch/`), as tests keep spans in memory.
 */
export const JAEGER: Build = {
  name: "jaeger",
  module: fileURLToPath(new URL("jaeger/", import.meta.url)),
  quick: true,
  programs: [{ name: "jaeger", package: "github.com/jaegertracing/jaeger/cmd/jaeger", set: {} }],
  files: [],
};

/** The built Jaeger; else why there is none. `make jaeger` builds it, and so does `make backends-test` if there is Go. */
export function findJaeger(): { program: string } | { missing: string } {
  const program = join(cacheFolder(JAEGER), "jaeger");
  return existsSync(program)
    ? { program }
    : { missing: "Jaeger is not built: make jaeger builds it, once, or says why it cannot" };
}

/** A span as `/api/traces/<trace id>` has it. */
export interface JaegerSpan {
  readonly traceID: string;
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly traceID: string; readonly spanID: string }[];
  readonly tags: readonly { readonly key: string; readonly value: string | number | boolean }[];
  readonly processID: string;
  /** What Jaeger finds wrong with it; `null` if nothing. */
  readonly warnings: readonly string[] | null;
}

/** A trace as Jaeger's UI gets it. */
export interface JaegerTrace {
  readonly traceID: string;
  readonly spans: readonly JaegerSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
  readonly warnings: readonly string[] | null;
}

/** A Jaeger that keeps everything in memory. */
export class Jaeger {
  private constructor(
    private readonly program: Program,
    private readonly folder: string,
    /** The ports that take OTLP by HTTP and Zipkin's JSON, and that of its API, which is at 127.0.0.1. */
    readonly otlp: number,
    readonly zipkin: number,
    readonly api: number,
    /** The port that gives sampling strategies, and that of Jaeger's own metrics; nothing is there without `strategies`. */
    readonly sampling: number,
    readonly metrics: number,
  ) {}

  /**
   * Starts it and waits until it answers. Throws with its log if it ends instead.
   *
   * @param options.folder a folder that is there, and goes when it stops: a new one if not given
   * @param options.taking where it takes OTLP by HTTP, and gives strategies: free ports of 127.0.0.1 if not given
   * @param options.strategies where its extension `remote_sampling` has strategies from: `file` or `adaptive`
   */
  static async start(
    program: string,
    options: {
      folder?: string;
      taking?: { address: string; port: number; sampling: number };
      strategies?: JsonObject;
    } = {},
  ): Promise<Jaeger> {
    const { folder = mkdtempSync(join(tmpdir(), "signalbox-jaeger-")), taking, strategies } = options;
    const [free, zipkin, api, grpc] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
    const [given, metrics] = await Promise.all([freePort(), freePort()]);
    const { address, port: otlp, sampling } = taking ?? { address: "127.0.0.1", port: free, sampling: given };
    const local = (port: number): string => `127.0.0.1:${port}`;
    const config = configuration(`${address}:${otlp}`, local(zipkin), local(api), local(grpc));
    if (strategies !== undefined) addStrategies(config, strategies, `${address}:${sampling}`, metrics);
    writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    const child = Program.start({ name: "jaeger", command: program, args: ["--config", "config.json"], folder });
    const jaeger = new Jaeger(child, folder, otlp, zipkin, api, sampling, metrics);
    await child.until("answers", async () => (await answer(api, "/api/services"))?.ok === true);
    return jaeger;
  }

  async stop(): Promise<void> {
    await this.program.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** A trace as it has it so far, with its warnings; `undefined` if it does not know the trace. */
  async trace(id: string): Promise<JaegerTrace | undefined> {
    return (await this.data<JaegerTrace[]>(`/api/traces/${id}`))?.[0];
  }

  /** How many traces with a span of a service began since a time in milliseconds. */
  async traces(service: string, since: number): Promise<number> {
    return (await this.tracesOf(service, since)).length;
  }

  /** The traces with a span of a service that began since a time in milliseconds, with their warnings. */
  async tracesOf(service: string, since: number): Promise<readonly JaegerTrace[]> {
    const asked = new URLSearchParams({
      service,
      start: `${since * 1000}`,
      end: `${Date.now() * 1000}`,
      limit: "1000",
    });
    return (await this.data<JaegerTrace[]>(`/api/traces?${asked.toString()}`)) ?? [];
  }

  /** The services of which it has spans. */
  async services(): Promise<readonly string[]> {
    return (await this.data<string[]>("/api/services")) ?? [];
  }

  /**
   * Who calls whom how often, of the traces that began since a time in milliseconds. The store in memory counts a service's spans below its
   * own spans too, which are no calls, and are left out.
   */
  async dependencies(since: number): Promise<{ parent: string; child: string; callCount: number }[]> {
    const now = Date.now();
    const told = await this.data<{ parent: string; child: string; callCount: number }[]>(
      `/api/dependencies?endTs=${now}&lookback=${now - since}`,
    );
    return (told ?? []).filter(({ parent, child }) => parent !== child);
  }

  private async data<T>(path: string): Promise<T | undefined> {
    const response = await answer(this.api, path);
    return response?.ok === true ? ((await response.json()) as { data: T }).data : undefined;
  }
}

async function answer(port: number, path: string): Promise<Response | undefined> {
  try {
    return await fetch(`http://127.0.0.1:${port}${path}`);
  } catch {
    return undefined;
  }
}

interface Configuration extends JsonObject {
  readonly service: { extensions: string[]; pipelines: { traces: JsonObject }; telemetry: JsonObject };
  readonly extensions: JsonObject;
}

/** Has Jaeger give strategies at `endpoint`, count root spans for its adaptive ones, and show its metrics at a port. */
function addStrategies(config: Configuration, strategies: JsonObject, endpoint: string, metrics: number): void {
  const { service, extensions } = config;
  const { pipelines, telemetry } = service;
  service.extensions.push("remote_sampling");
  Object.assign(extensions, { remote_sampling: { ...strategies, http: { endpoint } } });
  const prometheus = { host: "127.0.0.1", port: metrics };
  Object.assign(telemetry, { metrics: { level: "detailed", readers: [{ pull: { exporter: { prometheus } } }] } });
  if (strategies["adaptive"] === undefined) return;
  Object.assign(pipelines.traces, { processors: ["adaptive_sampling"] });
  Object.assign(config, { processors: { adaptive_sampling: {} } });
}

/** All by host and port. */
function configuration(otlp: string, zipkin: string, api: string, grpc: string): Configuration {
  const at = (endpoint: string): JsonObject => ({ endpoint });
  return {
    service: {
      extensions: ["jaeger_storage", "jaeger_query"],
      pipelines: {
        traces: { receivers: ["otlp", "zipkin"], exporters: ["jaeger_storage_exporter"] },
      },
      telemetry: { metrics: { level: "none" }, logs: { level: "warn" } },
    },
    extensions: {
      jaeger_storage: { backends: { memory: { memory: { max_traces: 10_000 } } } },
      jaeger_query: { storage: { traces: "memory" }, http: at(api), grpc: at(grpc) },
    },
    receivers: { otlp: { protocols: { http: at(otlp) } }, zipkin: at(zipkin) },
    exporters: { jaeger_storage_exporter: { trace_storage: "memory" } },
  };
}

/**
 * Jaeger warns of a span that is outside of its parent by any time at all, if the two are of different hosts. Below a millisecond, which Go prints
 * in µs or ns, that says nothing: the clock of a machine is set right now and then.
 */
const BELOW_A_MILLISECOND = /^clock skew adjustment disabled; .* delta of -?[\d.]+(µs|ns)$/;

/** What Jaeger finds wrong with traces and spans: an orphan, a clock, an id that is there twice. */
export function warningsIn(traces: readonly JaegerTrace[]): string[] {
  return traces
    .flatMap(({ warnings, spans }) => [warnings, ...spans.map((span) => span.warnings)])
    .flatMap((w) => w ?? [])
    .filter((warning) => !BELOW_A_MILLISECOND.test(warning));
}
