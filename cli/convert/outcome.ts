import type { Finding } from "../finding.ts";
import type { Path } from "../input/path.ts";
import { positionOf } from "../input/position.ts";
import type { Json, Resource } from "../input/resource.ts";

/** A resource that was made, and what is to be known of it. */
export interface Made {
  readonly comment: readonly string[];
  readonly resource: Json;
}

/** What came of a conversion; its errors are what was left out. */
export interface Conversion {
  readonly made: Made[];
  readonly findings: Finding[];
}

/** Names a part of a resource that was not converted, with the reason. */
export function leftOut(resource: Resource, path: Path, message: string, shown = ""): Finding {
  const place = positionOf(resource.source, [...resource.at, ...path], message.startsWith("not supported: "));
  const of = `${resource.kind} ${resource.name}`;
  return { ...place, severity: "error", path: of, message: `not converted: ${shown}${shown && ": "}${message}` };
}

/** Tells something about a resource that was converted all the same. */
export function toKnow(resource: Resource, path: Path, message: string): Finding {
  const place = positionOf(resource.source, [...resource.at, ...path]);
  return { ...place, severity: "warning", path: `${resource.kind} ${resource.name}`, message };
}
