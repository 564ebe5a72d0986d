import { beginAsking, type Asked } from "../decision/ask.ts";
import { sentBy } from "../decision/decide.ts";
import type { Loaded } from "../decision/load.ts";
import { differences, sectionDifferences, type Difference, type Expected } from "./expected.ts";
import type { Step } from "./sequence.ts";

/**
 * Sends the requests of a case through a plugin, one after the other. Time passes in the emulator alone.
 *
 * @param seen is called with what came of each
 * @returns where it came out otherwise than expected; of a step's requests the first that did
 */
export function runSteps(loaded: Loaded, steps: readonly Step[], seen: (asked: Asked) => void): Difference[] {
  return new Running(loaded, seen).run(steps);
}

/** A case that is being run. */
class Running {
  private begun = false;

  constructor(
    private readonly loaded: Loaded,
    private readonly seen: (asked: Asked) => void,
  ) {}

  run(steps: readonly Step[]): Difference[] {
    return steps.flatMap((step) => {
      this.pass(step.after);
      let found: Difference[] = [];
      for (let time = 1; time <= step.times; time++) {
        const of = this.runOnce(step, time);
        if (found.length === 0) found = of;
      }
      return found;
    });
  }

  /** One request of a step. How circuits are is expected after the last one. */
  private runOnce(step: Step, time: number): Difference[] {
    const { request, upstream, meanwhile, times, name } = step;
    const goesOn = this.begun;
    this.begun = true;
    const end = beginAsking(this.loaded, request, { inSequence: name !== "", goesOn });
    const start = this.now;
    const found = this.run(meanwhile);
    const takes = Math.max(0, upstream.takes - (this.now - start));
    const asked = end({ ...upstream, takes });
    this.seen(asked);
    const sent = sentBy(upstream);
    const expect = time === times ? step.expect : untilTheLast(step.expect);
    const own = [...differences(expect, asked.decision, sent), ...sectionDifferences(expect, asked.sections, sent)];
    const called = times === 1 ? name : `${name}, request ${time} of ${times}`;
    return [...found, ...own.map((one) => (name === "" ? one : { ...one, what: `${called}: ${one.what}` }))];
  }

  private get now(): number {
    return Number(this.loaded.configured.emulator.clock.monotonic) / 1e6;
  }

  /** Nothing happens for so many milliseconds. */
  private pass(milliseconds: number): void {
    const { configured, sections } = this.loaded;
    for (const { emulator } of new Set([configured, ...sections.map(({ upTo }) => upTo)])) {
      emulator.clock.advance(milliseconds);
    }
  }
}

function untilTheLast({ circuits: _, sections, ...expect }: Expected): Expected {
  if (sections === undefined) return expect;
  const others = Object.entries(sections).map(([name, { circuits: __, ...section }]) => [name, section]);
  return { ...expect, sections: Object.fromEntries(others) as Expected["sections"] & object };
}
