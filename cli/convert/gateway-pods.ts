import type { Labels } from "../input/gateway-labels.ts";

/** Pods of a gateway, as far as policies and plugins find them. */
export interface GatewayPods {
  readonly labels: Labels;
  /** Their namespace, if it is known. */
  readonly namespace?: string | undefined;
  /** The Gateway of Kubernetes' Gateway API whose pods they are, by which `targetRefs` find them. */
  readonly gateway?: string;
}
