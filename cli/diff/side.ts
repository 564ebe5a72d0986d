import { placed, whyNotThere, type Selector } from "../decision/placement.ts";
import { begin, SERVICE, type Decision } from "../decision/decide.ts";
import { headersOf } from "../decision/as-envoy.ts";
import { valuesOf, type Values } from "../decision/headers.ts";
import type { Loaded } from "../decision/load.ts";
import type { Request } from "../decision/request.ts";
import { rulesMet } from "../decision/rule.ts";
import { ruleIn } from "../decision/sections.ts";
import { ANSWERS } from "../decision/upstream.ts";
import { CIRCUITS } from "../decision/why/circuits.ts";
import { Failure } from "../failure.ts";
import { configure, keep, type Configured, type Workload } from "../filter/configured.ts";
import { acts, CIRCUIT_BREAKING, partsOf, sectionsOf, type Section } from "../filter/sections.ts";
import { isObject } from "../input/resource.ts";
import type { Target } from "./aims/condition.ts";
import { decided, type Distributions, type Draw } from "./chance.ts";
import { effectOf, type Effect } from "./effect.ts";
import { Traces } from "./traces.ts";

/** What a side makes of a request. */
export interface Outcome {
  readonly effect: Effect;
  /** The rules that decided, for people. */
  readonly rule: string;
  readonly met: readonly string[];
}

/** What rules have that leave something to chance. */
const CHANCE = /"(?:percentage|percent|weight|distribution)":/;

/** Filters that keep nothing from one request to the next that a draw leaves open. */
const STATELESS = ["authz", "header-routing"];

/** A configuration of the two, in the proxy of one workload; none if that file has no such plugin. */
export class Side {
  private readonly runs = new Map<string, { configured: Configured; again: () => void }>();
  private readonly contents = new Map<string, string>();
  private readonly circuits = new Map<string, Readonly<Record<string, string>>>();
  private readonly sections: readonly Section[];
  /** Whether traces are sampled, for which there is no rule that decisions name. */
  private readonly samples: boolean;
  private readonly traces: Traces;
  /** The rules that the other side has too. */
  private readonly known: ReadonlySet<string>;

  constructor(
    readonly loaded: Loaded | undefined,
    readonly workload: Workload,
    targets: readonly Target[],
    others: readonly Target[],
    private readonly distributions: Distributions,
    /** The headers that the service answers with. */
    private readonly service: Values,
  ) {
    for (const { rule, content } of targets) if (rule !== undefined) this.contents.set(rule, content);
    this.known = new Set(others.map(({ rule = "", content }) => `${rule} ${content}`));
    this.samples =
      loaded !== undefined &&
      partsOf(loaded.filter, loaded.plugin.config).some(({ filter }) => filter === "trace-propagation");
    this.traces = new Traces(loaded?.filter ?? "", loaded?.plugin.config);
    this.sections = loaded === undefined ? [] : sectionsOf(loaded.filter, loaded.plugin.config);
  }

  get selectors(): readonly Selector[] {
    return this.loaded?.selectors ?? [];
  }

  /** What becomes of a request if chance says that. */
  ask(given: Request, draw: Draw): Outcome {
    const { loaded } = this;
    if (loaded === undefined) return nothingDone(given);
    const request = placed(given, loaded.selectors, this.workload.gateway === true);
    if (whyNotThere(request, loaded.selectors) !== undefined) return nothingDone(request);
    const { configured, again } = this.run(loaded, draw);
    if (draw === "keyed" || !STATELESS.includes(loaded.filter)) again();
    const decide = (): Decision =>
      begin(configured, request).end({ ...ANSWERS, headers: this.service, takes: this.traces.takes });
    const decision = decide();
    const { rule, met } = this.rules(decision, request);
    const others = { ...notEnforced(decision.logs), ...this.traces.facts(decision, decide) };
    const circuit = decision.circuit === undefined ? {} : this.circuit(decision, decision.circuit, request);
    const reason = this.contents.get(rule) ?? decision.answer?.details ?? "none";
    return {
      effect: effectOf(decision, reason, { ...circuit, ...others }, (delay) => this.distributions.shown(delay)),
      rule,
      met,
    };
  }

  /** Whether chance has a say in what becomes of a request that met these rules. */
  isLeftToChance(met: readonly string[]): boolean {
    return this.samples || met.some((rule) => CHANCE.test(this.contents.get(rule) ?? ""));
  }

