import type { Loaded } from "../decision/load.ts";
import { decide } from "../decision/decide.ts";
import type { Request } from "../decision/request.ts";
import { diff, type Report, type Search } from "../diff/diff.ts";
import { configure, type Workload } from "../filter/configured.ts";
import { sectionsOf } from "../filter/sections.ts";
import { objectSource } from "../input/documents.ts";
import { barePlugin } from "../input/plugin.ts";

/** A pluginConfig that a workload's proxy has accepted; undefined if it refuses it. */
export function accepted(filter: string, config: unknown, workload: Workload): Loaded | undefined {
  const configured = configure(filter, config, workload, { logLevel: "debug" });
  if (configured.errors.length > 0) return undefined;
  const plugin = { ...barePlugin(objectSource(config), filter), workload };
  const sections = sectionsOf(filter, config).map((section) => ({ ...section, upTo: configured }));
  return { name: filter, filter, plugin, selectors: [], workload, assumed: [], configured, sections };
}

/** What the command finds between two of them. */
export function between(old: Loaded, other: Loaded, search: Partial<Search> = {}): Report {
  return diff({ name: old.name, old, new: other }, { requests: [], seed: 1, most: 1500, oneWorkload: true, ...search });
}

/** What a filter does with a request that a caller or the service can see, in short. */
export function seen({ configured }: Loaded, request: Request): string {
  const {
    outcome,
    answer,
    delay,
    request: changes,
    response,
  } = decide(configured, { at: "2026-01-01T00:00:00Z", ...request });
  const back = answer === undefined ? response : {};
  return JSON.stringify([
    outcome,
    answer?.status,
    answer?.body,
    delay,
    ...[changes, back].map((all) => Object.entries(all).sort()),
  ]);
}
