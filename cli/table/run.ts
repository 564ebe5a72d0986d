import type { Asked } from "../decision/ask.ts";
import { whyNothingApplies } from "../decision/explain.ts";
import type { Loaded } from "../decision/load.ts";
import { Failure } from "../failure.ts";
import { Configurations } from "./configurations.ts";
import { Coverage } from "./coverage.ts";
import type { Difference } from "./expected.ts";
import { runSteps } from "./steps.ts";
import { onlyStep, type Step } from "./sequence.ts";
import type { Case, Table } from "./table.ts";

/** A case, or a check of a table as a whole, and where it came out otherwise than expected. */
export interface Result {
  readonly case: Case;
  readonly filter: string;
  readonly differences: readonly Difference[];
}

/** What is run of tables. */
export interface Selection {
  /** Only tests whose names it finds; all if absent. */
  readonly names?: RegExp | undefined;
  readonly coverage: Coverage;
}

/**
 * Runs the cases of tables in order, and gives each result as it comes. A configuration is read and given to its filter once;
 * each case asks a filter that is as it was then, so that none depends on those before it. If no policy or VirtualService applies to
 * any case of a table, and its filter does nothing at all, one more result fails.
 *
 * @throws Failure if a configuration is refused or has no such plugin, or no test has such a name
 */
export function* runTables(tables: readonly Table[], { names, coverage }: Selection): Generator<Result, void> {
  const configurations = new Configurations();
  let ran = 0;
  for (const table of tables) {
    const cases = table.cases.filter(({ name }) => names === undefined || names.test(name));
    ran += cases.length;
    const applies = new Applies();
    for (const one of cases) {
      const { loaded } = configurations.of(table, one);
      for (const step of one.steps) refuseMisplaced(step, one, loaded);
      const found = runSteps(loaded, one.steps, (asked) => {
        coverage.met(loaded, asked.decision.met);
        applies.add(loaded, asked);
      });
      yield { case: one, filter: loaded.filter, differences: found };
    }
    const why = applies.whyNot;
    if (why !== undefined) yield checkOf(table.file, "something applies to a test", "anything that applies", why);
  }
  if (ran === 0) throw new Failure(`no test has a name that ${String(names)} finds`);
}

/** @throws Failure if a rule is expected of signalbox as a whole, or sections are expected of a filter */
function refuseMisplaced({ expect, meanwhile }: Step, of: Case, loaded: Loaded): void {
  const { filter, sections } = loaded;
  const { file, line } = of;
  if (sections.length > 0 && expect.rule !== undefined) {
    throw new Failure(`${file}:${line}: each section has its own rule: write sections: { authz: { rule: … } }`);
  }
  if (sections.length === 0 && expect.sections !== undefined) {
    throw new Failure(`${file}:${line}: ${filter} has no sections: leave sections out`);
  }
  for (const step of meanwhile) refuseMisplaced(step, of, loaded);
}

/** A result that is about a whole file, and fails. */
export function checkOf(file: string, name: string, what: string, actual: string, expected = "at least one"): Result {
  const one: Case = { name, steps: [onlyStep({}, {})], plugin: undefined, file, line: 1 };
  return { case: one, filter: "", differences: [{ what, expected, actual }] };
}

/** Whether anything of its configurations applies to any case of a table. */
class Applies {
  private readonly reasons = new Set<string>();
  private some = false;
  private none = true;

  add(loaded: Loaded, asked: Asked): void {
    this.none = false;
    if (this.some) return;
    const { outcome, delay, request, response } = asked.decision;
    const changed = Object.keys({ ...request, ...response }).length > 0;
    const acted = outcome === "answered" || delay !== undefined || changed;
    const why = acted ? undefined : whyNothingApplies(loaded, asked);
    if (why === undefined) this.some = true;
    else for (const reason of why) this.reasons.add(reason);
  }

  /** Why nothing does; undefined if something does, or nothing was run. */
  get whyNot(): string | undefined {
    if (this.some || this.none) return undefined;
    const all = [...this.reasons];
    const more = all.length - SHOWN;
    return [...all.slice(0, SHOWN), ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
  }
}

/** How many reasons are shown. */
const SHOWN = 3;
