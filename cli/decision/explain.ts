import { isObject } from "../input/resource.ts";
import { headersOf, portOf } from "./as-envoy.ts";
import { decide, SERVICE, valuesOf, type Decision } from "./decide.ts";
import type { Loaded } from "./load.ts";
import { placed, whyNotThere } from "./placement.ts";
import type { Request } from "./request.ts";
import { POLICIES } from "./why/policies.ts";
import type { Explains, Question, Reasons, RulePlace } from "./why/reasons.ts";
import { SERVICES } from "./why/services.ts";

/** How a filter's decisions are explained, where more is known than the filter itself says. */
const EXPLAINS: Readonly<Record<string, Explains>> = {
  authz: POLICIES,
  "header-routing": SERVICES,
  "fault-injection": SERVICES,
};

const NOTHING: Reasons = { notAsked: [], asked: true, nearest: [], notCompared: 0, unsure: [] };

/** A decision and why it came out so. */
export interface Explanation extends Decision, Reasons {
  readonly plugin: string;
  readonly filter: string;
  /** What was taken for granted. */
  readonly assumed: readonly string[];
}

/** Asks a plugin about a request, as the listener that the request comes to would, and why it decides so. */
export function explain(loaded: Loaded, given: Request): Explanation {
  const { name, filter, plugin, assumed } = loaded;
  const { request, decision, elsewhere } = ask(loaded, given);
  const of = { plugin: name, filter, assumed: [...assumed, ...assumedOf(given, request, plugin.config)] };
  if (elsewhere !== undefined) return { ...of, ...decision, ...NOTHING, asked: false, because: elsewhere };
  const reasons = EXPLAINS[filter]?.reasons(questionOf(loaded, request, "options"), decision) ?? NOTHING;
  return { ...of, ...decision, ...reasons };
}

/** What came of a request, and the request with what was taken for granted. */
export interface Asked {
  readonly request: Request;
  readonly decision: Decision;
  /** Why the plugin is not in the listener that the request comes to. */
  readonly elsewhere: string | undefined;
}

/** Asks a plugin about a request, as the listener that the request comes to would. */
export function ask({ name, selectors, workload, configured }: Loaded, given: Request): Asked {
  const request = placed(given, selectors, workload.gateway === true);
  const why = whyNotThere(request, selectors);
  if (why === undefined) return { request, decision: decide(configured, request), elsewhere: undefined };
  return { request, decision: unasked(request), elsewhere: `plugin ${name} is not asked: ${why}` };
}

/** Why nothing of a plugin's configuration applies to a request; undefined if something does. */
export function whyNothingApplies(loaded: Loaded, { request, elsewhere }: Asked): readonly string[] | undefined {
  if (elsewhere !== undefined) return [elsewhere];
  return EXPLAINS[loaded.filter]?.nothingApplies(questionOf(loaded, request, "table"));
}

/** The rules, routes or entries of a plugin, as decisions call them; none if the filter has no such things. */
export function rulesIn(loaded: Loaded): readonly RulePlace[] {
  return EXPLAINS[loaded.filter]?.rules(questionOf(loaded, {}, "table")) ?? [];
}

function questionOf({ filter, plugin, workload }: Loaded, request: Request, said: Question["said"]): Question {
  return { filter, config: isObject(plugin.config) ? plugin.config : {}, workload, request, said };
}

/** What becomes of a request that no plugin sees. */
function unasked(request: Request): Decision {
  const sends = valuesOf(headersOf(request));
  const nothing = { met: [], unevaluated: [], request: {}, response: {}, counters: [], logs: [], calls: [] };
  return { outcome: "forwarded", rule: "none", ...nothing, came: sends, sends, answers: SERVICE };
}

/** Conditions about ports, and about who the source is. */
const ASKS_PORT = /"(?:notPorts|ports|port|destination\.port)"/;
const ASKS_SOURCE = /"(?:not)?(?:principals|Principals|namespaces|Namespaces|serviceAccounts)"|"source\./;

/** What of a request was taken for granted and matters to the configuration. */
function assumedOf(given: Request, request: Request, config: unknown): string[] {
  const text = JSON.stringify(config ?? {});
  const assumed: string[] = [];
  if (given.port === undefined && ASKS_PORT.test(text)) {
    assumed.push(`the request comes to port ${portOf(request)} (--request '{port: …}')`);
  }
  if (given.direction === undefined && request.direction === "OUTBOUND" && ASKS_SOURCE.test(text)) {
    assumed.push("the request is OUTBOUND, as the plugin's match.mode is CLIENT (--direction)");
  }
  return assumed;
}
