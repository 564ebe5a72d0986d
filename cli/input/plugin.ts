import { carriedModules } from "../carried.ts";
import type { Workload } from "../filter/configured.ts";
import { suggestion } from "../schema/problem.ts";
import type { Source } from "./documents.ts";
import { imageName } from "./image-name.ts";
import type { Path } from "./path.ts";
import { isObject, type Json, type Resource } from "./resource.ts";

/** A pluginConfig, wherever it stands, and what it is for. */
export interface Plugin {
  readonly source: Source;
  /** The way to it in its document. */
  readonly at: Path;
  readonly config: unknown;
  /** The filter's name; else `unknown` says why there is none. */
  readonly filter: string | undefined;
  readonly unknown: string;
  readonly workload: Workload;
}

/** Where a kind has the fields of a plugin. */
const FIELDS: ReadonlyMap<string, Path> = new Map([
  ["WasmPlugin", ["spec"]],
  ["TrafficExtension", ["spec", "wasm"]],
]);

/** The plugin of a WasmPlugin or TrafficExtension; undefined for other kinds, and a TrafficExtension without Wasm. */
export function pluginOf(resource: Resource, filter: string | undefined): Plugin | undefined {
  const { source, at, kind, apiVersion, spec, namespace = "default" } = resource;
  const way = FIELDS.get(kind);
  const fields = fieldsOf(apiVersion, kind, spec);
  if (way === undefined || fields === undefined) return undefined;
  const named = filter ?? filterOf(fields);
  return {
    source,
    at: [...at, ...way, "pluginConfig"],
    config: fields.pluginConfig,
    filter: named,
    unknown: named === undefined ? whyUnknown(fields) : "",
    workload: { namespace, labels: labelsOf(spec), environment: environmentOf(fields) },
  };
}

/**
 * The filter whose image an object's plugin has, by the image's name alone; undefined for other images, whatever their
 * `pluginName`, and for an object that is no plugin.
 *
 * @param places where the image has to be: the start of its url without the scheme, up to a `/`; anywhere if there is none
 */
export function filterOfImage({ kind, apiVersion, spec }: Json, places: readonly string[]): string | undefined {
  if (typeof kind !== "string" || typeof apiVersion !== "string" || !isObject(spec)) return undefined;
  const { url } = fieldsOf(apiVersion, kind, spec) ?? {};
  const name = imageName(url);
  const address = String(url).replace(/^[a-z]+:\/\//, "");
  const there = places.length === 0 || places.some((place) => address.startsWith(`${place.replace(/\/+$/, "")}/`));
  return there && carriedModules().includes(name) ? name : undefined;
}

/** Where the fields of a plugin are in a `spec`; undefined for other kinds, and a TrafficExtension without Wasm. */
function fieldsOf(apiVersion: string, kind: string, spec: Json): Json | undefined {
  const way = apiVersion.startsWith("extensions.istio.io/") ? FIELDS.get(kind) : undefined;
  if (way === undefined) return undefined;
  const fields = way.length === 1 ? spec : spec[way[1] as string];
  return isObject(fields) ? fields : undefined;
}

/** A document that is a pluginConfig and nothing else. */
export function barePlugin(source: Source, filter: string): Plugin {
  return { source, at: [], config: source.value, filter, unknown: "", workload: { namespace: "default", labels: {} } };
}

/** The filter that a plugin's image or `pluginName` names. */
function filterOf(fields: Json): string | undefined {
  const names = carriedModules();
  return [imageName(fields.url), fields.pluginName].find((name): name is string => names.includes(name as string));
}

function whyUnknown(fields: Json): string {
  const image = imageName(fields.url);
  const within = carriedModules().find((name) => image.includes(name));
  const near = within === undefined ? suggestion(image, carriedModules()) : ` (did you mean "${within}"?)`;
  const about = image === "" ? "no url that names a filter" : `no filter named "${image}"${near}`;
  return `not checked: ${about}; name one with --filter`;
}

/** The variables of `vmConfig.env`. What a proxy's own variable holds (`valueFrom: HOST`) is not known: it is something. */
function environmentOf({ vmConfig }: Json): Readonly<Record<string, string>> {
  const list = isObject(vmConfig) ? vmConfig.env : undefined;
  const variables = Array.isArray(list) ? list.filter(isObject) : [];
  return Object.fromEntries(
    variables.map(({ name, value, valueFrom }) => [
      String(name),
      valueFrom === "HOST" ? "unknown" : String(value ?? ""),
    ]),
  );
}

/** The labels that a workload surely has where the plugin runs. */
function labelsOf(spec: Json): Readonly<Record<string, string>> {
  const { selector } = spec;
  const labels = isObject(selector) ? selector.matchLabels : undefined;
  return isObject(labels) ? (labels as Record<string, string>) : {};
}
