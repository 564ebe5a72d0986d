/** What a panel of a dashboard shows of a real Envoy: requests are sent through authz, and a real Prometheus answers the panel's queries. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { expressionOf, legendOf } from "../../dashboards/grafana/expression.ts";
import { describedAs } from "../../dashboards/metrics/index.ts";
import { startPrometheus } from "../../demo/metrics.ts";
import { FeatureListeners } from "../../test/support/envoy/index.ts";
import { freePort } from "../../test/support/envoy/ports.ts";
import type { Line } from "./chart.ts";

const PANEL = describedAs("authz").panels[0]!;
const SHOWN = PANEL.metrics.slice(0, 2);
const POLICY = {
  ...{ name: "users", namespace: "default" },
  rules: [{ when: [{ key: "request.headers[x-user]", values: ["anna"] }] }],
};

/** In seconds: until the first rate is known, how long is shown, and from when to when every second request is denied. */
const WARM_UP = 8;
const LASTING = 60;
const DENIED = [20, 40] as const;
/** Between two requests, in milliseconds. */
const PAUSE = 50;
/** As Grafana sets `$__rate_interval` for a scrape each second: four of them. */
const RATE_INTERVAL = "4s";

/** The panel's title, its first query, and the lines that Prometheus gives for its queries. */
export interface Shown {
  readonly title: string;
  readonly query: string;
  readonly lines: readonly Line[];
}

/** Takes a minute. */
export async function shownOnDashboard(): Promise<Shown> {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-dashboard-"));
  const configuration = { policies: [POLICY] };
  const listeners = await FeatureListeners.start(
    "authz",
    { users: { configuration } },
    { metadata: { NAMESPACE: "default" } },
  );
  const place = { host: "127.0.0.1", port: await freePort() };
  try {
    const prometheus = await startPrometheus(folder, place, [listeners.envoy.admin.address]);
    try {
      const began = Date.now() / 1000 + WARM_UP;
      for (let sent = 0, second = -WARM_UP; second < LASTING; sent++, second = Date.now() / 1000 - began) {
        const isDenied = second >= DENIED[0] && second < DENIED[1] && sent % 2 === 0;
        await listeners.send("users", { headers: [["x-user", isDenied ? "mallory" : "anna"]] });
        await after(PAUSE);
      }
      const queries = SHOWN.map((metric) => queryOf(expressionOf(metric)));
      const lines = await Promise.all(
        SHOWN.map(async (metric, index) => {
          const points = await pointsOf(place, queries[index]!, began, began + LASTING);
          return { name: legendOf(metric, true), points: points.map(([at, value]) => [at - began, value] as const) };
        }),
      );
      return { title: PANEL.title, query: queries[1]!, lines };
    } finally {
      await prometheus.stop();
    }
  } finally {
    await listeners.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The query as Grafana sends it where all namespaces and pods are chosen. */
function queryOf(expression: string): string {
  return expression.replace("$__rate_interval", RATE_INTERVAL).replace(/\$(namespace|pod)\b/g, ".*");
}

async function pointsOf(
  { host, port }: { host: string; port: number },
  query: string,
  start: number,
  end: number,
): Promise<[number, number][]> {
  const asked = new URLSearchParams({ query, start: `${start}`, end: `${end}`, step: "1" });
  const answer = (await (
    await fetch(`http://${host}:${port}/api/v1/query_range?${asked.toString()}`)
  ).json()) as Answer;
  const values = answer.data.result[0]?.values ?? [];
  return values.map(([at, value]) => [at, Number(value)]);
}

interface Answer {
  data: { result: { values: [number, string][] }[] };
}
