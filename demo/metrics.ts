import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Program } from "../test/istio/harness/program.ts";
import type { Place } from "./services/call.ts";

/** A query for all counters of the filters that the demonstration has. */
export const QUERY = `{__name__=~"(trace_propagation|circuit_breaking|fault_injection)_.*"}`;

/** What is there in place of Prometheus: the proxies' own pages. */
export function noPrometheus(targets: readonly string[]): string {
  const pages = targets.map((target) => `  http://${target}/stats/prometheus`);
  return [
    "The counters of each proxy (Prometheus would gather them; Debian: apt-get install prometheus):",
    ...pages,
  ].join("\n");
}

/** Whether the command `prometheus` is there. */
export function hasPrometheus(): boolean {
  return spawnSync("prometheus", ["--version"], { stdio: "ignore" }).status === 0;
}

/** A Prometheus that scrapes the proxies' admin pages each second, once it is ready. It writes into `folder`. */
export async function startPrometheus(
  folder: string,
  { host, port }: Place,
  targets: readonly string[],
): Promise<Program> {
  writeFileSync(join(folder, "prometheus.json"), JSON.stringify(configuration(targets)));
  const args = ["--config.file", "prometheus.json", "--storage.tsdb.path", "metrics", "--log.level", "warn"];
  const prometheus = Program.start({
    name: "Prometheus",
    command: "prometheus",
    args: [...args, "--web.listen-address", `${host}:${port}`],
    folder,
  });
  await prometheus.until("to be ready", async () => {
    try {
      return (await fetch(`http://${host}:${port}/-/ready`)).ok;
    } catch {
      return false;
    }
  });
  return prometheus;
}

/** JSON is YAML. */
export function configuration(targets: readonly string[]): object {
  return {
    global: { scrape_interval: "1s" },
    scrape_configs: [{ job_name: "envoy", metrics_path: "/stats/prometheus", static_configs: [{ targets }] }],
  };
}
