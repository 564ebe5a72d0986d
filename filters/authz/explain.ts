import { Place } from "../../assembly/config/place";
import { beginLine } from "../../assembly/host/line";
import { sendLocalReplyWithHeader } from "../../assembly/host/local-reply";
import { Action } from "../../assembly/host/status";
import { MatchCompiler } from "../../assembly/match/compiler";
import { Test } from "../../assembly/match/condition";
import { Field } from "../../assembly/match/field";
import { valuePattern } from "../../assembly/match/value-pattern";
import { isPresent } from "../../assembly/request/request";
import { Fact } from "../../assembly/request/slots";
import { utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { FORBIDDEN, deniedBody } from "./deny";
import { isPrincipal } from "./identity-values";
import { PolicyRule } from "./plan";
import { writeRuleId } from "./rule-id";
import { Reason, Verdict } from "./verdict";

const OK: u32 = 200;

/** Who may ask for the verdict of its own request, by sending the header `x-authz-explain`. */
@unmanaged
export class Explain {
  private callers: Field;
  private header: u32;

  /** Reads `explain: {principals: […]}`; null where it is not there. */
  static read(place: Place, compiler: MatchCompiler): Explain | null {
    if (!place.object()) return null;
    const explain = changetype<Explain>(compiler.region.take(offsetof<Explain>()));
    explain.callers = Field.open(compiler.region, false);
    explain.header = compiler.slots.slot(Fact.HEADER, utf8("x-authz-explain"));
    const principals = place.field(utf8("principals"));
    place.noOtherFields();
    if (!principals.required() || !principals.list()) return explain;
    if (principals.count == 0) principals.expected(utf8("a list that is not empty"));
    let item = principals.first();
    while (item != null) {
      const value = item.nonEmptyString();
      if (value != null && isPrincipal(item, value)) {
        const start = value.start;
        explain.callers.add(valuePattern(compiler, Fact.PRINCIPAL, utf8(""), Test.PRESENT, start, value.length));
      }
      item = item.next();
    }
    explain.callers.pack(compiler.region);
    return explain;
  }

  /** Whether the current request asks, and may. */
  isAsked(): bool {
    return isPresent(this.header) && this.callers.holds();
  }

  /**
   * Answers the request with its verdict in the header `x-authz-decision`, and does not let it go on even where it is allowed:
   * so asking what a request would come to does nothing, and no request costs a callback for its response.
   */
  answer(verdict: Verdict): Action {
    const line = beginLine();
    line.text(verdict.allowed ? utf8("allowed") : utf8("denied"));
    writeReason(line, verdict);
    writeDryRun(line, verdict);
    const status = verdict.allowed ? OK : FORBIDDEN;
    const body = verdict.allowed ? utf8("") : deniedBody();
    sendLocalReplyWithHeader(status, utf8("authz_explained"), body, utf8("x-authz-decision"), line.start, line.length);
    return Action.PAUSE;
  }
}

function writeReason(line: Writer, verdict: Verdict): void {
  switch (verdict.reason) {
    case Reason.NO_ALLOW_RULE:
      return line.text(utf8(", no ALLOW rule matches"));
    case Reason.NO_POLICY:
      return line.text(utf8(", no ALLOW policy"));
    case Reason.NO_MTLS:
      return line.text(utf8(", no mTLS"));
    case Reason.UNSURE:
      return line.text(utf8(", unsure"));
  }
  writeBy(line, verdict.rule);
}

function writeDryRun(line: Writer, verdict: Verdict): void {
  if (!verdict.sawDryRunDeny && !verdict.sawDryRunAllow) return;
  line.text(verdict.dryRunDenied ? utf8("; dry run denied") : utf8("; dry run allowed"));
  const denying = verdict.dryRunDeny;
  writeBy(line, denying != null ? denying : verdict.dryRunAllow);
}

function writeBy(line: Writer, rule: PolicyRule | null): void {
  if (rule == null) return;
  line.text(utf8(" by "));
  writeRuleId(line, rule);
}
