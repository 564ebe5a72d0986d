import { acts, CIRCUIT_BREAKING, withSections, type Section } from "../filter/sections.ts";
import { configure, type Configured, type Run, type Workload } from "../filter/configured.ts";
import type { Json } from "../input/resource.ts";
import { headersOf } from "./as-envoy.ts";
import { begin, type Arrival, type Decision } from "./decide.ts";
import { changes, valuesOf, type Values } from "./headers.ts";
import type { Request } from "./request.ts";
import { rulesMet } from "./rule.ts";
import { answeredBehind, type Upstream } from "./upstream.ts";

/** A section, and its module with this section and all before it, so that it can be told what each of them does. */
export interface LoadedSection extends Section {
  readonly upTo: Configured;
}

/**
 * Configures signalbox once for each section: with the first, with the first two, and so on. What is drawn by chance is drawn
 * alike in each.
 *
 * @param whole what is configured with all of them
 */
export function loadSections(
  filter: string,
  config: Json,
  sections: readonly Section[],
  workload: Workload,
  run: Run,
  whole: Configured,
): LoadedSection[] {
  return sections.map((section, at) => {
    if (at === sections.length - 1) return { ...section, upTo: whole };
    return { ...section, upTo: configure(filter, withSections(config, sections.slice(0, at + 1)), workload, run) };
  });
}

/** What a section made of a request. */
export interface SectionDecision extends Omit<Decision, "outcome"> {
  /** `not asked`: it does not act at this listener, or a section before it has answered. */
  readonly outcome: Decision["outcome"] | "not asked";
}

/** A section that was asked about a request, or was not. */
export interface AskedSection {
  readonly section: Section;
  /** The request as the sections before it left it. */
  readonly request: Request;
  readonly decision: SectionDecision;
  /** Why it was not asked. */
  readonly because: string | undefined;
}

/** What signalbox makes of a request, and each of its sections. */
export interface Composed {
  readonly decision: Decision;
  readonly sections: readonly AskedSection[];
}

/**
 * Sends one request through all sections, up to where it goes on or is answered.
 *
 * @returns has the request come to its end
 */
export function beginSections(
  sections: readonly LoadedSection[],
  given: Request,
  gateway: boolean,
  arrival: Arrival,
): (upstream: Upstream) => Composed {
  const begun = sections.map((section) => ({ section, ...begin(section.upTo, given, arrival) }));
  return (upstream) => {
    const reply = begun.at(-1)?.reply;
    // A section that let the request pass sees the answer of one after it, as each does in a proxy.
    const others = reply === undefined ? upstream : answeredBehind(reply);
    bringTogether(sections);
    const ended = begun.map(({ section, end }) => ({
      section,
      after: end(arrival.inSequence === true ? others : upstream),
    }));
    bringTogether(sections);
    return compose(ended, given, gateway);
  };
}

/** Lets each section's clock be where that of the slowest is: what comes later comes later for all. */
function bringTogether(sections: readonly LoadedSection[]): void {
  const clocks = sections.map(({ upTo }) => upTo.emulator.clock);
  const now = clocks.reduce((latest, { monotonic }) => (monotonic > latest ? monotonic : latest), 0n);
  for (const clock of clocks) clock.advance(Number(now - clock.monotonic) / 1e6);
}

/** What each section decides, in their order. */
function compose(
  ended: readonly { readonly section: LoadedSection; readonly after: Decision }[],
  given: Request,
  gateway: boolean,
): Composed {
  const asked: AskedSection[] = [];
  let answeredBy: AskedSection | undefined;
  let request = given;
  let before: Decision | undefined;
  for (const { section, after } of ended) {
    const because = whyNotAsked(section, given, gateway, answeredBy);
    const came = before?.sends ?? valuesOf(headersOf(given));
    const decision = because === undefined ? ownDecision(section, before, after, came) : unasked(came, answeredBy);
    const one = { section, request, decision, because };
    asked.push(one);
    if (decision.outcome === "answered") answeredBy = one;
    if (after.sends !== undefined) request = withHeaders(given, after.sends);
    before = after;
  }
  const met = asked.flatMap(({ section, decision }) => decision.met.map((rule) => ruleIn(section, rule)));
  return {
    decision: { ...(before as Decision), rule: answeredBy?.decision.rule ?? "none", met },
    sections: asked,
  };
}

/** How a rule of a section is called among those of all sections. */
export function ruleIn({ name }: Pick<Section, "name">, rule: string): string {
  return `${name}: ${rule}`;
}

function whyNotAsked(
  section: LoadedSection,
  { direction }: Request,
  gateway: boolean,
  answeredBy: AskedSection | undefined,
): string | undefined {
  const { direction: said = direction } = section.config;
  if (!acts(section, said as string | undefined, gateway)) {
    return `its mode is ${section.mode}, and the request is ${String(said)}`;
  }
  return answeredBy === undefined ? undefined : `${answeredBy.section.name} answered before it`;
}

/** What a section did beyond what those before it did. */
function ownDecision(
  { filter }: Section,
  before: Decision | undefined,
  after: Decision,
  came: Values,
): SectionDecision {
  const counters = after.counters.filter((name) => name.startsWith(`${filter.replaceAll("-", "_")}.`));
  const logs = after.logs.filter((line) => line.startsWith(`${filter}: `));
  const known = before?.unevaluated ?? [];
  const { circuit: belongsTo, circuits, ...others } = after;
  const circuit = filter === CIRCUIT_BREAKING ? belongsTo : undefined;
  return {
    ...others,
    ...(circuit !== undefined && { circuit }),
    ...(filter === CIRCUIT_BREAKING && circuits !== undefined && { circuits }),
    ...rulesMet(counters, logs, circuit),
    unevaluated: after.unevaluated.filter(
      ({ expression, reason }) => !known.some((one) => one.expression === expression && one.reason === reason),
    ),
    request: after.sends === undefined ? {} : changes(came, after.sends),
    response:
      after.answer === undefined && before !== undefined ? changes(before.answers, after.answers) : after.response,
    came,
    counters,
    logs,
    calls: [],
  };
}

function unasked(came: Values, answeredBy: AskedSection | undefined): SectionDecision {
  const nothing = { met: [], unevaluated: [], request: {}, response: {}, counters: [], logs: [], calls: [] };
  const on = answeredBy === undefined ? { came, sends: came } : { came };
  return { outcome: "not asked", rule: "none", ...nothing, ...on, answers: {} };
}

/** The request with other headers, as the section after has it. */
function withHeaders({ host: _, ...request }: Request, values: Values): Request {
  const pseudo = (name: string): string | undefined => values[name]?.[0];
  const headers = Object.entries(values).filter(([name]) => !name.startsWith(":"));
  return {
    ...request,
    method: pseudo(":method") ?? "GET",
    path: pseudo(":path") ?? "/",
    host: pseudo(":authority") ?? "",
    scheme: pseudo(":scheme") ?? "http",
    headers: Object.fromEntries(headers),
  };
}