  private run(loaded: Loaded, draw: Draw): { configured: Configured; again: () => void } {
    const key = JSON.stringify(draw);
    const known = this.runs.get(key);
    if (known !== undefined) return known;
    const config = decided(loaded.filter, loaded.plugin.config, draw, this.distributions);
    const configured = configure(loaded.filter, config, this.proxy(loaded), { logLevel: "debug", expose: true });
    if (configured.errors.length > 0) {
      const { namespace } = this.workload;
      throw new Failure(
        `${loaded.name} is refused for a workload in namespace ${namespace}: ${configured.errors.join("; ")}`,
      );
    }
    const run = { configured, again: keep(configured) };
    this.runs.set(key, run);
    return run;
  }

  /** The workload with what the plugin's own resource gives it. */
  private proxy({ workload: { environment } }: Loaded): Workload {
    return { ...this.workload, ...(environment !== undefined && { environment }) };
  }

  /** The rule that decided, and all that were met, those of sections with the section's name. */
  private rules(
    { rule, met, counters, logs, circuit, outcome }: Decision,
    { direction }: Request,
  ): Pick<Outcome, "rule" | "met"> {
    if (this.sections.length === 0) return { rule, met };
    const each = this.sections
      .filter((section) => acts(section, direction, this.workload.gateway === true))
      .map((section) => {
        const prefix = section.filter.replaceAll("-", "_");
        const of = rulesMet(
          counters.filter((name) => name.startsWith(`${prefix}.`)),
          logs.filter((line) => line.startsWith(`${section.filter}: `)),
          section.filter === CIRCUIT_BREAKING ? circuit : undefined,
        );
        return {
          rule: of.rule === "none" ? [] : [ruleIn(section, of.rule)],
          met: of.met.map((one) => ruleIn(section, one)),
        };
      });
    const rules = each.flatMap((one) => one.rule);
    const decisive = outcome === "answered" ? rules.slice(-1) : rules;
    return { rule: decisive.length === 0 ? "none" : decisive.join(", "), met: each.flatMap((one) => one.met) };
  }

  /** What the configuration says of a circuit: what opens it, for how long, and the answer then. */
  private circuit(decision: Decision, name: string, request: Request): Readonly<Record<string, string>> {
    const known = this.circuits.get(name);
    if (known !== undefined) return known;
    const facts: Record<string, string> = { circuit: name };
    this.circuits.set(name, facts);
    // What both say alike opens no differently, and asking takes time.
    if (this.known.has(`${this.ruleOfCircuit(name)} ${this.contents.get(this.ruleOfCircuit(name)) ?? ""}`))
      return facts;
    const { filter, plugin } = this.loaded as Loaded;
    const section = this.sections.find((one) => one.filter === CIRCUIT_BREAKING);
    const config = section?.config ?? (isObject(plugin.config) ? plugin.config : {});
    const question = {
      filter: section?.filter ?? filter,
      config,
      workload: this.workload,
      request,
      said: "options" as const,
    };
    const { circuit } = CIRCUITS.reasons(question, { ...decision, rule: name });
    if (circuit !== undefined) {
      const { mode, keyedBy, outlierDetection, ifOpen } = circuit;
      const { details: _, ...answer } = ifOpen;
      Object.assign(facts, textsOf({ state: mode, keyedBy, ...outlierDetection, "answer if open": answer }, "circuit"));
    }
    return facts;
  }

  private ruleOfCircuit(name: string): string {
    const section = this.sections.find((one) => one.filter === CIRCUIT_BREAKING);
    return section === undefined ? name : ruleIn(section, name);
  }
}

/** What authz's debug log says of a decision that it does not act on: the verdict of dry-run policies, and of AUDIT. */
function notEnforced(logs: readonly string[]): Record<string, string> {
  const [json] = logs.flatMap((line) => /^authz: (\{.*\})$/.exec(line)?.[1] ?? []);
  const { dryRun, auditPolicy } = (json === undefined ? {} : JSON.parse(json)) as Readonly<Record<string, unknown>>;
  return {
    ...(typeof dryRun === "string" && { "dry run": dryRun }),
    ...(auditPolicy !== undefined && { audit: "audited" }),
  };
}

function textsOf(values: Readonly<Record<string, unknown>>, of: string): Record<string, string> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [`${of} ${name}`, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

function nothingDone(request: Request): Outcome {
  const came = valuesOf(headersOf(request));
  const nothing = {
    rule: "none",
    met: [],
    unevaluated: [],
    request: {},
    response: {},
    counters: [],
    logs: [],
    calls: [],
  };
  const decision: Decision = { outcome: "forwarded", ...nothing, came, sends: came, answers: SERVICE };
  return { effect: effectOf(decision, "", {}, (delay) => delay), rule: "none", met: [] };
}
