/** The kinds of Istio that can be converted, with the filters that they become. */
export const KINDS = {
  VirtualService: { filters: ["fault-injection", "header-routing"] },
  AuthorizationPolicy: { filters: ["authz"] },
  // After VirtualServices: what steers to subsets is known then.
  DestinationRule: { filters: ["circuit-breaking"] },
} as const;

export type Kind = keyof typeof KINDS;

/** The filters that a conversion can be asked for. */
export const CONVERTIBLE: readonly string[] = Object.values(KINDS).flatMap(({ filters }) => filters);
