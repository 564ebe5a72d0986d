/** Plugins that `signalbox convert` makes of VirtualServices with faults, against Envoy's own fault filter. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cluster, Envoy } from "../../support/envoy/index.ts";
import type { JsonObject } from "../../support/envoy/index.ts";
import { convert, pluginConfigOf, virtualServiceResource } from "../converted.ts";
import { Echo } from "../echo.ts";
import { seedOfRun } from "../random.ts";
import { joinsRepeatedHeaders } from "../repeated-headers.ts";
import { NODE_METADATA } from "../routes/experiment.ts";
import type { VirtualService } from "../routes/virtual-service.ts";
import { disagreements, observe } from "./compare.ts";
import { exchange } from "./exchange.ts";
import { filterListener, filterName, generateExperiment, nativeListener, nativeName } from "./experiment.ts";
import type { Experiment } from "./experiment.ts";

const JOINED = joinsRepeatedHeaders();
const LISTS = 8;
const REQUESTS = 40;
/** So many requests must meet faults, and in so many rounds of lists at most. */
const ENOUGH = 40;
const MOST_ROUNDS = 10;

/**
 * How the reasons end why a VirtualService keeps its faults: with a host such as `*.default`, natively it also has Services by their
 * short names; and capital letters have a part in which Services a host has.
 */
const KEPT = [
  "this host also stands for short names of Services, and a filter knows no Services",
  "write it in lower case",
];

/** An experiment, and the same with what was converted in its VirtualServices' place. */
interface Pair {
  native: Experiment;
  filter: Experiment;
}

/** Converts an experiment's VirtualServices. Those that keep their faults for a reason above are in neither side. */
async function converted(experiment: Experiment): Promise<Pair> {
  const resources = experiment.virtualServices.map(virtualServiceResource);
  const made = await convert(resources, "--filter", "fault-injection");
  // A list of VirtualServices may have some without a fault.
  const others = made.left.filter((line) => !line.endsWith("it has no faults"));
  const native = others.filter((line) => KEPT.some((why) => line.endsWith(why)));
  assert.deepEqual(others, native);
  if (native.length > 0) {
    const kept = experiment.virtualServices.filter(
      ({ name }) => !native.some((line) => line.startsWith(`VirtualService ${name}:`)),
    );
    return await converted({ ...experiment, virtualServices: kept });
  }
  const config = pluginConfigOf(made, "fault-injection") as JsonObject | undefined;
  const virtualServices = (config?.["virtualServices"] ?? []) as unknown as VirtualService[];
  return { native: experiment, filter: { ...experiment, virtualServices } };
}

/** What was found by the requests of some experiments. */
interface Found {
  /** How many were delayed or aborted natively. */
  faults: number;
  /** Where the filter did otherwise. */
  told: string[];
}

/** Sends the requests of the experiments from a seed on both ways. */
async function compare(echo: Echo, seed: number): Promise<Found> {
  const scope = { protocol: "http1", asciiOnly: JOINED } as const;
  const experiments = Array.from({ length: LISTS }, (_, index) => generateExperiment(seed + index, REQUESTS, scope));
  const pairs: Pair[] = [];
  for (const experiment of experiments) pairs.push(await converted(experiment));
  const envoy = await Envoy.start({
    concurrency: 1,
    metadata: NODE_METADATA,
    clusters: [cluster("http1", echo.port)],
    listeners: pairs.flatMap(({ native, filter }) => [nativeListener(native), filterListener(filter, JOINED)]),
  });
  try {
    return await found(experiments, envoy);
  } finally {
    await envoy.stop();
  }
}

async function found(experiments: readonly Experiment[], envoy: Envoy): Promise<Found> {
  const all: Found = { faults: 0, told: [] };
  for (const experiment of experiments) {
    const ports = [nativeName(experiment), filterName(experiment)].map((name) => envoy.port(name));
    const [native = [], filter = []] = await Promise.all(ports.map((port) => exchange(experiment, port)));
    for (const [index, answer] of native.entries()) {
      const expected = observe(answer);
      if (expected.delayed || expected.aborted) all.faults++;
      const lines = disagreements(expected, observe(filter[index]!));
      // The name of an entry without one has its place in it, which is the same as before.
      if (lines.length > 0) all.told.push(`${experiment.name}, request ${index}\n  ${lines.join("\n  ")}`);
    }
  }
  return all;
}

test("the converted plugin delays and aborts as the VirtualServices do natively", async (t) => {
  const seed = seedOfRun();
  t.diagnostic(`SEED=${seed}`);
  const echo = await Echo.start();
  t.after(() => echo.stop());
  let faults = 0;
  let rounds = 0;
  // Some lists are left with few VirtualServices, so eight of them may have hardly a fault: then there are more.
  for (; rounds < MOST_ROUNDS && faults < ENOUGH; rounds++) {
    const some = await compare(echo, seed + rounds * LISTS);
    faults += some.faults;
    assert.equal(some.told.length, 0, some.told.slice(0, 5).join("\n\n"));
  }
  t.diagnostic(`${rounds * LISTS * REQUESTS} requests, ${faults} with faults`);
  assert.ok(faults >= ENOUGH, "too few faults to prove anything");
});
