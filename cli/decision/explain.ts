import { isObject } from "../input/resource.ts";
import { ask, type Asked } from "./ask.ts";
import { portOf } from "./as-envoy.ts";
import { CIRCUIT_BREAKING, partsOf } from "../filter/sections.ts";
import type { Decision } from "./decide.ts";
import type { Loaded } from "./load.ts";
import type { Request } from "./request.ts";
import { ruleIn, type AskedSection, type SectionDecision } from "./sections.ts";
import { CIRCUITS } from "./why/circuits.ts";
import { POLICIES } from "./why/policies.ts";
import type { Explains, Question, Reasons, RulePlace } from "./why/reasons.ts";
import { SERVICES } from "./why/services.ts";

/** How a filter's decisions are explained, where more is known than the filter itself says. */
const EXPLAINS: Readonly<Record<string, Explains>> = {
  authz: POLICIES,
  "header-routing": SERVICES,
  "fault-injection": SERVICES,
  [CIRCUIT_BREAKING]: CIRCUITS,
};

const NOTHING: Reasons = { notAsked: [], asked: true, nearest: [], notCompared: 0, unsure: [] };

/** A decision and why it came out so. */
export interface Explanation extends Omit<Decision, "circuit">, Reasons {
  readonly plugin: string;
  readonly filter: string;
  /** What was taken for granted. */
  readonly assumed: readonly string[];
  /** Of signalbox: what each section decides, in the order in which the request meets them. */
  readonly sections?: readonly SectionExplanation[];
}

/** The decision of a section and why it came out so. */
export interface SectionExplanation extends Omit<SectionDecision, "circuit">, Reasons {
  readonly section: string;
  readonly filter: string;
}

/** Asks a plugin about a request, as the listener that the request comes to would, and why it decides so. */
export function explain(loaded: Loaded, given: Request): Explanation {
  const { name, filter, assumed } = loaded;
  const { request, decision: asked, elsewhere, sections } = ask(loaded, given);
  const { circuit: _, ...decision } = asked;
  const of = { plugin: name, filter, assumed: [...assumed, ...assumedOf(given, request, loaded)] };
  if (elsewhere !== undefined) return { ...of, ...decision, ...NOTHING, asked: false, because: elsewhere };
  if (sections.length > 0) {
    return { ...of, ...decision, ...NOTHING, sections: sections.map((one) => explainSection(loaded, one)) };
  }
  const reasons = EXPLAINS[filter]?.reasons(questionOf(loaded, request, "options"), asked) ?? NOTHING;
  return { ...of, ...decision, ...reasons };
}

function explainSection(
  loaded: Loaded,
  { section, request, decision: asked, because }: AskedSection,
): SectionExplanation {
  const of = { section: section.name, filter: section.filter };
  const { circuit: _, ...decision } = asked;
  const { outcome } = decision;
  if (outcome === "not asked" || because !== undefined) {
    return { ...of, ...decision, ...NOTHING, asked: false, ...(because !== undefined && { because }) };
  }
  const question: Question = { ...section, workload: loaded.workload, request, said: "options" };
  const reasons = EXPLAINS[section.filter]?.reasons(question, { ...asked, outcome }) ?? NOTHING;
  return { ...of, ...decision, ...reasons };
}

/** Why nothing of a plugin's configuration applies to a request; undefined if something does. */
export function whyNothingApplies(
  loaded: Loaded,
  { request, elsewhere, sections }: Asked,
): readonly string[] | undefined {
  if (elsewhere !== undefined) return [elsewhere];
  if (sections.length > 0) {
    const reasons = sections.map((one) => whySectionDoesNot(loaded, one));
    return reasons.some((why) => why === undefined) ? undefined : reasons.flatMap((why) => why ?? []);
  }
  return EXPLAINS[loaded.filter]?.nothingApplies(questionOf(loaded, request, "table"));
}

/** The rules, routes or entries of a plugin, as decisions call them; none if the filter has no such things. */
export function rulesIn(loaded: Loaded): readonly RulePlace[] {
  const { filter, plugin, workload, sections } = loaded;
  return partsOf(filter, plugin.config).flatMap((part) => {
    const rules = EXPLAINS[part.filter]?.rules({ filter: part.filter, config: part.config, workload }) ?? [];
    const section = sections.find(({ name }) => name === part.path[0]);
    if (section === undefined) return rules;
    return rules.map(({ name, path }) => ({ name: ruleIn(section, name), path: [...part.path, ...path] }));
  });
}

function whySectionDoesNot(
  { workload }: Loaded,
  { section, request, because }: AskedSection,
): readonly string[] | undefined {
  if (because !== undefined) return [`${section.name}: ${because}`];
  const why = EXPLAINS[section.filter]?.nothingApplies({ ...section, workload, request, said: "table" });
  return why?.map((reason) => `${section.name}: ${reason}`);
}

function questionOf({ filter, plugin, workload }: Loaded, request: Request, said: Question["said"]): Question {
  return { filter, config: isObject(plugin.config) ? plugin.config : {}, workload, request, said };
}

/** Conditions about ports, and about who the source is. */
const ASKS_PORT = /"(?:notPorts|ports|port|destination\.port)"/;
const ASKS_SOURCE = /"(?:not)?(?:principals|Principals|namespaces|Namespaces|serviceAccounts)"|"source\./;

/** What of a request was taken for granted and matters to the configuration. */
function assumedOf(given: Request, request: Request, { plugin: { config }, sections, workload }: Loaded): string[] {
  const text = JSON.stringify(config ?? {});
  const assumed: string[] = [];
  if (given.port === undefined && ASKS_PORT.test(text)) {
    assumed.push(`the request comes to port ${portOf(request)} (--request '{port: …}')`);
  }
  if (given.direction === undefined && request.direction === "OUTBOUND" && ASKS_SOURCE.test(text)) {
    assumed.push("the request is OUTBOUND, as the plugin's match.mode is CLIENT (--direction)");
  }
  const said = request.direction ?? sections[0]?.config.direction;
  if (said === undefined && workload.gateway !== true && sections.some(({ mode }) => mode !== "CLIENT_AND_SERVER")) {
    assumed.push("every section acts, as nothing says whether the request is INBOUND or OUTBOUND (--direction)");
  }
  return assumed;
}
