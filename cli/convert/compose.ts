import { SECTION_NAMES, sectionFor, SIGNALBOX, withoutShared } from "../filter/sections.ts";
import type { Finding } from "../finding.ts";
import type { Json, Resource } from "../input/resource.ts";
import { notAgreed } from "./metadata.ts";
import type { Options } from "./options.ts";
import { leftOut, toKnow, type Conversion, type Made, type Origin } from "./outcome.ts";
import { wasmPlugin } from "./wasm-plugin.ts";

/** What the converters say of a plugin that they made. */
interface PluginSpec {
  readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
  readonly targetRefs?: readonly Json[];
  readonly match?: readonly { readonly mode?: string }[];
  readonly pluginConfig: Json;
}

/**
 * Puts the plugins of some conversions into one of signalbox, a section each. One plugin is in one namespace and for one selector: if the
 * single ones are not, or if one is for a gateway, nothing is made, and it is said why.
 */
export function composed(conversions: readonly Conversion[], options: Options): Conversion {
  const made = conversions.flatMap((one) => one.made);
  const findings = conversions.flatMap((one) => one.findings);
  const place = (one: Made): number => SECTION_NAMES.indexOf(sectionFor(filterOf(one)).name);
  const plugins = made.filter(({ plugin }) => plugin !== undefined).sort((a, b) => place(a) - place(b));
  const others = made.filter(({ plugin }) => plugin === undefined);
  const [first] = plugins;
  if (first === undefined) return { made, findings };
  const why = whyNotOne(plugins, options);
  if (why !== undefined) {
    const refused = plugins.map((plugin): Finding => leftOut(resourcesOf(plugin)[0] as Resource, [], why));
    return { made: [], findings: [...findings, ...refused] };
  }
  const from = [...new Set(plugins.flatMap(resourcesOf))];
  const lost = notAgreed(from);
  if (lost.length > 0) {
    const message = `the resources of the plugin differ in these labels or annotations, so the plugin has none of them: `;
    findings.push(toKnow(from[0] as Resource, ["metadata"], message + lost.join(", ")));
  }
  // The VirtualServices first: without the plugin they decide as before.
  return { made: [...others, onePlugin(plugins, from, options)], findings };
}

function onePlugin(plugins: readonly Made[], from: readonly Resource[], options: Options): Made {
  const modes = [...new Set(plugins.map(modeOf))];
  const filters = plugins.map(filterOf);
  const guards = filters.includes("authz");
  const [first] = plugins as [Made];
  const { selector } = specOf(first);
  const comment = plugins.flatMap((one) => one.comment);
  if (guards && modes.length > 1) {
    comment.push(
      "If the module cannot run, requests that the workload sends are refused too: failStrategy is for all sections.",
    );
  }
  return wasmPlugin(
    {
      filter: SIGNALBOX,
      fieldsOf: guards ? SIGNALBOX : (filters[0] as string),
      namespace: namespaceOf(first),
      madeOf: first.plugin?.madeOf ?? [],
      from,
      selector: selector?.matchLabels,
      mode: modes.length === 1 ? modes[0] : "CLIENT_AND_SERVER",
      pluginConfig: Object.assign({}, ...plugins.map(sharedOf), ...plugins.map(sectionOf)) as Json,
      steps: stepsOf(plugins),
      comment: [...new Set(comment)],
      origins: plugins.flatMap(originsOf),
    },
    options,
  );
}

/** Why the plugins cannot be one. */
function whyNotOne(plugins: readonly Made[], options: Options): string | undefined {
  if (options.gateway !== "mesh" || plugins.some(isAtGateway)) {
    return "--module signalbox makes plugins for sidecars: convert what is for a gateway without it";
  }
  const filters = plugins.map(filterOf);
  const twice = filters.find((filter, place) => filters.indexOf(filter) !== place);
  if (twice !== undefined) {
    return `it takes several plugins of ${twice}, and signalbox has one section for it: say with --selector which workload, and give the resources of its namespace and of the root namespace only`;
  }
  const places = [...new Set(plugins.map(namespaceOf))];
  if (places.length > 1) {
    const told = plugins.map((one) => `that of ${filterOf(one)} in ${namespaceOf(one)}`).join(", ");
    const policies = plugins.find((one) => filterOf(one) === "authz");
    const own = policies === undefined ? (places[0] as string) : namespaceOf(policies);
    return `one plugin is in one namespace, and of the single ones ${told} would be: say --to-namespace ${own}`;
  }
  const selectors = new Set(plugins.map((one) => JSON.stringify(specOf(one).selector?.matchLabels ?? {})));
  return selectors.size > 1
    ? "one plugin has one selector, and the single ones would differ: say with --selector which workload"
    : undefined;
}

/** For a gateway, the policies' plugin has another mode than for sidecars. */
function isAtGateway(made: Made): boolean {
  return specOf(made).targetRefs !== undefined || (filterOf(made) === "authz" && modeOf(made) !== "SERVER");
}

/** The steps of all of them as those of one. */
function stepsOf(plugins: readonly Made[]): string[] {
  if (plugins.length === 1) return [...(plugins[0] as Made).steps];
  const beside = plugins
    .flatMap(({ steps }) => steps.slice(0, 1))
    .find((step) => step.includes("AuthorizationPolicies"));
  const [apply, ...more] = (beside ?? "Then apply this plugin.").split(/(?<=\.) /);
  return [
    [apply, ...more].join(" ").replace(/^Apply/, "Then apply"),
    ...plugins.flatMap(({ steps }) => steps.slice(1)),
  ];
}

function sectionOf(made: Made): Json {
  const { name, usual } = sectionFor(filterOf(made));
  const mode = modeOf(made);
  const own = withoutShared(specOf(made).pluginConfig);
  return { [name]: { ...(mode !== usual && { mode }), ...own } };
}

function sharedOf(made: Made): Json {
  const all = specOf(made).pluginConfig;
  const own = Object.keys(withoutShared(all));
  return Object.fromEntries(Object.entries(all).filter(([field]) => !own.includes(field)));
}

/** Where its parts come from, as they are in the section. */
function originsOf(made: Made): Origin[] {
  const { name } = sectionFor(filterOf(made));
  return made.origins.map((origin) => {
    const [spec, field, ...others] = origin.path;
    return field === "pluginConfig" ? { ...origin, path: [spec as string, field, name, ...others] } : origin;
  });
}

function filterOf({ plugin }: Made): string {
  return plugin?.filter ?? "";
}

function specOf({ resource }: Made): PluginSpec {
  return resource["spec"] as PluginSpec;
}

function modeOf(made: Made): string {
  return specOf(made).match?.[0]?.mode ?? "CLIENT_AND_SERVER";
}

function namespaceOf({ resource }: Made): string {
  return (resource["metadata"] as { namespace: string }).namespace;
}

function resourcesOf({ origins }: Made): Resource[] {
  return [...new Set(origins.map(({ resource }) => resource))];
}
