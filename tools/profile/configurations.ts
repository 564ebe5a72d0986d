const REVIEWS = { name: "reviews", namespace: "default", hosts: ["reviews"] };

const TRACES = { participate: true, join: { keys: ["x-request-id"] } };
const AUTHZ = {
  policies: [
    {
      name: "reviews",
      namespace: "default",
      rules: [
        {
          from: [{ source: { principals: ["cluster.local/ns/default/sa/sleep"] } }],
          to: [{ operation: { methods: ["GET"], paths: ["/reviews/*"] } }],
        },
      ],
    },
  ],
};
const ROUTING = {
  steering: { header: "x-subset", value: "{subset}" },
  virtualServices: [
    {
      ...REVIEWS,
      http: [
        {
          match: [{ headers: { "end-user": { exact: "jason" } } }],
          route: [{ destination: { host: "reviews", subset: "v2" } }],
        },
        { route: [{ destination: { host: "reviews", subset: "v1" } }] },
      ],
    },
  ],
};
const CIRCUITS = {
  destinationRules: [
    {
      ...{ name: "reviews", namespace: "default", host: "reviews" },
      trafficPolicy: { outlierDetection: { consecutive5xxErrors: 5, interval: "30s", baseEjectionTime: "30s" } },
    },
  ],
};
const FAULTS = {
  virtualServices: [
    {
      ...REVIEWS,
      http: [
        {
          match: [{ headers: { "end-user": { exact: "nobody" } } }],
          fault: { delay: { percentage: { value: 100 }, fixedDelay: "7s" } },
        },
        // The least share that there is: nearly all requests only draw.
        { fault: { abort: { percentage: { value: 0.0001 }, httpStatus: 503 } } },
      ],
    },
  ],
};

/** A usual pluginConfig of each module, by its name. */
export const CONFIGURATIONS: Readonly<Record<string, object>> = {
  "trace-propagation": TRACES,
  authz: AUTHZ,
  "header-routing": ROUTING,
  "circuit-breaking": CIRCUITS,
  "fault-injection": FAULTS,
  signalbox: {
    tracePropagation: TRACES,
    authz: AUTHZ,
    headerRouting: ROUTING,
    circuitBreaking: CIRCUITS,
    faultInjection: FAULTS,
  },
};
