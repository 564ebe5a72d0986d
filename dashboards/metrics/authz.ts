import { counter, type FilterMetrics } from "./metric.ts";

const RULE = "authz.policy.<policy_namespace>.<policy>.rule.<rule>";

export const AUTHZ: FilterMetrics = {
  filter: "authz",
  title: "authz",
  panels: [
    {
      title: "Requests by verdict",
      unit: "reqps",
      overview: true,
      metrics: [
        counter("authz.allowed", "requests that are allowed"),
        counter("authz.denied", "requests that are denied"),
        counter("authz.unsure", "denied requests about which something could not be known"),
        counter("authz.audited", "requests that an AUDIT rule matches"),
      ],
    },
    {
      title: "Dry run: what policies would have done",
      unit: "reqps",
      metrics: [
        counter("authz.istio_dry_run_deny_shadow_denied", "requests that a DENY policy in dry run would have denied"),
        counter("authz.istio_dry_run_deny_shadow_allowed", "requests that no DENY policy in dry run would have denied"),
        counter(
          "authz.istio_dry_run_allow_shadow_allowed",
          "requests that an ALLOW policy in dry run would have allowed",
        ),
        counter(
          "authz.istio_dry_run_allow_shadow_denied",
          "requests that no ALLOW policy in dry run would have allowed",
        ),
      ],
    },
    {
      title: "Rules that denied",
      unit: "reqps",
      overview: true,
      metrics: [
        counter(`${RULE}.denied`, "requests that a rule of a DENY policy denied"),
        counter(`${RULE}.shadow_denied`, "the same for a policy in dry run: requests that it would have denied"),
      ],
    },
    {
      title: "Rules that allowed, and that audited",
      unit: "reqps",
      metrics: [
        counter(`${RULE}.allowed`, "requests that a rule of an ALLOW policy allowed"),
        counter(`${RULE}.shadow_allowed`, "the same for a policy in dry run: requests that it would have allowed"),
        counter(`${RULE}.audited`, "requests that a rule of an AUDIT policy matched"),
      ],
    },
    {
      title: "Lines missing in the decision log",
      unit: "cps",
      metrics: [counter("authz.decision_log_dropped", "lines of the decision log that `maxPerSecond` left out")],
    },
  ],
  internal: [],
  tags: [
    { tag_name: "policy_namespace", regex: "^wasmcustom\\.authz\\.policy(\\.([^.]+))\\..+\\.rule\\.\\d+\\.\\w+$" },
    { tag_name: "policy", regex: "^wasmcustom\\.authz\\.policy\\.[^.]+(\\.(.+))\\.rule\\.\\d+\\.\\w+$" },
    { tag_name: "rule", regex: "^wasmcustom\\.authz\\.policy\\..+\\.rule(\\.(\\d+))\\.\\w+$" },
  ],
};
