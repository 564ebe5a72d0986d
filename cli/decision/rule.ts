/** A counter of one rule of a filter: `authz.policy.default.httpbin.rule.0.denied`, `header_routing.route.jason.matched`. */
const OF_RULE = /^[a-z_]+\.(policy|route)\.(.+)\.([a-z_]+)$/;
const POLICY_RULE = /^([^.]+)\.(.+)\.rule\.(\d+)$/;
/** A line of a debug log that names an entry: `header-routing: reviews http[0] "jason" -> v2`. */
const LOGGED = /^[a-z-]+: (\S+ http\[\d+\])/;

/** Which counted effects say that a rule decided, and not that it was only watching. */
const DECISIVE = /^(?!audited$|shadow_)/;

/**
 * The rule that decided, by what was counted, else by what was logged: policies as istiod names them, else the name of the
 * route or entry; `none` where there is none.
 */
export function ruleOf(counters: readonly string[], logs: readonly string[]): string {
  for (const counter of counters) {
    const [, kind, name = "", effect = ""] = OF_RULE.exec(counter) ?? [];
    if (kind === undefined || !DECISIVE.test(effect)) continue;
    const [, namespace, policy, rule] = POLICY_RULE.exec(name) ?? [];
    return namespace === undefined ? name : `ns[${namespace}]-policy[${policy}]-rule[${rule}]`;
  }
  return logs.map((line) => LOGGED.exec(line)?.[1]).find((name) => name !== undefined) ?? "none";
}
