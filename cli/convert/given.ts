import { Failure } from "../failure.ts";
import type { Finding } from "../finding.ts";
import { positionOf } from "../input/position.ts";
import { readAll } from "../input/read-all.ts";
import { entriesOf, resourcesOf, type Resource } from "../input/resource.ts";
import { standingOf } from "../schema/kinds.ts";
import { checkResource } from "../validate/check-resource.ts";
import { isGatewayDeployment } from "./gateways.ts";
import { KINDS, type Kind } from "./kinds.ts";
import { leftOut, toKnow } from "./outcome.ts";
import { detectsOutliers } from "./rule.ts";
import type { Options } from "./options.ts";

/** What a conversion is given. */
export interface Given {
  /** The resources to convert; those that Istio itself would refuse are not among them. */
  readonly resources: Readonly<Record<Kind, readonly Resource[]>>;
  /** DestinationRules that say nothing of outlier detection: istiod merges them with others, and asks them for closer hosts. */
  readonly otherRules: readonly Resource[];
  /** WasmPlugins that are there already. */
  readonly plugins: readonly Resource[];
  /** Gateways, Istio's own and those of Kubernetes' Gateway API, and the Deployments of gateways. */
  readonly gateways: readonly Resource[];
  /** How many resources are of other kinds, or not asked for. */
  readonly others: number;
}

/**
 * Reads the resources of some files. What cannot be taken goes to `findings`.
 *
 * @throws Failure if a file cannot be read
 */
export function readGiven(files: readonly string[], options: Options, findings: Finding[]): Given {
  const { files: read, sources, findings: unreadable, unread, otherFiles } = readAll(files);
  // What is missing may decide together with the others.
  if (unread.length > 0) throw new Failure(unread.map(({ message }) => message).join("\nsignalbox: "));
  findings.push(...unreadable);
  const resources: Record<Kind, Resource[]> = { VirtualService: [], AuthorizationPolicy: [], DestinationRule: [] };
  const otherRules: Resource[] = [];
  const plugins: Resource[] = [];
  const gateways: Resource[] = [];
  let others = 0;
  if (sources.length === 0 && unreadable.length === 0) {
    // In a pipe: what should have written into it has failed.
    const message = `nothing to convert: ${otherFiles > 0 ? "no resource is here" : "it is empty"}`;
    findings.push({ severity: "error", file: read[0] ?? "", line: 1, column: 1, path: "", message });
  }
  for (const source of sources) {
    const found = resourcesOf(source);
    if (found.length === 0 && source.folder === undefined && !isList(source.value)) {
      const message = "not a Kubernetes resource: it needs a kind and an apiVersion";
      findings.push({ ...positionOf(source, []), severity: "error", path: "", message });
    }
    for (const resource of found) {
      const standing = standingOf(resource.apiVersion, resource.kind);
      if (typeof standing !== "string" && standing.severity === "error") {
        findings.push(leftOut(resource, [standing.field], standing.message));
        continue;
      }
      const kind = kindOf(resource, options);
      if (standing !== "published" || kind === undefined) {
        others++;
        if (isOtherRule(resource)) otherRules.push(resource);
        if (resource.kind === "WasmPlugin") plugins.push(resource);
        if (isGateway(resource) || isGatewayDeployment(resource)) gateways.push(resource);
        continue;
      }
      const wrong = checkResource(resource).filter(({ severity }) => severity === "error");
      findings.push(...wrong);
      if (wrong.length === 0) resources[kind].push(resource);
    }
  }
  for (const kind of Object.keys(KINDS) as Kind[]) {
    resources[kind] = withoutCopies(resources[kind], options, findings);
  }
  warnOfTwins(plugins, options, findings);
  return { resources, otherRules, plugins, gateways, others };
}

/** The kind of a resource of Istio; undefined if it is not to be converted, also where the option `filter` leaves it out. */
function kindOf(resource: Resource, { filter }: Options): Kind | undefined {
  const { kind } = resource;
  if (!Object.hasOwn(KINDS, kind)) return undefined;
  if (isOtherRule(resource)) return undefined;
  const { filters } = KINDS[kind as Kind];
  return filter === undefined || (filters as readonly string[]).includes(filter) ? (kind as Kind) : undefined;
}

function isOtherRule({ kind, spec }: Resource): boolean {
  return kind === "DestinationRule" && !detectsOutliers(spec);
}

function isGateway({ kind, apiVersion }: Resource): boolean {
  return kind === "Gateway" && /^(networking\.istio\.io|gateway\.networking\.k8s\.io)\//.test(apiVersion);
}

function isList(value: unknown): boolean {
  return entriesOf(value, []).length === 0;
}

/** `namespace/name`, by which a resource of a kind is known. */
export function keyOf({ namespace, name }: Resource, options: Options): string {
  return `${namespace ?? options.namespace}/${name}`;
}

/**
 * The resources without those that are there twice. Of two that have one name and differ it cannot be known which one is in
 * force, so none of the kind is converted: a policy decides together with others.
 */
function withoutCopies(resources: readonly Resource[], options: Options, findings: Finding[]): Resource[] {
  const known = new Map<string, Resource>();
  let differ = false;
  for (const resource of resources) {
    const key = keyOf(resource, options);
    const first = known.get(key);
    if (first === undefined) {
      known.set(key, resource);
      continue;
    }
    const where = placeOf(first);
    if (contentOf(first) === contentOf(resource)) {
      findings.push(toKnow(resource, ["metadata", "name"], `given twice: the same stands at ${where}`));
      continue;
    }
    differ = true;
    const why = `another ${resource.kind} of this name stands at ${where}; take one of them out, then all are converted`;
    findings.push(leftOut(resource, ["metadata", "name"], why));
  }
  return differ ? [] : [...known.values()];
}

function contentOf({ spec, labels, annotations }: Resource): string {
  return JSON.stringify([spec, labels, annotations]);
}

function placeOf({ source, at }: Resource): string {
  const { file, line } = positionOf(source, at);
  return `${file}:${line}`;
}

function warnOfTwins(plugins: readonly Resource[], options: Options, findings: Finding[]): void {
  const known = new Map<string, Resource>();
  for (const plugin of plugins) {
    const first = known.get(keyOf(plugin, options));
    if (first === undefined) known.set(keyOf(plugin, options), plugin);
    else {
      const message = `another WasmPlugin of this name stands at ${placeOf(first)}: the one that is applied last replaces it`;
      findings.push(toKnow(plugin, ["metadata", "name"], message));
    }
  }
}
