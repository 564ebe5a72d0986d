import { residentBytes } from "../measure/resident.ts";
import { memoryOnceDrained } from "../push/measure.ts";
import { Proxy } from "../push/proxy.ts";
import { MOST_RULES, pushedAgainst, type Pushed } from "../push/variants.ts";
import { DENIED } from "../variants/policy.ts";
import { answer, FEW_REQUESTS, MEBIBYTE, REPEATS, REQUESTS, told, WORKERS } from "./figures.ts";
import { tableOf } from "./table.ts";

const PLAIN = "empty";
const NAMES = [PLAIN, "authz-1000", "rbac-1000", MOST_RULES.ours, "authz-10000-extension", MOST_RULES.native];
const PUSHES = 3;
/** The most that each further worker is to take, in MiB. */
const MOST_MORE = 8;

/** When the memory of a process is read. */
const STATES = {
  first: "With the first configuration",
  both: `Directly after a push, while the earlier configuration drains: the most of ${PUSHES} pushes`,
  after: `After ${PUSHES} pushes, all earlier configurations drained`,
} as const;
type State = keyof typeof STATES;
type Reading = Readonly<Record<State, number>>;

/**
 * What an Envoy has resident that gets rules by a push, and then others: a table for each state, in Markdown, and whether authz takes no more
 * for the first 10,000 rules than native RBAC and `MOST_MORE` for each further worker.
 */
export async function measurePushed(): Promise<string> {
  const chosen = pushedAgainst().filter(({ name }) => NAMES.includes(name));
  const readings = new Map(chosen.map(({ name }) => [name, WORKERS.map(() => [] as Reading[])]));
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    for (const [at, workers] of WORKERS.entries()) {
      const read = await measure(chosen, workers);
      for (const [name, reading] of read) readings.get(name)![at]!.push(reading);
    }
  }
  const medians = (state: State, { name, title }: Pushed): number[] =>
    readings.get(name)!.map((all, at) =>
      told(
        `${titleOf(name, title)}, workers: ${WORKERS[at]}, ${state}`,
        all.map((one) => one[state] / MEBIBYTE),
      ),
    );
  const figures = (state: State): Map<string, number[]> =>
    new Map(chosen.map((pushed) => [pushed.name, medians(state, pushed)]));
  const all = new Map((Object.keys(STATES) as State[]).map((state) => [state, figures(state)]));
  const tables = [...all].map(([state, found]) => {
    const rows = chosen.map(({ name, title }) => ({ title: titleOf(name, title), figures: found.get(name)! }));
    return `### ${STATES[state]}\n\n${tableOf("configuration", rows)}`;
  });
  return [...tables, target(all.get("first")!)].join("\n\n");
}

/** Reads the memory of one process for each, with so many workers, all of them running at the same time. */
async function measure(chosen: readonly Pushed[], workers: number): Promise<Map<string, Reading>> {
  const proxies: Proxy[] = [];
  try {
    for (const pushed of chosen) proxies.push(await Proxy.start(pushed, workers));
    for (const proxy of proxies) await requests(proxy);
    const first = proxies.map(({ pid }) => residentBytes(pid));
    const both = proxies.map(() => 0);
    for (let push = 0; push < PUSHES; push++) {
      for (const [at, proxy] of proxies.entries()) {
        await proxy.push();
        both[at] = Math.max(both[at]!, residentBytes(proxy.pid));
        await requests(proxy);
      }
      await memoryOnceDrained(proxies.at(-1)!, 0);
    }
    return new Map(
      proxies.map(({ pushed, pid }, at) => [
        pushed.name,
        { first: first[at]!, both: both[at]!, after: residentBytes(pid) },
      ]),
    );
  } finally {
    for (const proxy of proxies) await proxy.stop();
  }
}

/** Has the pushed listener answer; none of the requests is the one that the last rule lets in. */
function requests({ port, pushed }: Proxy): Promise<void> {
  const requests = pushed.name.startsWith("authz") ? REQUESTS : FEW_REQUESTS;
  return answer(port, pushed.decided, requests, pushed.name === PLAIN ? "200 v1" : DENIED);
}

function titleOf(name: string, title: string): string {
  return name === PLAIN ? "no filter" : title;
}

function target(first: ReadonlyMap<string, readonly number[]>): string {
  // Of a single worker: with native RBAC all of them share the rules.
  const native = first.get(MOST_RULES.native)![0]!;
  const rows = first.get(MOST_RULES.ours)!.map((ours, at) => {
    const bound = native + (WORKERS[at]! - 1) * MOST_MORE;
    return `| ${WORKERS[at]} | at most ${bound.toFixed(1)} | ${ours.toFixed(1)} | ${ours <= bound ? "met" : "**missed**"} |`;
  });
  const title = `target: native RBAC with the first 10,000 rules, and ${MOST_MORE} MiB for each further worker`;
  const head = `| workers | ${title} | authz with them | |\n|---|---|---|---|`;
  return [head, ...rows].join("\n");
}
