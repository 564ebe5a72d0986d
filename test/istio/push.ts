/**
 * `make istio-push`: what clients of a workload wait while its authz gets another configuration, in a real Istio. `PUSHES=` (20) of
 * `RULES=` (10,000, about as many as a resource may have) rules each; half an hour at most, some minutes as a rule.
 *
 * Requests go from sleep to httpbin through both sidecars, from four clients, each one after the other. Three lines tell what they
 * waited: while nothing is pushed, while the same is pushed to another workload (what istiod, the API server and kubectl take of
 * the machine), and while it is pushed to httpbin. What is more on the third line than on the second is the filter's.
 */
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { quantile } from "../../bench/measure/statistics.ts";
import { until } from "../../envoy/deadline.ts";
import { WRITINGS, pluginConfig } from "../../filters/authz/test/module/rules-that-fit.ts";
import { runMain } from "../../tools/envoy-binary.ts";
import { meanwhile } from "./harness/meanwhile.ts";
import { Mesh } from "./harness/mesh.ts";
import { selecting, shownPlugin } from "./harness/plugins.ts";
import type { Workload } from "./harness/workload.ts";
import { buildPrograms } from "./programs/build.ts";
import { builtPrograms } from "./programs/cache.ts";

const PUSHES = Number(process.env["PUSHES"] || 20);
const RULES = Number(process.env["RULES"] || 10_000);
/** How long the line without pushes is measured. */
const QUIET_MS = 20_000;
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

/** The plugin with `RULES` rules, and one more by which it shows that it is in force: `/push-<number>` is denied. */
function manifest(mesh: Mesh, app: string, number: number): string {
  const { policies } = pluginConfig(WRITINGS[0]!, RULES) as { policies: { rules: object[] }[] };
  policies[0]!.rules.push({ to: [{ operation: { methods: ["GET"], paths: ["/"] } }] });
  const rules = [{ to: [{ operation: { paths: [`/push-${number}`] } }] }];
  const denying = { name: "push", namespace: "default", action: "DENY", rules };
  return JSON.stringify(
    shownPlugin("authz", `large-${app}`, {
      ...mesh.image("authz"),
      selector: selecting(app, "v1"),
      pluginConfig: { policies: [...policies, denying] },
    }),
  );
}

/** Has clients ask for as long as `work` takes, which is told a function that says where a push begins. */
async function measure(
  mesh: Mesh,
  name: string,
  work: (pushing: (push: () => Promise<void>) => Promise<void>) => Promise<void>,
): Promise<Line> {
  const line: Line = { name, waits: [], worst: [], inForce: [], clientBusy: 0, others: 0 };
  const busy = monitorEventLoopDelay({ resolution: 1 });
  busy.enable();
  await meanwhile(
    async () => {
      const from = performance.now();
      const { status } = await mesh.sleep.send({ host: "httpbin" });
      line.waits.push(performance.now() - from);
      if (status !== 200) line.others += 1;
      return status;
    },
    async () =>
      await work(async (push) => {
        const before = line.waits.length;
        const from = performance.now();
        await push();
        line.inForce.push(performance.now() - from);
        line.worst.push(Math.max(...line.waits.slice(before)));
      }),
  );
  busy.disable();
  line.clientBusy = busy.max / 1e6;
  return line;
}

/** Pushes one after the other, each when the one before decides. */
async function pushes(mesh: Mesh, name: string, to: Workload, app: string, first: number): Promise<Line> {
  const isDenied = async (number: number): Promise<boolean> =>
    (await to.receive({ path: `/push-${number}` })).body === "RBAC: access denied" &&
    (await to.receive({ path: "/" })).status === 200;
  const push = async (text: string, number: number): Promise<void> => {
    await mesh.applyLarge(text);
    await until(`push ${number} to decide`, async () => await isDenied(number));
  };
  // Made before, as that would keep the clients waiting.
  const texts = Array.from({ length: PUSHES + 1 }, (_, index) => manifest(mesh, app, first + index));
  // By the first one the plugin comes, which is no push.
  await push(texts[0]!, first);
  return await measure(mesh, name, async (pushing) => {
    for (const [index, text] of texts.slice(1).entries())
      await pushing(async () => await push(text, first + 1 + index));
  });
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
    const bytes = Buffer.byteLength(manifest(mesh, "httpbin", 1));
    console.log(`${PUSHES} pushes of ${RULES} rules, ${bytes} bytes; times in ms`);
    console.log(`${" ".repeat(28)}${HEAD.map((word) => word.padStart(9)).join("")}`);
    console.log(told(await measure(mesh, "nothing is pushed", async () => await pause(QUIET_MS))));
    console.log(told(await pushes(mesh, "pushed to another workload", mesh.reviewsV1, "reviews", 1000)));
    console.log(told(await pushes(mesh, "pushed to this workload", mesh.httpbin, "httpbin", 2000)));
    console.log(
      "w. push: the median of the worst waits of each push; client: how long the clients themselves were busy at worst",
    );
  } finally {
    clearTimeout(limit);
    await mesh.stop();
  }
});
