/**
 * The file that a user edits while Envoy runs: a filter's pluginConfig in YAML, read as kubectl reads it, as the command
 * `signalbox` does.
 */
import { Failure } from "../cli/failure.ts";
import type { Finding } from "../cli/finding.ts";
import { readDocuments, type Source } from "../cli/input/documents.ts";
import { messagePosition } from "../cli/input/message-position.ts";
import { splitMessage } from "../cli/input/path.ts";
import { positionOf } from "../cli/input/position.ts";
import { isObject, resourcesOf, type Resource } from "../cli/input/resource.ts";

/** What a file holds: a pluginConfig, or the reasons why it holds none, a line each. */
export type Read = { readonly source: Source; readonly json: string } | { readonly problems: readonly string[] };

/** Kinds that hold a plugin, and where in them its pluginConfig is. */
const PLUGIN_CONFIG: Readonly<Record<string, string>> = {
  WasmPlugin: "spec.pluginConfig",
  TrafficExtension: "spec.wasm.pluginConfig",
};

/** Kinds that `signalbox convert` makes plugins of. */
const CONVERTED = ["VirtualService", "AuthorizationPolicy"];

/** Reads the file. Whatever is in it, a problem is a line that says what to do. */
export function readEdited(file: string): Read {
  const findings: Finding[] = [];
  let sources: Source[];
  try {
    sources = readDocuments(file, findings);
  } catch (error) {
    if (error instanceof Failure) return { problems: [error.message] };
    throw error;
  }
  if (findings.length > 0) {
    return { problems: findings.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`) };
  }
  const [resource] = sources.flatMap(resourcesOf);
  if (resource !== undefined) return { problems: [`${file}: ${ofResource(resource)}`] };
  const [source, second] = sources;
  if (source === undefined) return { problems: [`${file}: the file is empty: expected a pluginConfig`] };
  if (second !== undefined) {
    const { line } = positionOf(second, []);
    return { problems: [`${file}:${line}: a second document begins here: expected one pluginConfig`] };
  }
  const config: unknown = source.text?.document.toJS();
  if (!isObject(config))
    return { problems: [`${file}:1: expected an object, as in spec.pluginConfig of a WasmPlugin`] };
  return { source, json: JSON.stringify(config) };
}

function ofResource({ kind }: Resource): string {
  const here = "this file is a pluginConfig alone";
  const place = PLUGIN_CONFIG[kind];
  if (place !== undefined) return `this is a ${kind}, and ${here}: paste only what is in its ${place}`;
  if (!CONVERTED.includes(kind)) return `this is a ${kind}, and ${here}`;
  return `this is a ${kind}, and ${here}: npx signalbox convert makes a plugin of it; paste its spec.pluginConfig`;
}

/** What a filter says of a pluginConfig, with file, line and column before it. */
export function located(source: Source, said: string): string {
  const [, filter = "", text = said] = /^([a-z-]+): (.*)$/s.exec(said) ?? [];
  const { path, message } = splitMessage(text);
  if (filter === "" || (path.length === 0 && message === text && !text.startsWith("pluginConfig"))) return said;
  const { file, line, column } = messagePosition(source, [], path, message);
  return `${file}:${line}:${column}: ${text}`;
}
