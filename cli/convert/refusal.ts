import { configure, type Workload } from "../filter/configured.ts";
import { splitMessage, type Path } from "../input/path.ts";
import type { Json } from "../input/resource.ts";

/** What a filter said against a configuration. */
export interface Refusal {
  readonly path: Path;
  /** The path as the filter writes it. */
  readonly written: string;
  readonly message: string;
}

/** What the compiled filter says against a configuration: what it cannot honour, it names itself. */
export function refusals(filter: string, pluginConfig: Json, workload: Workload): Refusal[] {
  return configure(filter, pluginConfig, workload).errors.map(splitMessage);
}
