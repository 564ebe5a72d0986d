/** What the filters refuse and a schema cannot say: a message's kind, why a schema has no words for it, and a document that shows it. */
export interface Unsaid {
  readonly message: RegExp;
  readonly why: string;
  readonly filter: string;
  readonly example: string;
}

const BETWEEN = "it compares two places of the document";
const LANGUAGE = "it is a language of its own: a pattern can say what it looks like, and no more";

const ROUTE = "http: [{ route: [{ destination: { host: a } }] }]";
const policy = (rule: string): string => `policies: [{ name: a, rules: [{ ${rule} }] }]`;
const when = (condition: string): string => policy(`when: [{ ${condition} }]`);
const source = (fields: string): string => policy(`from: [{ source: { ${fields} } }]`);

const spans = (fields: string): string =>
  `participate: true\nreporting: { opentelemetry: { service: a.b }, ${fields} }`;
const FRACTIONS = "multipleOf counts in binary fractions, in which 0.07 is no multiple of 0.01";
const sampledRule = (name: string): string => `{ name: ${name}, match: [{}], randomSamplingPercentage: 1 }`;
const ENVIRONMENT = "it is about the environment of the plugin";

export const UNSAID: readonly Unsaid[] = [
  {
    message: /^more than maxQueueSize/,
    why: BETWEEN,
    filter: "trace-propagation",
    example: spans("batch: { maxQueueSize: 1, maxExportBatchSize: 2 }"),
  },
  {
    message: /^the plugin's environment has no such variable/,
    why: ENVIRONMENT,
    filter: "trace-propagation",
    example:
      "participate: true\nreporting: { zipkin: { service: a.b, headers: [{ name: a, envName: NOBODY_SETS_IT }] } }",
  },
  {
    message: /^required beside a cluster with such a name/,
    why: BETWEEN,
    filter: "trace-propagation",
    example: "participate: true\nreporting: { zipkin: { cluster: 'a|b' } }",
  },
  {
    message: /^expected a duration from 100ms to 60s/,
    why: LANGUAGE,
    filter: "trace-propagation",
    example: spans("batch: { scheduledDelay: 1ms }"),
  },
  {
    message: /^expected a header's value, without control characters/,
    why: LANGUAGE,
    filter: "trace-propagation",
    example: 'participate: true\nreporting: { zipkin: { service: a.b, headers: [{ name: a, value: "\\0" }] } }',
  },
  {
    message: /^expected a header that the filter does not write itself/,
    why: "its names are compared without regard to letters' case",
    filter: "trace-propagation",
    example: "participate: true\nreporting: { zipkin: { service: a.b, headers: [{ name: Host, value: a }] } }",
  },
  {
    message: /^another entry already has the host /,
    why: BETWEEN,
    filter: "header-routing",
    example: `virtualServices: [{ hosts: [a], ${ROUTE} }, { hosts: [a], ${ROUTE} }]`,
  },
  {
    message: /^another one has this name, or it is "default"/,
    why: BETWEEN,
    filter: "trace-propagation",
    example: `sampling: { rules: [${sampledRule("a")}, ${sampledRule("a")}, ${sampledRule("default")}] }`,
  },
  {
    message: /^expected a duration from 1s to 1h/,
    why: LANGUAGE,
    filter: "trace-propagation",
    example: "sampling: { adaptive: { calculationInterval: 1ms } }",
  },
  {
    message: /^expected a whole number from (?!1 )\d+ to 86400000/,
    why: BETWEEN,
    filter: "trace-propagation",
    example: `${spans("")}\nkeep: [{ latency: { thresholdMs: 2, upperThresholdMs: 1 } }]`,
  },
  {
    message: /^another policy has this name and namespace/,
    why: BETWEEN,
    filter: "authz",
    example: "policies: [{ name: a }, { name: a }]",
  },
  {
    message: /^another circuit is already named /,
    why: BETWEEN,
    filter: "circuit-breaking",
    example:
      "destinationRules: [{ host: a, trafficPolicy: { outlierDetection: {} }, circuits: [{ name: b }, { name: b }] }]",
  },
  {
    message: /^more than \d+ (circuits|keys) in all$/,
    why: BETWEEN,
    filter: "circuit-breaking",
    example: `destinationRules: [{ host: a, circuits: [${Array.from({ length: 101 }, (_, n) => `{ name: c${n}, keyedBy: principal, maxKeys: 10000, outlierDetection: {} }`).join(", ")}] }]`,
  },
  {
    message: /^required, as the rule's trafficPolicy has none/,
    why: BETWEEN,
    filter: "circuit-breaking",
    example: "destinationRules: [{ host: a, circuits: [{ name: b }] }]",
  },
  {
    message: /^a subset's circuit needs steering/,
    why: BETWEEN,
    filter: "circuit-breaking",
    example: "destinationRules: [{ host: a, subsets: [{ name: v1, trafficPolicy: { outlierDetection: {} } }] }]",
  },
  {
    message: /^it must be at least baseEjectionTime/,
    why: BETWEEN,
    filter: "circuit-breaking",
    example: "destinationRules: [{ host: a, trafficPolicy: { outlierDetection: { maxEjectionTime: 1s } } }]",
  },
  {
    message: /^the window ends (when|before) it begins/,
    why: BETWEEN,
    filter: "fault-injection",
    example: 'virtualServices: []\nwindow: { from: "2026-01-01T00:00:00Z", until: "2026-01-01T00:00:00Z" }',
  },
  {
    message: /^expected a name without control bytes/,
    why: "the names of some entries and of circuits are made of two that stand at different places",
    filter: "fault-injection",
    example: 'virtualServices: [{ name: "\\0", hosts: [a], http: [{}] }]',
  },
  {
    message: /^expected a duration no longer than max/,
    why: BETWEEN,
    filter: "fault-injection",
    example:
      "virtualServices: [{ hosts: [a], http: [{ fault: { delay: { distribution: { uniform: { min: 2s, max: 1s } } } } }] }]",
  },
  {
    message: /^the weights add up to 0/,
    why: "it is a sum",
    filter: "header-routing",
    example:
      "virtualServices: [{ hosts: [a], http: [{ route: [{ destination: { host: a } }, { destination: { host: b } }] }] }]",
  },
  {
    message: /^these change the steering header/,
    why: BETWEEN,
    filter: "header-routing",
    example:
      "virtualServices: [{ hosts: [a], http: [{ headers: { request: { remove: [x-subset] } }, route: [{ destination: { host: a } }] }] }]",
  },
  {
    message: /^steering\.value names a cluster: /,
    why: BETWEEN,
    filter: "header-routing",
    example: `steering: { value: "outbound|{port}||{host}" }\nvirtualServices: [{ hosts: [a], ${ROUTE} }]`,
  },
  {
    message:
      /^not supported: a filter cannot see the direct peer's address|^a filter cannot see the direct peer's address/,
    why: BETWEEN,
    filter: "authz",
    example: source("ipBlocks: [10.0.0.0/8]"),
  },
  {
    message: /^listed twice/,
    why: "names of headers are the same whatever their letters' case",
    filter: "trace-propagation",
    example: "join: { keys: [x-request-id, X-Request-Id] }",
  },
  {
    message: /^not an RE2 regular expression: /,
    why: LANGUAGE,
    filter: "authz",
    example: when('key: source.principal, regex: ["("]'),
  },
  {
    message: /^(Envoy cannot compile this CEL expression|.* at character \d+)/,
    why: LANGUAGE,
    filter: "authz",
    example: when('expression: "request.("'),
  },
  {
    message: /^expected an IP address or a CIDR block/,
    why: LANGUAGE,
    filter: "authz",
    example: source("remoteIpBlocks: [10.0.0.0/33]"),
  },
  {
    message: /^(\{ and \} are allowed only as|\{\*\*\} must be the last|.* of a path template)/,
    why: LANGUAGE,
    filter: "authz",
    example: policy('to: [{ operation: { paths: ["/a{x}"] } }]'),
  },
  {
    message: /^expected an RFC 3339 time/,
    why: "a pattern does not know how many days a month has",
    filter: "fault-injection",
    example: 'virtualServices: []\nwindow: { from: "2026-13-01T00:00:00Z" }',
  },
  {
    message: /^expected a duration (of whole milliseconds|of at most|such as)/,
    why: "it is a sum of numbers with units",
    filter: "trace-propagation",
    example: "join: { lifetime: 1.5ms }",
  },
  {
    // The second message follows from the first: a duration that could not be read counts as absent.
    message: /^(expected a duration of whole milliseconds|it needs slowCallDurationThreshold: )/,
    why: "it is a sum of numbers with units",
    filter: "circuit-breaking",
    example:
      "destinationRules: [{ host: a, trafficPolicy: { outlierDetection: { slowCallDurationThreshold: 1.5ms, slowCallRateThreshold: 50 } } }]",
  },
  {
    message: /^expected a percentage from 0 to 100, in steps of 0\.01/,
    why: FRACTIONS,
    filter: "trace-propagation",
    example: "sampling: { randomSamplingPercentage: 0.001 }",
  },
  {
    message: /^expected a number of traces a second from 0.001 to 1000000, in steps of 0\.001/,
    why: FRACTIONS,
    filter: "trace-propagation",
    example: "sampling: { rateLimiting: { maxTracesPerSecond: 0.0015 } }",
  },
  {
    message:
      /^(expected a port from 0 to 65535|expected a service account|expected a trust domain|remove spiffe:\/\/|a trust domain must not contain)/,
    why: "what a value of `when` may be depends on its key; the schema says it for the fields of `source` and `operation`",
    filter: "authz",
    example: when("key: destination.port, values: [http]"),
  },
];

