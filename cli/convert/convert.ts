import { inOrder, type Finding } from "../finding.ts";
import { STANDARD_INPUT } from "../input/files.ts";
import type { Json, Resource } from "../input/resource.ts";
import { checked } from "./check-made.ts";
import { composed } from "./compose.ts";
import { keyOf, readGiven, type Given } from "./given.ts";
import { KINDS, type Kind } from "./kinds.ts";
import { leftOut, toKnow, type Conversion, type Made } from "./outcome.ts";
import type { Options } from "./options.ts";
import { convertRules } from "./destination-rules.ts";
import { convertPolicies } from "./policies.ts";
import { convertServices } from "./services.ts";
import { FOR_ALL } from "./wasm-plugin.ts";

/** What each kind is converted by. */
const CONVERTERS: Readonly<
  Record<Kind, (resources: readonly Resource[], options: Options, given: Given, before: readonly Made[]) => Conversion>
> = {
  VirtualService: convertServices,
  AuthorizationPolicy: convertPolicies,
  DestinationRule: convertRules,
};

/** What came of converting some files. */
export interface Converted {
  /** In the order in which it is to be applied. */
  readonly made: readonly Made[];
  /** What was not converted (errors), and what there is to know (warnings), each with its place. */
  readonly findings: readonly Finding[];
  /** What there is to know of the whole. */
  readonly notes: readonly string[];
}

/**
 * Converts the VirtualServices, AuthorizationPolicies and DestinationRules of some files to plugins. What is made can be applied as it is:
 * every plugin has been configured in the compiled filter. What Istio itself would refuse, and what its filter would, is
 * named at the line where it stands. Resources of other kinds are counted.
 *
 * @throws Failure if a file cannot be read, or a filter is not built
 */
export function convert(files: readonly string[], options: Options): Converted {
  const findings: Finding[] = [];
  const given = readGiven(files, options, findings);
  const single: Conversion[] = [];
  for (const kind of Object.keys(KINDS) as Kind[]) {
    if (given.resources[kind].length === 0) continue;
    const before = single.flatMap(({ made }) => made);
    single.push(convertKind(kind, given, options, before));
  }
  const conversions = (options.module === undefined ? single : [composed(single, options)]).map(checked);
  findings.push(...conversions.flatMap((conversion) => conversion.findings));
  const made = replacing(withNames(conversions.flatMap((conversion) => conversion.made)), given, options, findings);
  return { made, findings: inOrder(findings), notes: notesOn(files, { made, findings }, given, options) };
}

function convertKind(kind: Kind, given: Given, options: Options, before: readonly Made[]): Conversion {
  const resources = given.resources[kind];
  if (options.dryRun && kind === "VirtualService") {
    const why = "there is no dry run of routes and faults: leave --dry-run out";
    return { made: [], findings: resources.map((resource) => leftOut(resource, [], why)) };
  }
  return CONVERTERS[kind](resources, options, given, before);
}

function identityOf({ resource }: Made): string {
  const { kind, metadata } = resource as { kind: string; metadata: { name: string; namespace: string } };
  return `${kind} ${metadata.namespace}/${metadata.name}`;
}

/**
 * Plugins whose name is another's too (by `--name`) are called by their filter and what they are made of besides, and by a
 * number if that is not enough.
 */
function withNames(made: readonly Made[]): Made[] {
  const count = new Map<string, number>();
  for (const one of made) count.set(identityOf(one), (count.get(identityOf(one)) ?? 0) + 1);
  const taken = new Set<string>();
  return made.map((one) => {
    const { plugin } = one;
    if (plugin === undefined || count.get(identityOf(one)) === 1) return one;
    for (let number = 1; ; number++) {
      const name = number === 1 ? plugin.longName : `${plugin.longName}-${number}`;
      const renamed = { ...one, resource: { ...one.resource, metadata: { ...(one.resource.metadata as Json), name } } };
      if (taken.has(identityOf(renamed))) continue;
      taken.add(identityOf(renamed));
      return renamed;
    }
  });
}

/** Warns of plugins that are there already under the name of one that is made. */
function replacing(made: readonly Made[], given: Given, options: Options, findings: Finding[]): Made[] {
  return made.map((one) => {
    const same = given.plugins.filter((plugin) => identityOf(one) === `WasmPlugin ${keyOf(plugin, options)}`);
    if (same.length === 0) return one;
    const message = "the plugin that is made has this name too and would replace this one: choose another with --name";
    findings.push(...same.map((plugin) => toKnow(plugin, ["metadata", "name"], message)));
    return { ...one, comment: [...one.comment, "It REPLACES the WasmPlugin of this name that was given."] };
  });
}

function notesOn(
  files: readonly string[],
  { made, findings }: Omit<Converted, "notes">,
  { resources, others }: Given,
  options: Options,
): string[] {
  const notes: string[] = [];
  const twice = new Set(files.filter((file, at) => files.indexOf(file) !== at));
  for (const file of twice) notes.push(`${file === STANDARD_INPUT ? "-" : file} is given twice, and read once.`);
  const plugins = made.filter(({ plugin }) => plugin !== undefined);
  for (const plugin of plugins.filter(({ comment }) => comment.includes(FOR_ALL))) {
    notes.push(`warning: ${identityOf(plugin)} is for every workload of the mesh; --selector narrows it.`);
  }
  if (plugins.length > 0 && options.url === undefined) {
    notes.push("warning: the plugins have a placeholder url, at which there is no image: give yours with --url.");
  }
  if (others === 0 && findings.length === 0 && Object.values(resources).every(({ length }) => length === 0)) {
    notes.push("Nothing to convert: it has no VirtualService, no AuthorizationPolicy and no DestinationRule.");
  }
  if (others === 1) notes.push("1 resource of another kind is left as it is.");
  if (others > 1) notes.push(`${others} resources of other kinds are left as they are.`);
  return notes;
}
