/** The kinds of Istio that can be converted, with the filters that they become. */
export const KINDS = {
  VirtualService: { filters: ["fault-injection", "header-routing"] },
  AuthorizationPolicy: { filters: ["authz"] },
} as const;

export type Kind = keyof typeof KINDS;

/** The filters that a conversion can be asked for. */
export const CONVERTIBLE: readonly string[] = Object.values(KINDS).flatMap(({ filters }) => filters);
