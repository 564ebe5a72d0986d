/** Workloads of Istio's samples that only the project's own manifests ask for; they are started when the first test needs them. */
import type { Identity } from "../harness/workload.ts";

export const PRODUCTPAGE: Identity = {
  name: "productpage",
  app: "productpage",
  version: "v1",
  serviceAccount: "bookinfo-productpage",
};

export const RATINGS: Identity = {
  name: "ratings",
  app: "ratings",
  version: "v1",
  serviceAccount: "bookinfo-ratings",
};
