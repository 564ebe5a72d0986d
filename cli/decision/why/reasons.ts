import type { Workload } from "../../filter/configured.ts";
import type { Path } from "../../input/path.ts";
import type { Json } from "../../input/resource.ts";
import type { Decision } from "../decide.ts";
import type { Request } from "../request.ts";
import type { CircuitExplanation } from "./circuit.ts";
import type { Unevaluated } from "../../filter/expressions.ts";

/** What a decision is to be explained of: the filter's configuration, the proxy, the request. */
export interface Question {
  readonly filter: string;
  readonly config: Json;
  readonly workload: Workload;
  readonly request: Request;
  /** Where the workload is said, for hints: by options of the command, or in a table. */
  readonly said: "options" | "table";
}

/** How the user says something else of the workload. */
export function hintAt({ said }: Question, field: "labels" | "namespace"): string {
  return said === "options" ? `--${field}` : `workload.${field} in the table`;
}

/** A condition of a rule that the request does not meet. */
export interface FailedCondition {
  /** Its field, such as `paths` or `headers[end-user]`. */
  readonly field: string;
  /** What it asks for, as it is written. */
  readonly wanted: unknown;
  /** What the request has, in words; absent if that cannot be said in short. */
  readonly has?: string;
}

/** A rule that the request does not meet, and why not. */
export interface NearRule {
  readonly rule: string;
  readonly failed: readonly FailedCondition[];
}

/** Why a decision came out as it did, beyond the rule that decided. */
export interface Reasons {
  /** The outcome in one sentence, if no rule decided. */
  readonly because?: string;
  /** Policies or VirtualServices that were not asked, each with the reason. */
  readonly notAsked: readonly string[];
  /** Whether any was asked. */
  readonly asked: boolean;
  /** If no rule decided, those that fail the fewest conditions. */
  readonly nearest: readonly NearRule[];
  /** Expressions that could not be evaluated, each with the rules that have it: the filter decided without them. */
  readonly unsure: readonly (Unevaluated & { readonly rules: readonly string[] })[];
  /** Of circuit-breaking: the circuit that the request belongs to; absent if it belongs to none. */
  readonly circuit?: CircuitExplanation;
  /** How many rules there are that were not compared, as there are too many. */
  readonly notCompared: number;
}

/** What explains the decisions of a filter. */
export interface Explains {
  /** Why a decision came out as it did. */
  reasons(question: Question, decision: Decision): Reasons;
  /**
   * What is not asked about a request, with the reason, if nothing of the configuration applies to it: no policy is for the
   * workload, no VirtualService has the host. Undefined if something does, or there is nothing that could.
   */
  nothingApplies(question: Question): readonly string[] | undefined;
  /** The rules, routes or entries of a configuration, as `Decision.met` calls them, and where each stands in it. */
  rules(about: Pick<Question, "filter" | "config" | "workload">): readonly RulePlace[];
}

/** A rule, and the way to it in the configuration. */
export interface RulePlace {
  readonly name: string;
  readonly path: Path;
}
