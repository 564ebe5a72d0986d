import type { Finding } from "../finding.ts";
import { isWithin, shownPath, type Path } from "../input/path.ts";
import { positionOf } from "../input/position.ts";
import type { Json } from "../input/resource.ts";
import { problemsOf } from "../schema/resource-schema.ts";
import type { Conversion, Made } from "./outcome.ts";
import { refusals } from "./refusal.ts";

/**
 * A conversion that can be applied: each plugin has been configured in the compiled filter as a whole, and each resource
 * compared with Istio's schema. If one is refused, nothing of the conversion is left, and the reason is reported where the
 * refused part comes from.
 *
 * @throws Failure if a filter is not built
 */
export function checked({ made, findings }: Conversion): Conversion {
  const wrong = made.flatMap(wrongWith);
  return wrong.length === 0 ? { made, findings } : { made: [], findings: [...findings, ...wrong] };
}

function wrongWith(made: Made): Finding[] {
  const { apiVersion, kind, metadata, spec } = made.resource as { apiVersion: string; kind: string } & {
    metadata: { name: string; namespace: string };
    spec: Json;
  };
  const wrong = problemsOf(apiVersion, kind, { spec }).map(({ path, message }) =>
    reported(
      made,
      path,
      `the ${kind} ${metadata.name} that is made of it is not valid: ${shownPath(path)}: ${message}`,
    ),
  );
  if (made.plugin === undefined) return wrong;
  const { filter } = made.plugin;
  const { selector } = spec as { selector?: { matchLabels?: Record<string, string> } };
  const workload = { namespace: metadata.namespace, labels: selector?.matchLabels ?? {} };
  for (const { path, written, message } of refusals(filter, spec["pluginConfig"] as Json, workload)) {
    const why = `not converted: ${filter} refuses the plugin made of it: ${written}: ${message}`;
    wrong.push({ ...reported(made, ["spec", "pluginConfig", ...path], why), filter });
  }
  return wrong;
}

/** An error about a part of what was made, where that comes from. */
function reported({ origins }: Made, path: Path, message: string): Finding {
  const fitting = origins.filter((origin) => isWithin(path, origin.path));
  const origin = fitting.reduce((best, one) => (one.path.length > best.path.length ? one : best));
  const { resource, at } = origin;
  const way = [...resource.at, ...at, ...path.slice(origin.path.length)];
  return {
    ...positionOf(resource.source, way),
    severity: "error",
    path: `${resource.kind} ${resource.name}`,
    message,
  };
}
