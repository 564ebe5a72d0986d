import { SetIndex } from "../../assembly/match/set-index";
import { SetRule } from "../../assembly/match/set-rule";
import { Source } from "../../assembly/plugin/source";
import { Counters } from "./counters";
import { DecisionLog } from "./decision-log";
import { Explain } from "./explain";
import { RuleSet } from "./policy";

/** The sets of policies that only watch, as in `Plan.sets`. */
const OBSERVING: u32 = (1 << RuleSet.AUDIT) | (1 << RuleSet.DRY_RUN_DENY) | (1 << RuleSet.DRY_RUN_ALLOW);

/** What a configuration comes to for this workload: all that a request's verdict needs, in one region. */
@unmanaged
export class Plan {
  index: SetIndex;
  /** All rules, in the order of their ids. */
  rules: SetRule | null;
  /** A bit for each `RuleSet` that a policy for this workload belongs to, be it one without rules. */
  sets: u32;
  source: Source;
  /** A peer without mTLS is refused before any rule. */
  requireMtls: bool;
  /** Whether something is asked for that stands in the headers. */
  readsHeaders: bool;
  /** Whether an enforced rule asks who the peer is: then a peer with a certificate that does not say it is refused. */
  enforcesIdentity: bool;
  /** Whether an enforced rule asks for something that stands in the headers: then a request whose headers cannot be read is refused. */
  enforcesHeaders: bool;
  counters: Counters;
  /** Null where no decision is logged. */
  log: DecisionLog | null;
  /** Null where nobody may ask for the verdict of its own request. */
  explain: Explain | null;

  /** Whether a policy for this workload belongs to the set. */
  has(set: RuleSet): bool {
    return (this.sets & (1 << set)) != 0;
  }

  /** Whether there are policies that can refuse a request. */
  get enforces(): bool {
    return this.has(RuleSet.DENY) || this.has(RuleSet.ALLOW);
  }

  /** Whether there are policies that only watch: their asking must not refuse a request. */
  get observes(): bool {
    return (this.sets & OBSERVING) != 0;
  }
}
