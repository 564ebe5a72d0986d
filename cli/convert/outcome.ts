import type { Finding } from "../finding.ts";
import type { Path } from "../input/path.ts";
import { positionOf } from "../input/position.ts";
import type { Json, Resource } from "../input/resource.ts";

/** Where a part of a resource that was made comes from: `path` in it is `at` in a resource that was given. */
export interface Origin {
  readonly path: Path;
  readonly resource: Resource;
  readonly at: Path;
}

/** A resource that was made, and what is to be known of it. */
export interface Made {
  /** What to do with it, and after it: sentences that are numbered over the whole output. */
  readonly steps: readonly string[];
  /** What else there is to know of it. */
  readonly comment: readonly string[];
  readonly resource: Json;
  /**
   * Where its parts come from. A mistake that a filter finds in it is reported where the longest `path` that leads to
   * the mistake comes from.
   */
  readonly origins: readonly Origin[];
  /** Of a plugin: the filter that has to take its pluginConfig, and what it is called where its name is another's too. */
  readonly plugin?: { readonly filter: string; readonly longName: string; readonly madeOf: readonly string[] };
}

/** What came of a conversion; its errors are what was left out. */
export interface Conversion {
  /**
   * In the order in which it is to be applied: it is printed so, and the steps are numbered so. It belongs together: if a
   * filter refuses one of it, all of it is left out.
   */
  readonly made: readonly Made[];
  readonly findings: Finding[];
}

/** Names a part of a resource that was not converted, with the reason. */
export function leftOut(resource: Resource, path: Path, message: string, shown = ""): Finding {
  const place = positionOf(resource.source, [...resource.at, ...path], message.startsWith("not supported: "));
  const of = `${resource.kind} ${resource.name}`.trimEnd();
  return { ...place, severity: "error", path: of, message: `not converted: ${shown}${shown && ": "}${message}` };
}

/** Tells something about a resource that was converted all the same. */
export function toKnow(resource: Resource, path: Path, message: string): Finding {
  const place = positionOf(resource.source, [...resource.at, ...path]);
  return { ...place, severity: "warning", path: `${resource.kind} ${resource.name}`, message };
}
