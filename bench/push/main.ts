import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { format } from "prettier";
import { PROJECT } from "../../tools/project.ts";
import { cpuUse, disturbance } from "../measure/machine.ts";
import { shuffled } from "../measure/rounds.ts";
import { positive } from "../measure/settings.ts";
import { memoryOnceDrained, Neighbour, type Push } from "./measure.ts";
import { Proxy } from "./proxy.ts";
import { markdown, type Measured } from "./table.ts";
import { pushedAgainst } from "./variants.ts";

const WORKERS = [1, 2] as const;
const FILE = "bench/results/push.md";

/**
 * `SUITES=push make bench`: how long requests of another listener wait while a configuration is pushed, and what else a push costs. Each
 * variant is an Envoy by itself, with one worker and with two; all of them are pushed to in turn, `PUSHES` times (20 if not given).
 * With `AGAINST`, the folder of another build, its modules are pushed too. Writes bench/results/push.md, unless `AGAINST` is given, or
 * `VARIANTS` names some of the variants.
 */
export async function benchPush(): Promise<void> {
  const pushes = positive("PUSHES", 20);
  const wanted = process.env.VARIANTS?.split(",");
  const { AGAINST } = process.env;
  const all = pushedAgainst(AGAINST);
  const chosen = all.filter(({ name }) => wanted?.includes(name) ?? true);
  if (chosen.length < (wanted?.length ?? 1)) {
    throw new RangeError(`there are no others than ${all.map(({ name }) => name).join(", ")}`);
  }
  const neighbour = new Neighbour();
  const proxies: Proxy[] = [];
  try {
    for (const workers of WORKERS) for (const pushed of chosen) proxies.push(await Proxy.start(pushed, workers));
    const pushesTo = new Map(proxies.map((proxy) => [proxy, [] as Push[]]));
    const last = new Map<Proxy, number>();
    const sinceLast = (proxy: Proxy): number => performance.now() - (last.get(proxy) ?? 0);
    const own = [process.pid, neighbour.pid, ...proxies.map(({ pid }) => pid)];
    const before = cpuUse(own);
    for (let push = 1; push <= pushes; push++) {
      for (const proxy of shuffled(proxies)) {
        pushesTo.get(proxy)!.push(await neighbour.measure(proxy, sinceLast(proxy)));
        last.set(proxy, performance.now());
      }
      console.log(`push ${push} of ${pushes}`);
    }
    const after = cpuUse(own);
    const measured: Measured[] = [];
    for (const proxy of proxies) {
      const { pushed, workers, bytes } = proxy;
      const drained = await memoryOnceDrained(proxy, sinceLast(proxy));
      measured.push({ pushed, workers, bytes, pushes: pushesTo.get(proxy)!, drained });
    }
    const text = markdown(measured, disturbance(before, after));
    const table = await format(text, { parser: "markdown", printWidth: 120 });
    console.log(table);
    if (wanted !== undefined || AGAINST !== undefined) return;
    writeFileSync(resolve(PROJECT, FILE), table);
    console.log(`Written to ${FILE}.`);
  } finally {
    neighbour.stop();
    for (const proxy of proxies) await proxy.stop();
  }
}
