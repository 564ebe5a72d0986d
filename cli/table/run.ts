import { decide } from "../decision/decide.ts";
import { loadPlugins, type Loaded } from "../decision/load.ts";
import { Failure } from "../failure.ts";
import { differences, type Difference } from "./expected.ts";
import type { Case, Table } from "./table.ts";

/** A case, and where it came out otherwise than expected. */
export interface Result {
  readonly case: Case;
  readonly filter: string;
  readonly differences: readonly Difference[];
}

/**
 * Runs the cases of a table in order. Each is the first request of a filter that was configured anew, so that none
 * depends on those before it.
 *
 * @throws Failure where the configuration is refused, or has no such plugin
 */
export function runTable(table: Table): Result[] {
  return table.cases.map((one) => {
    const { name, filter, configured } = only(table, one);
    const decision = decide(configured, one.request);
    return { case: one, filter: filter ?? name, differences: differences(one.expect, decision) };
  });
}

function only({ config, filter, workload }: Table, { plugin, file, line }: Case): Loaded {
  const plugins = loadPlugins(config, { filter, plugin, workload });
  const [first] = plugins;
  if (first === undefined || plugins.length > 1) {
    const names = plugins.map(({ name }) => name).join(", ");
    throw new Failure(`${file}:${line}: ${config} has several plugins: say with plugin which of ${names}`);
  }
  return first;
}
