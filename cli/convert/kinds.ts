/** The kinds that can be converted, with the group of their `apiVersion` and the filters that they become. */
export const KINDS = {
  VirtualService: { group: "networking.istio.io", filters: ["fault-injection", "header-routing"] },
  AuthorizationPolicy: { group: "security.istio.io", filters: ["authz"] },
} as const;

export type Kind = keyof typeof KINDS;

/** The filters that a conversion can be asked for. */
export const CONVERTIBLE: readonly string[] = Object.values(KINDS).flatMap(({ filters }) => filters);
