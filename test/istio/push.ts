/**
 * `make istio-push`: what clients of a workload wait while its authz gets another configuration, in a real Istio. `PUSHES=` (20) of
 * `RULES=` (10,000, about as many as a resource may have) rules each; half an hour at most, some minutes as a rule.
 *
 * Requests go from sleep to httpbin through both sidecars, at fixed times, and what each waits counts from when it was due. Three lines tell what they
 * waited: while nothing is pushed, while the same is pushed to another workload (what istiod, the API server and kubectl take of
 * the machine), and while it is pushed to httpbin. What is more on the third line than on the second is the filter's. With
 * `AGAINST`, the folder of another build, a fourth line has the same with authz of that folder.
 */
import { resolve } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { quantile } from "../../bench/measure/statistics.ts";
import { runMain } from "../../tools/envoy-binary.ts";
import { atFixedTimes } from "./harness/at-fixed-times.ts";
import { ALLOWED, LargePolicies } from "./harness/large-policies.ts";
import { Mesh } from "./harness/mesh.ts";
import { ModuleServer } from "./harness/module-server.ts";
import { buildPrograms } from "./programs/build.ts";
import { builtPrograms } from "./programs/cache.ts";

const PUSHES = Number(process.env["PUSHES"] || 20);
const RULES = Number(process.env["RULES"] || 10_000);
const AGAINST = process.env["AGAINST"];
/** How long the line without pushes is measured. */
const QUIET_MS = 20_000;
const INTERVAL_MS = 10;
const LIMIT_MS = 30 * 60_000;

/** What clients waited, in ms, and what else there is to tell. */
interface Line {
  name: string;
  waits: number[];
  /** The worst wait of each push. */
  worst: number[];
  /** Until each push decided. */
  inForce: number[];
  /** How long the clients' own event loop was busy at worst: no wait says less than that it was shorter. */
  clientBusy: number;
  others: number;
}

/** Has clients ask for as long as `work` takes, which is told a function that says where a push begins. */
async function measure(
  mesh: Mesh,
  name: string,
  work: (pushing: (push: () => Promise<void>) => Promise<void>) => Promise<void>,
): Promise<Line> {
  const line: Line = { name, waits: [], worst: [], inForce: [], clientBusy: 0, others: 0 };
  const during: [from: number, to: number][] = [];
  const busy = monitorEventLoopDelay({ resolution: 1 });
  busy.enable();
  const asked = await atFixedTimes(
    INTERVAL_MS,
    async () => (await mesh.sleep.send({ host: "httpbin", path: ALLOWED })).status,
    async () =>
      await work(async (push) => {
        const from = performance.now();
        await push();
        line.inForce.push(performance.now() - from);
        during.push([from, performance.now()]);
      }),
  );
  line.waits = asked.map(({ wait }) => wait);
  line.others = asked.filter(({ what }) => what !== 200).length;
  for (const [from, to] of during) {
    const meanwhile = asked.filter(({ due, wait }) => due <= to && due + wait >= from);
    line.worst.push(Math.max(...meanwhile.map(({ wait }) => wait)));
  }
  busy.disable();
  line.clientBusy = busy.max / 1e6;
  return line;
}

/** Pushes one after the other, each when the one before decides. By the first one the plugin comes, which is no push. */
async function pushes(mesh: Mesh, name: string, policies: LargePolicies, first: number): Promise<Line> {
  await policies.apply(first);
  return await measure(mesh, name, async (pushing) => {
    for (let number = first + 1; number <= first + PUSHES; number++)
      await pushing(async () => await policies.push(number));
  });
}

/** The same once more with the module of another build. */
async function against(mesh: Mesh, folder: string): Promise<void> {
  const modules = await ModuleServer.start(resolve(folder));
  try {
    const policies = new LargePolicies(mesh, mesh.httpbin, RULES, { url: modules.url("authz") });
    console.log(told(await pushes(mesh, "the same, the other build", policies, 3000)));
  } finally {
    await modules.stop();
  }
}

function told({ name, waits, worst, inForce, clientBusy, others }: Line): string {
  const ms = (figure: number | undefined): string => (figure === undefined ? "-" : figure.toFixed(1)).padStart(9);
  const of = (figures: readonly number[], p: number): string =>
    ms(figures.length > 0 ? quantile(figures, p) : undefined);
  const cells = [of(waits, 0.5), of(waits, 0.99), of(waits, 0.999), of(waits, 1), of(worst, 0.5), of(inForce, 0.5)];
  return `${name.padEnd(28)}${`${waits.length}`.padStart(9)}${cells.join("")}${ms(clientBusy)}${`${others}`.padStart(9)}`;
}

const HEAD = ["requests", "median", "99 %", "99.9 %", "worst", "w. push", "in force", "client", "not 200"];

await runMain(async () => {
  const limit = setTimeout(() => {
    console.error(`It takes longer than ${LIMIT_MS / 60_000} minutes: ended.`);
    process.exit(1);
  }, LIMIT_MS);
  buildPrograms();
  const mesh = await Mesh.start(builtPrograms()!);
  try {
    const toHttpbin = new LargePolicies(mesh, mesh.httpbin, RULES);
    console.log(
      `${PUSHES} pushes of ${RULES} rules, ${toHttpbin.bytes} bytes; a request every ${INTERVAL_MS} ms; times in ms`,
    );
    console.log(`${" ".repeat(28)}${HEAD.map((word) => word.padStart(9)).join("")}`);
    console.log(told(await measure(mesh, "nothing is pushed", async () => await pause(QUIET_MS))));
    console.log(
      told(await pushes(mesh, "pushed to another workload", new LargePolicies(mesh, mesh.reviewsV1, RULES), 1000)),
    );
    console.log(told(await pushes(mesh, "pushed to this workload", toHttpbin, 2000)));
    if (AGAINST !== undefined) await against(mesh, AGAINST);
    console.log(
      "w. push: the median of the worst waits of each push; client: how long the clients themselves were busy at worst",
    );
  } finally {
    clearTimeout(limit);
    await mesh.stop();
  }
});
