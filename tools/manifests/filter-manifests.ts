/**
 * What `manifests/` has of each filter: copies of the `*.yaml` in the filter's own folder, the same for Istio's newer
 * TrafficExtension, each with a kustomization around it, the rules for the labels of all counters, and dashboards and alerts.
 * The webhook's manifests are beside them.
 */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { format } from "prettier";
import { stringify } from "yaml";
import { FILTERS } from "../../dashboards/metrics/index.ts";
import { PROJECT, filesBelow, moduleFolder, moduleNames } from "../project.ts";
import { ADMISSION, ADMISSION_KUSTOMIZATIONS } from "./admission-manifests.ts";
import { MONITORING } from "./monitoring.ts";
import { withTrafficExtensions } from "./traffic-extension.ts";

/** The folders of `manifests/` that are written whole; the others are by hand. */
export const WRITTEN = ["admission", "base", "metrics", "monitoring", "traffic-extension"];

/** Every file to be written, by its path below `manifests/`. */
export async function filterManifests(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
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
  }
  for (const [path, documents] of Object.entries(ADMISSION)) {
    const text = documents.map((one) => stringify(one, { aliasDuplicateObjects: false, lineWidth: 0 })).join("---\n");
    files.set(`admission/${path}`, await written("tools/manifests/admission-manifests.ts", text));
  }
  for (const [folder, { resources, patches }] of Object.entries(ADMISSION_KUSTOMIZATIONS)) {
    files.set(`admission/${folder}/kustomization.yaml`, await kustomization(resources, patches));
  }
  for (const [path, resource] of MONITORING) files.set(path, await written("dashboards/", stringify(resource)));
  files.set("monitoring/kustomization.yaml", await kustomization([...MONITORING.keys()].map((path) => basename(path))));
  files.set("metrics/labels.yaml", await written("dashboards/metrics/", stringify(labels())));
  files.set("metrics/annotations.yaml", await written("tools/manifests/filter-manifests.ts", stringify(OVERRIDE)));
  files.set("metrics/kustomization.yaml", await written("tools/manifests/filter-manifests.ts", stringify(COMPONENT)));
  return files;
}

/** The names of the manifests in a filter's folder: the YAML that lies in it and in none below it. */
function ownManifests(filter: string): string[] {
  const folder = `${moduleFolder(filter)}/`;
  return filesBelow(folder)
    .map((file) => file.slice(folder.length))
    .filter((name) => /^[^/]+\.yaml$/.test(name));
}

/** The name of the ConfigMap by which sidecars cut labels out of the names of the filters' counters. */
const LABELS = "signalbox-labels";

/**
 * The ConfigMap: what Envoy adds to the bootstrap that Istio gives it, under the key that Istio's injector mounts
 * (`files/injection-template.yaml`, `sidecar.istio.io/bootstrapOverride`).
 */
function labels(): object {
  const stats_tags = FILTERS.flatMap(({ tags }) => tags);
  const bootstrap = JSON.stringify({ stats_config: { stats_tags } }, null, 2);
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: LABELS },
    data: { "custom_bootstrap.json": `${bootstrap}\n` },
  };
}

/** Has the sidecars of a Deployment read the ConfigMap. */
const OVERRIDE = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "any" },
  spec: { template: { metadata: { annotations: { "sidecar.istio.io/bootstrapOverride": LABELS } } } },
};

/** For the kustomization of one's own Deployments. */
const COMPONENT = {
  apiVersion: "kustomize.config.k8s.io/v1alpha1",
  kind: "Component",
  resources: ["labels.yaml"],
  patches: [{ target: { kind: "Deployment" }, path: "annotations.yaml" }],
};

async function written(from: string, text: string): Promise<string> {
  return await pretty(`# Written by \`make manifests\` from ${from}: change it there.\n\n${text}`);
}

async function kustomization(resources: string[], patches?: object[]): Promise<string> {
  const head = { apiVersion: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources, patches };
  return await pretty(`# Written by \`make manifests\`.\n${stringify(head)}`);
}

async function pretty(text: string): Promise<string> {
  return await format(text, { parser: "yaml", printWidth: 120 });
}
