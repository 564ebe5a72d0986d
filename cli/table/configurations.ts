import { loadPlugins, type Loaded } from "../decision/load.ts";
import { Failure } from "../failure.ts";
import { keep } from "../filter/configured.ts";
import type { Case, Table } from "./table.ts";

/** A configured plugin, and what makes it as if it had never been asked. */
export interface Kept {
  readonly loaded: Loaded;
  readonly again: () => void;
}

/** The configurations that tables ask, each read and given to its filter once. */
export class Configurations {
  private readonly known = new Map<string, Kept>();

  /**
   * The plugin that a case asks, just configured as far as it can tell.
   *
   * @throws Failure if the configuration is refused, or it is not clear which plugin is meant
   */
  of({ config, filter, workload }: Table, { plugin, file, line }: Case): Kept {
    const key = JSON.stringify([config, filter, workload, plugin]);
    const known = this.known.get(key);
    if (known !== undefined) {
      known.again();
      return known;
    }
    const plugins = loadPlugins(config, { filter, plugin, workload });
    const [loaded] = plugins;
    if (loaded === undefined || plugins.length > 1) {
      const names = plugins.map(({ name }) => name).join(", ");
      throw new Failure(`${file}:${line}: ${config} has several plugins: say with plugin which of ${names}`);
    }
    const kept = { loaded, again: keepAll(loaded) };
    this.known.set(key, kept);
    return kept;
  }
}

function keepAll({ configured, sections }: Loaded): () => void {
  const all = new Set([configured, ...sections.map(({ upTo }) => upTo)]);
  const kept = [...all].map(keep);
  return () => {
    for (const again of kept) again();
  };
}
