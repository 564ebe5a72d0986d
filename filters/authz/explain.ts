import { Place } from "../../assembly/config/place";
import { beginLine } from "../../assembly/text/line";
import { sendLocalReplyWithHeader } from "../../assembly/host/local-reply";
import { Field } from "../../assembly/match/field";
import { Outcome } from "../../assembly/plugin/outcome";
import { isPresent } from "../../assembly/request/request";
import { Fact } from "../../assembly/request/slots";
import { utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { FORBIDDEN, deniedBody } from "./deny";
import { PolicyRule } from "./policy";
import { readValues } from "./read-field";
import { writeRuleId } from "./rule-id";
import { RuleReader } from "./rule-reader";
import { Kind, Subject } from "./subject";
import { Reason, Verdict, reasonText } from "./verdict";

const OK: u32 = 200;

/** Who may ask for the verdict of its own request, by sending the header `x-authz-explain`. */
@unmanaged
export class Explain {
  private callers: Field;
  private header: u32;

  /** Reads `explain: {principals: […]}`, principals as those of a policy; null where it is not there. */
  static read(place: Place, reader: RuleReader): Explain | null {
    if (!place.object()) return null;
    const explain = changetype<Explain>(reader.region.take(offsetof<Explain>()));
    explain.callers = Field.open(reader.region, false);
    explain.header = reader.compiler.slots.slot(Fact.HEADER, utf8("x-authz-explain"));
    const principals = place.field(utf8("principals"));
    place.noOtherFields();
    if (!principals.required() || !principals.list()) return explain;
    if (principals.count == 0) principals.expected(utf8("a list that is not empty"));
    readValues(principals, explain.callers, Subject.of(reader.scratch, Kind.PRINCIPAL, utf8("")), reader);
    explain.callers.packLater(reader.region, reader.scratch);
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
  answer(verdict: Verdict): Outcome {
    const line = beginLine();
    line.text(verdict.allowed ? utf8("allowed") : utf8("denied"));
    writeReason(line, verdict);
    writeDryRun(line, verdict);
    const status = verdict.allowed ? OK : FORBIDDEN;
    const body = verdict.allowed ? utf8("") : deniedBody();
    sendLocalReplyWithHeader(status, utf8("authz_explained"), body, utf8("x-authz-decision"), line.start, line.length);
    return Outcome.ANSWERED;
  }
}

function writeReason(line: Writer, verdict: Verdict): void {
  if (verdict.reason == Reason.RULE) return writeBy(line, verdict.rule);
  line.text(utf8(", "));
  line.text(reasonText(verdict.reason));
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
