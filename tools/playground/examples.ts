import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse, stringify } from "yaml";
import type { Example } from "../../playground/protocol.ts";
import { filesBelow, moduleFolder, moduleNames, PROJECT } from "../project.ts";

/** A request of an example: the fields of `signalbox explain`, but that the caller is `peer`, and some of tests alone. */
type ExampleRequest = Readonly<Record<string, unknown>>;

/** The host that an example is about if its request names none. */
const HOSTS: Readonly<Record<string, string>> = {
  authz: "httpbin",
  "circuit-breaking": "reviews",
  "fault-injection": "ratings",
  "header-routing": "reviews",
  signalbox: "productpage",
  "trace-propagation": "ratings",
};

/** What is not a field of `signalbox explain --request`: a filter state, which only another filter of the proxy can set. */
const OF_TESTS_ALONE = ["filterState"];

/**
 * The examples of the filters' READMEs: first each module's own manifest, then its examples, each in that manifest's plugin,
 * so that it is what a user would apply.
 */
export function examples(): Example[] {
  return moduleNames().flatMap((filter) => {
    const manifest = textOf(`${moduleFolder(filter)}/wasmplugin.yaml`).split(/^---\n/m)[0] ?? "";
    const plugin = manifest.slice(0, manifest.indexOf("  pluginConfig:"));
    const made = filesBelow(`${moduleFolder(filter)}/examples`)
      .filter((file) => file.endsWith(".yaml"))
      .map((file): Example => exampleOf(filter, plugin, basename(file, ".yaml"), textOf(file)));
    const same = made.find(({ config }) => isDeepStrictEqual(pluginConfigOf(config), pluginConfigOf(manifest)));
    const request = same?.request ?? "{}\n";
    return [{ filter, name: "wasmplugin", config: manifest, request }, ...made];
  });
}

function pluginConfigOf(plugin: string): unknown {
  return (parse(plugin) as { spec: { pluginConfig: unknown } }).spec.pluginConfig;
}

function exampleOf(filter: string, plugin: string, name: string, text: string): Example {
  const [config = "", decisions = ""] = text.split(/^---\n/m);
  // What the example is about stands in its first lines; the manifest's own would be about something else.
  const [, about = "", fields = ""] = /^((?:#.*\n)*)([^]*)$/.exec(config) ?? [];
  const resource = plugin.replace(/^#.*\n/gm, "");
  const [first] = (parse(decisions) ?? []) as { readonly request?: ExampleRequest; readonly direction?: string }[];
  const direction = first?.direction?.toUpperCase();
  return {
    filter,
    name,
    config: `${about}${placed(resource, fields)}  pluginConfig:\n${fields.replace(/^(?=.)/gm, "    ")}`,
    request: requestOf(filter, { ...first?.request, ...(direction !== undefined && { direction }) }),
  };
}

/** The manifest's plugin at the listeners that a pluginConfig with `direction` is for. */
function placed(plugin: string, fields: string): string {
  const [, direction] = /^direction: (INBOUND|OUTBOUND)$/m.exec(fields) ?? [];
  if (direction === undefined) return plugin;
  return plugin.replace(/^ {2}match: .*$/m, `  match: [{ mode: ${direction === "INBOUND" ? "SERVER" : "CLIENT"} }]`);
}

function requestOf(filter: string, request: ExampleRequest): string {
  const { peer, ...others } = request;
  const fields = Object.entries(others).filter(([name]) => !OF_TESTS_ALONE.includes(name));
  const principal = typeof peer === "string" ? { principal: peer.replace("spiffe://", "") } : {};
  return stringify({ method: "GET", path: "/", host: HOSTS[filter], ...Object.fromEntries(fields), ...principal });
}

function textOf(file: string): string {
  return readFileSync(join(PROJECT, file), "utf8");
}
