import type { Kind } from "./kind.ts";

/** The rules of Istio's published schema, by their own words (`x-kubernetes-validations` in `schema/istio.json`). */
const RULES = [
  "only one of targetRefs or selector can be set",
  "exactly one of wasm or lua must be set",
  "wildcard not allowed in label key match",
  "key must not be empty",
  "wildcard not allowed in label value match",
  "cross namespace referencing is not currently supported",
  "url must have schema one of [http, https, file, oci]",
  "value may only be set when valueFrom is INLINE",
  "only one of targetRefs or workloadSelector can be set",
  "only support waypointMatch when context is WAYPOINT",
  "port must be between 1-65535",
  "wildcard is not supported in selector",
  "only one of credentialNames or tlsCertificates can be set",
  "only one of credentialName or credentialNames can be set",
  "only one of credentialName or tlsCertificates can be set",
  "only one of WorkloadSelector or Endpoints can be set",
  "CIDR addresses are allowed only for NONE/STATIC resolution types",
  "NONE mode cannot set endpoints",
  "DNS_ROUND_ROBIN mode cannot have multiple endpoints",
  "Address is required",
  "UDS may not include ports",
  "UDS must be an absolute path or abstract socket",
  "UDS may not be a dir",
  "port name must be valid",
  "hostname cannot be wildcard",
  "port number cannot be duplicated",
  "scheme must be one of [HTTP, HTTPS]",
  "Cannot set serviceAccounts with namespaces or principals",
  "portLevelMtls requires selector",
  "only one of jwks or jwksUri can be set",
  "url must have scheme http:// or https://",
  "value must be set when operation is UPSERT",
  "value must not be set when operation is REMOVE",
];

/** What the API server refuses by a rule of Istio, whose words these are. */
export const OF_ISTIO: readonly Kind[] = [
  {
    code: "SBX220",
    title: "a rule of Istio's schema is broken",
    messages: [new RegExp(`^(${RULES.map((rule) => rule.replace(/[/[\]*.]/g, "\\$&")).join("|")})$`)],
  },
];
