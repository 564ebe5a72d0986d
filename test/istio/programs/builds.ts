/** What is built from Go's modules, and how: as the projects' own Makefiles do, without what only a release needs. */
import { fileURLToPath } from "node:url";

/** Programs of one Go module. */
export interface Build {
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
}

const ISTIO_VERSION = "1.29.1";
const KUBERNETES_VERSION = "1.35.4";

const istio = { "istio.io/istio/pkg/version.buildVersion": ISTIO_VERSION };
const [major = "", minor = ""] = KUBERNETES_VERSION.split(".");
const kubernetes = {
  "k8s.io/component-base/version.gitVersion": `v${KUBERNETES_VERSION}`,
  "k8s.io/component-base/version.gitMajor": major,
  "k8s.io/component-base/version.gitMinor": minor,
};

/** In the order in which they are built. */
export const BUILDS: readonly Build[] = [
  {
    module: fileURLToPath(new URL("istio/", import.meta.url)),
    programs: [
      {
        name: "pilot-discovery",
        package: "istio.io/istio/pilot/cmd/pilot-discovery",
        tags: "vtprotobuf,disable_pgv",
        set: istio,
      },
      {
        name: "pilot-agent",
        package: "istio.io/istio/pilot/cmd/pilot-agent",
        tags: "agent,disable_pgv,grpcnotrace,retrynotrace",
        set: istio,
      },
    ],
  },
  {
    module: fileURLToPath(new URL("kubernetes/", import.meta.url)),
    programs: [
      { name: "kube-apiserver", package: "k8s.io/kubernetes/cmd/kube-apiserver", set: kubernetes },
      { name: "kubectl", package: "k8s.io/kubernetes/cmd/kubectl", set: kubernetes },
    ],
  },
];

/** Files that Istio's releases carry, by their paths in its module. */
export const ISTIO_FILES: readonly string[] = [
  "manifests/charts/base/files/crd-all.gen.yaml",
  "tools/packaging/common/envoy_bootstrap.json",
];
