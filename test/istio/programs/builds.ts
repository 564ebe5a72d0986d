/** What is built from Go's modules, and how: as the projects' own Makefiles do, without what only a release needs. */
import { fileURLToPath } from "node:url";
import { Missing } from "../../../tools/envoy-binary.ts";

/** Programs of one Go module. */
export interface Build {
  /** What the folder that they are kept in begins with. */
  name: string;
  /** The folder with the go.mod that pins it. */
  module: string;
  programs: readonly {
    name: string;
    /** Its import path. */
    package: string;
    /** Build tags; none where not given. */
    tags?: string;
    /** Variables of packages that say the version. */
    set: Readonly<Record<string, string>>;
  }[];
  /** Whether they are to be built soon rather than to be fast. */
  quick?: boolean;
  /** Files and folders that are kept beside them, by the Go module that has them and their paths in it. */
  files: readonly { module: string; path: string }[];
  /** A program that is taken from a Debian package, by its path there. */
  debian?: { package: string; path: string };
}

/**
 * The Istios that there are, with the folder of each one's go.mod: a release, and the newest that Go's proxy has. That is Istio's
 * release branch 1.31 on 27 August 2026, after its first release candidate, under the name that Istio's Makefile gives to what is
 * no release. By its numbers istiod knows what a proxy can do.
 */
const ISTIOS: Readonly<Record<string, string>> = { "1.29.1": "istio/", "1.31-dev": "istio-1.31-dev/" };

/** The one that is tried: `ISTIO` names another than the release. */
export const ISTIO_VERSION = process.env["ISTIO"] || "1.29.1";

const KUBERNETES_VERSION = "1.35.4";
const [major = "", minor = ""] = KUBERNETES_VERSION.split(".");
const kubernetes = {
  "k8s.io/component-base/version.gitVersion": `v${KUBERNETES_VERSION}`,
  "k8s.io/component-base/version.gitMajor": major,
  "k8s.io/component-base/version.gitMinor": minor,
};

/**
 * All that a mesh consists of, in the order in which it is built.
 *
 * @throws Missing where `ISTIO` names one that there is not
 */
export function builds(): readonly Build[] {
  return [KUBERNETES, istio(ISTIO_VERSION)];
}

const KUBERNETES: Build = {
  name: "kubernetes",
  module: folderOf("kubernetes/"),
  programs: [
    { name: "kube-apiserver", package: "k8s.io/kubernetes/cmd/kube-apiserver", set: kubernetes },
    { name: "kubectl", package: "k8s.io/kubernetes/cmd/kubectl", set: kubernetes },
  ],
  files: [],
  debian: { package: "etcd-server", path: "usr/bin/etcd" },
};

function istio(version: string): Build {
  const folder = ISTIOS[version];
  if (folder === undefined)
    throw new Missing(`There is no Istio ${version} to try: ISTIO is one of ${Object.keys(ISTIOS).join(", ")}.`);
  const set = { "istio.io/istio/pkg/version.buildVersion": version };
  return {
    name: "istio",
    module: folderOf(folder),
    programs: [
      {
        name: "pilot-discovery",
        package: "istio.io/istio/pilot/cmd/pilot-discovery",
        tags: "vtprotobuf,disable_pgv",
        set,
      },
      {
        name: "pilot-agent",
        package: "istio.io/istio/pilot/cmd/pilot-agent",
        tags: "agent,disable_pgv,grpcnotrace,retrynotrace",
        set,
      },
    ],
    files: [
      { module: "istio.io/istio", path: "manifests/charts/base/files/crd-all.gen.yaml" },
      { module: "istio.io/istio", path: "tools/packaging/common/envoy_bootstrap.json" },
      { module: "sigs.k8s.io/gateway-api", path: "config/crd/standard" },
    ],
  };
}

function folderOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
