/**
 * What `manifests/` has of each filter: copies of the `*.yaml` in the filter's own folder, the same for Istio's newer
 * TrafficExtension, each with a kustomization around it, and the rules for statistics that the filter's README gives.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { parse, stringify } from "yaml";
import { PROJECT, filesBelow, moduleFolder, moduleNames } from "../project.ts";
import { withTrafficExtensions } from "./traffic-extension.ts";

/** The folders of `manifests/` that are written whole; the others are by hand. */
export const WRITTEN = ["base", "metrics", "traffic-extension"];

/** Every file to be written, by its path below `manifests/`. */
export async function filterManifests(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const labels: string[] = [];
  for (const filter of moduleNames()) {
    const names = ownManifests(filter);
    for (const name of names) {
      const from = `${moduleFolder(filter)}/${name}`;
      const text = readFileSync(join(PROJECT, from), "utf8");
      const extended = name.replace("wasmplugin", "trafficextension");
      files.set(`base/${filter}/${name}`, await written(from, text));
      files.set(`traffic-extension/${filter}/${extended}`, await written(from, withTrafficExtensions(text)));
    }
    const extended = names.map((name) => name.replace("wasmplugin", "trafficextension"));
    files.set(`base/${filter}/kustomization.yaml`, await kustomization(names));
    files.set(`traffic-extension/${filter}/kustomization.yaml`, await kustomization(extended));
    const tags = statisticsTags(filter);
    if (tags === undefined) continue;
    labels.push(`${filter}.yaml`);
    files.set(
      `metrics/${filter}.yaml`,
      await written(`${moduleFolder(filter)}/README.md`, stringify(labelsFilter(filter, tags))),
    );
  }
  files.set("metrics/kustomization.yaml", await kustomization(labels));
  return files;
}

/** The names of the manifests in a filter's folder: the YAML that lies in it and in none below it. */
function ownManifests(filter: string): string[] {
  const folder = `${moduleFolder(filter)}/`;
  return filesBelow(folder)
    .map((file) => file.slice(folder.length))
    .filter((name) => /^[^/]+\.yaml$/.test(name));
}

/** What the README of a filter says goes into Envoy's `stats_config.stats_tags`, if anything. */
export function statisticsTags(filter: string): object[] | undefined {
  const readme = readFileSync(join(PROJECT, `${moduleFolder(filter)}/README.md`), "utf8");
  const block = /```yaml\n(stats_config:\n(?: .*\n)+)```/.exec(readme)?.[1];
  if (block === undefined) return undefined;
  return (parse(block) as { stats_config: { stats_tags: object[] } }).stats_config.stats_tags;
}

/** Cuts labels out of the names of a filter's counters, in every proxy of the mesh that starts after it is applied. */
function labelsFilter(filter: string, stats_tags: object[]): object {
  const patch = { operation: "MERGE", value: { stats_config: { stats_tags } } };
  return {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: { name: `signalbox-${filter}-labels`, namespace: "istio-system" },
    spec: { configPatches: [{ applyTo: "BOOTSTRAP", patch }] },
  };
}

async function written(from: string, text: string): Promise<string> {
  return await pretty(`# Written by \`make manifests\` from ${from}: change it there.\n\n${text}`);
}

async function kustomization(resources: string[]): Promise<string> {
  const head = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources };
  return await pretty(`# Written by \`make manifests\`.\n${stringify(head)}`);
}

async function pretty(text: string): Promise<string> {
  return await format(text, { parser: "yaml", printWidth: 120 });
}