/** What a schema refuses on purpose and the filters accept, as a whole document would say it: a rule's keyword and data. */
export interface Stricter {
  readonly refuses: (error: {
    readonly keyword: string;
    readonly data?: unknown;
    readonly instancePath: string;
  }) => boolean;
  readonly why: string;
  readonly filter: string;
  readonly example: string;
}

export const STRICTER: readonly Stricter[] = [
  {
    refuses: ({ data }) => data === null,
    why: "a filter takes null for a field that is not there, as Istio does; in an editor it is a field that somebody has not finished",
    filter: "header-routing",
    example: "virtualServices: []\nsteering:",
  },
  {
    refuses: ({ keyword, data }) => keyword === "minItems" && Array.isArray(data),
    why: "an empty list of values asks for nothing, as in Istio; nobody means that",
    filter: "authz",
    example: source("principals: [a], namespaces: []"),
  },
  {
    refuses: ({ keyword, instancePath }) => keyword === "propertyNames" || /eaders$/.test(instancePath),
    why: "letters' case of @request.auth.claims does not count for a filter; a schema has no such patterns",
    filter: "header-routing",
    example:
      'virtualServices: [{ hosts: [a], http: [{ match: [{ headers: { "@Request.auth.claims.sub": {} } }], route: [{ destination: { host: a } }] }] }]',
  },
];
