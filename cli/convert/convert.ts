import { inOrder, type Finding } from "../finding.ts";
import { readDocuments } from "../input/documents.ts";
import { positionOf } from "../input/position.ts";
import { resourcesOf, type Resource } from "../input/resource.ts";
import { isPublished } from "../schema/resource-schema.ts";
import { checkResource } from "../validate/check-resource.ts";
import { leftOut, type Conversion } from "./outcome.ts";
import type { Options } from "./options.ts";
import { convertPolicies } from "./policies.ts";
import { convertServices } from "./services.ts";

/** What each kind is converted by. */
const KINDS: Readonly<Record<string, (resources: readonly Resource[], options: Options) => Conversion>> = {
  VirtualService: convertServices,
  AuthorizationPolicy: convertPolicies,
};

/**
 * Converts the VirtualServices and AuthorizationPolicies of some files to plugins. Resources of other kinds are named, and
 * so are those that Istio itself would refuse.
 *
 * @throws Failure where a file cannot be read, or a filter is not built
 */
export function convert(files: readonly string[], options: Options): Conversion {
  const findings: Finding[] = [];
  const given = new Map<string, Resource[]>(Object.keys(KINDS).map((kind) => [kind, []]));
  for (const source of files.flatMap((file) => readDocuments(file, findings))) {
    const resources = resourcesOf(source);
    if (resources.length === 0) {
      const message = "not converted: no resource (it has no kind)";
      findings.push({ ...positionOf(source, []), severity: "error", path: "", message });
    }
    for (const resource of resources) {
      const known = isPublished(resource.apiVersion, resource.kind) ? given.get(resource.kind) : undefined;
      if (known === undefined) {
        findings.push(leftOut(resource, ["kind"], `only ${[...given.keys()].join(" and ")} can be`));
        continue;
      }
      const wrong = checkResource(resource).filter(({ severity }) => severity === "error");
      findings.push(...wrong);
      if (wrong.length === 0) known.push(resource);
    }
  }
  const conversions = [...given].map(([kind, resources]) =>
    resources.length > 0 ? KINDS[kind]?.(resources, options) : undefined,
  );
  const done = conversions.filter((conversion) => conversion !== undefined);
  findings.push(...done.flatMap((conversion) => conversion.findings));
  return { made: done.flatMap(({ made }) => made), findings: inOrder(findings) };
}
