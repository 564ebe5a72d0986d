/** A line of authz's decision log, which is JSON: which rule of each kind the request met. */
interface Logged {
  readonly policy?: string;
  readonly rule?: number;
  readonly auditPolicy?: string;
  readonly auditRule?: number;
  readonly dryRunPolicy?: string;
  readonly dryRunRule?: number;
}

const OF_AUTHZ = /^authz: (\{.*\})$/;
/** `header-routing: reviews http[0] "jason" -> v2` */
const OF_ROUTING = /^header-routing: (.*?) ?http\[(\d+)\](?: ("(?:[^"\\]|\\.)*"))? -> /;
/** `fault-injection: "slow" delay 5000ms` */
const OF_FAULTS = /^fault-injection: ("(?:[^"\\]|\\.)*")/;
/** `header_routing.route.jason.matched`, and the like of a filter that logs in no way that is known here. */
const OF_RULE = /^[a-z_]+\.(?:policy|route)\.(.+)\.[a-z_]+$/;

/** The rules, routes or entries that a request met. */
export interface Met {
  /** The one that decided, by its name: policies' rules as istiod names them; `none` if none did. */
  readonly rule: string;
  /** All of them, by where they stand: routes as `reviews http[0]`. Those that only audit or try out are among them. */
  readonly met: readonly string[];
}

/**
 * What a filter logged at the level `debug`, else counted, says of the rules that a request met. Of circuit-breaking the rule is the
 * circuit that the request belongs to.
 */
export function rulesMet(counters: readonly string[], logs: readonly string[], circuit?: string): Met {
  if (circuit !== undefined) return { rule: circuit, met: [circuit] };
  for (const line of logs) {
    const json = OF_AUTHZ.exec(line)?.[1];
    if (json !== undefined) return policyRules(JSON.parse(json) as Logged);
    const [route, service = "", position, name] = OF_ROUTING.exec(line) ?? [];
    if (route !== undefined) {
      const place = routePlace(service, Number(position));
      return { rule: name === undefined ? place : unquoted(name), met: [place] };
    }
    const entry = OF_FAULTS.exec(line)?.[1];
    if (entry !== undefined) return { rule: unquoted(entry), met: [unquoted(entry)] };
  }
  const names = counters.flatMap((counter) => OF_RULE.exec(counter)?.[1] ?? []);
  return { rule: names[0] ?? "none", met: names };
}

/** How a route is called by where it stands. */
export function routePlace(service: string, position: number): string {
  return `${service} http[${position}]`.trimStart();
}

function policyRules(logged: Logged): Met {
  const name = (policy: string | undefined, rule: number | undefined): string[] =>
    policy === undefined ? [] : [`${policy}-rule[${rule ?? 0}]`];
  const decisive = name(logged.policy, logged.rule);
  const others = [...name(logged.auditPolicy, logged.auditRule), ...name(logged.dryRunPolicy, logged.dryRunRule)];
  return { rule: decisive[0] ?? "none", met: [...decisive, ...others] };
}

function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text.slice(1, -1);
  }
}
