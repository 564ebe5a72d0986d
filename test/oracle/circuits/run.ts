/** Takes experiments through both sides, act by act, all of them at the same time. */
import { isAnsweredEarly, status, type Act } from "./acts.ts";
import { ask, REFUSED, type Fate } from "./ask.ts";
import { SIDES, type Side, type Subject, type World } from "./world.ts";

/** An `outlierDetection`, and what is done to it until a request is refused. */
export interface Experiment extends Subject {
  acts: readonly Act[];
}

/** An act, and what became of it at both sides. */
export interface Step {
  act: Act;
  native: Fate;
  filter: Fate;
}

/** So many experiments are under way at once: each has two connections at a time. */
const AT_ONCE = 120;

/** Runs all experiments, and gives the steps of each, in the order of the experiments. */
export async function run(world: World, experiments: readonly Experiment[]): Promise<Step[][]> {
  const all: Step[][] = [];
  for (let from = 0; from < experiments.length; from += AT_ONCE)
    all.push(...(await together(world, experiments.slice(from, from + AT_ONCE))));
  return all;
}

async function together(world: World, experiments: readonly Experiment[]): Promise<Step[][]> {
  const steps = experiments.map((): Step[] => []);
  const length = Math.max(...experiments.map(({ acts }) => acts.length));
  for (let at = 0; at < length; at++) {
    await Promise.all(
      experiments.map(async (experiment, index) => {
        const act = experiment.acts[at];
        const before = steps[index]!.at(-1);
        const isOpen = before?.native === REFUSED || before?.filter === REFUSED;
        if (act !== undefined && !isOpen) steps[index]!.push({ act, ...(await both(world, experiment, act)) });
      }),
    );
    await world.settled();
  }
  return steps;
}

async function both(world: World, subject: Subject, act: Act): Promise<Record<Side, Fate>> {
  const upstream = world.upstreams.get(subject.name)!;
  if (act.how === "refuse") upstream.refuse();
  const [native, filter] = await Promise.all(SIDES.map((side) => ask(world, side, subject, act)));
  if (act.how === "refuse") await upstream.listen();
  // An open circuit answers before routes and the filters after it; natively it is the next request that shows it.
  if (filter === REFUSED && isAnsweredEarly(act))
    return { native: await ask(world, "native", subject, status(200)), filter };
  // For what it had no room for, Envoy had opened a connection, which the next request would find.
  if (act.how === "overflow") await upstream.closeIdle();
  return { native: native!, filter: filter! };
}
