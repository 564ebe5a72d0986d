import type { Places } from "../demo.ts";
import type { Scene } from "./scene.ts";
import { SERVICE_NAMES } from "../bookinfo.ts";

/** What to open and to try, once the story is told. */
export function whatToTry({ gateway, traces, tracesOf, page, metrics, mesh, propagate }: Scene & Places): string {
  const others = (["none", "x-request-id", "all"] as const).filter((one) => one !== propagate);
  return `
Open:
  ${page}   the report of the traces: timeline, graph of calls, tables
  ${traces}   ${tracesOf}, for signalbox trace
${metricsLines(metrics, mesh).join("\n")}

Try:
  curl ${gateway}/productpage
  curl -H 'end-user: jason' ${gateway}/productpage   # a fault, for Jason alone
  curl ${gateway}/answer-with/503   # ratings fails from now on; /answer-with/200 mends it
  npx signalbox trace doctor --since 10s ${traces}
  npx signalbox trace report --since 10s ${traces}
  ${others.map((one) => `make demo PROPAGATE=${one}`).join("\n  ")}

Ctrl-C ends everything.
`;
}

function metricsLines(metrics: string | undefined, { pods }: Scene["mesh"]): string[] {
  if (metrics !== undefined) {
    return [
      `  ${metrics}   Prometheus: try the query {__name__=~"(trace_propagation|circuit_breaking|fault_injection)_.*"}`,
    ];
  }
  const reviews = pods.find(({ name }) => name === SERVICE_NAMES[2]);
  const page = reviews && `http://${reviews.adminHost}:${reviews.ports.admin}/stats/prometheus`;
  return [
    `  ${page}   the counters of reviews' proxy. There is no command prometheus; Debian has it: apt-get install prometheus`,
  ];
}
