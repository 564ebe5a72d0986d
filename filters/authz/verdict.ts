import { Text, utf8 } from "../../assembly/text/text";
import { PolicyRule } from "./policy";

/** Why a request is let through or refused. */
export const enum Reason {
  /** A rule of a DENY policy matches, or one of an ALLOW policy. */
  RULE,
  /** There are ALLOW policies, and none of their rules matches. */
  NO_ALLOW_RULE,
  /** There is no ALLOW policy, and no DENY rule matches. */
  NO_POLICY,
  /** The peer has no mTLS, which `requireMtls` wants. */
  NO_MTLS,
  /** Something that the rules ask for cannot be known. */
  UNSURE,
}

/** The reason in words; empty where it is a rule, which names itself. */
export function reasonText(reason: Reason): Text {
  switch (reason) {
    case Reason.NO_ALLOW_RULE:
      return utf8("no ALLOW rule matches");
    case Reason.NO_POLICY:
      return utf8("no ALLOW policy");
    case Reason.NO_MTLS:
      return utf8("no mTLS");
    case Reason.UNSURE:
      return utf8("unsure");
  }
  return utf8("");
}

/** What the policies come to for one request. `verdictFor` must set each field: the record is that of the request before. */
@unmanaged
export class Verdict {
  allowed: bool;
  reason: Reason;
  /** The rule that decided; null where none did. */
  rule: PolicyRule | null;
  /** The AUDIT rule that matches, which changes nothing. */
  audited: PolicyRule | null;
  /** What dry-run policies would have done: the rules of each action that match, and whether each action was looked at. */
  dryRunDeny: PolicyRule | null;
  dryRunAllow: PolicyRule | null;
  sawDryRunDeny: bool;
  sawDryRunAllow: bool;

  /** Whether the dry-run policies would have refused the request. */
  get dryRunDenied(): bool {
    return this.dryRunDeny != null || (this.sawDryRunAllow && this.dryRunAllow == null);
  }
}

/** There is one request at a time, so one is enough. */
const verdict = changetype<Verdict>(memory.data(offsetof<Verdict>(), 8));

/** The verdict for what needs no rule. */
export function verdictFor(allowed: bool, reason: Reason): Verdict {
  verdict.allowed = allowed;
  verdict.reason = reason;
  verdict.rule = null;
  verdict.audited = null;
  verdict.dryRunDeny = null;
  verdict.dryRunAllow = null;
  verdict.sawDryRunDeny = false;
  verdict.sawDryRunAllow = false;
  return verdict;
}
