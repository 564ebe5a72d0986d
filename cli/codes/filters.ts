import type { Kind } from "./kind.ts";

/** What only some filters ask for. */
export const OF_FILTERS: readonly Kind[] = [
  {
    code: "SBX301",
    title: "the filter does not support this field of Istio",
    messages: [/^not supported: (?!a filter cannot see the direct)/],
  },
  {
    code: "SBX302",
    title: "the proxy does not say what the filter has to know",
    messages: [/^this proxy's (labels are|namespace is) unknown /, /^cannot read xds\.node\.id, /],
  },
  {
    code: "SBX303",
    title: "an environment variable is missing",
    messages: [/^the plugin's environment has no such variable: /],
  },
  {
    code: "SBX311",
    title: "a principal, service account or trust domain is not formed as it must be",
    messages: [
      /^remove spiffe:\/\/: /,
      /^expected a service account or /,
      /^expected a trust domain(,| of) /,
      /^a trust domain must not contain \/$/,
      /^the namespace of this service account is unknown: /,
    ],
  },
  {
    code: "SBX312",
    title: "a condition has no such key",
    messages: [
      /^not a condition key: /,
      /^unknown key "/,
      /^expected request\.(headers|auth\.claims)\[name\]/,
      /^expected experimental\.envoy\.filters\.name\[key\]/,
      /^a key must not contain NUL$/,
      /^not the name of a claim: /,
    ],
  },
  {
    code: "SBX313",
    title: "the address of the direct peer cannot be seen",
    messages: [/^(not supported: )?a filter cannot see the direct peer's address: /],
  },
  {
    code: "SBX314",
    title: "mTLS cannot be required here",
    messages: [/^not possible (with direction OUTBOUND|on a waypoint): /],
  },
  { code: "SBX315", title: "a DENY policy has no rules", messages: [/^required for DENY: /] },
  {
    code: "SBX316",
    title: "a path template is not formed as it must be",
    messages: [/^\{\*\*\} must be the last /, /^\{ and \} are allowed only /, /^a (segment of a )?path template must /],
  },
  {
    code: "SBX317",
    title: "this is no IP address and no CIDR block",
    messages: [/^expected an IP address or a CIDR block, /],
  },
  { code: "SBX321", title: "a route is never used", messages: [/^never used: an earlier route /] },
  { code: "SBX322", title: "the weights add up to 0", messages: [/^the weights add up to 0$/] },
  {
    code: "SBX323",
    title: "steering and the destinations do not fit",
    messages: [
      /^expected (a template of \{host\}|at most 1024 bytes, )/,
      /^these change the steering header, /,
      /^steering\.value names a cluster: /,
    ],
  },
  { code: "SBX331", title: "the circuit never opens", messages: [/^the circuit never opens: /] },
  {
    code: "SBX332",
    title: "this is no status that can be an error",
    messages: [/^expected the name of a gRPC status, /, /^OK is no error$/],
  },
  {
    code: "SBX333",
    title: "Envoy keeps no state for the plugin",
    messages: [
      /^(circuit-breaking: )?no circuit opens: Envoy /,
      /^(trace-propagation: )?rateLimiting and adaptive let nothing through: Envoy /,
    ],
  },
  { code: "SBX341", title: "a fault does nothing", messages: [/^(aborts|delays) nothing: /] },
  { code: "SBX342", title: "a window of time is empty", messages: [/^the window ends /] },
];
