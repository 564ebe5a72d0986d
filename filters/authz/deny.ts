import { beginLine, textOf } from "../../assembly/text/line";
import { NO_GRPC_STATUS, sendLocalReply } from "../../assembly/host/local-reply";
import { Outcome } from "../../assembly/plugin/outcome";
import { Text, utf8 } from "../../assembly/text/text";
import { writeRuleId } from "./rule-id";
import { Reason, Verdict } from "./verdict";

/** The status of what is refused. */
export const FORBIDDEN: u32 = 403;

/** The body of what is refused (Envoy `source/extensions/filters/http/rbac/rbac_filter.cc`). */
export function deniedBody(): Text {
  return utf8("RBAC: access denied");
}

/**
 * Refuses the request as Envoy's RBAC filter does: 403, which is status 7 for gRPC, with details that name the rule
 * (`responseDetail` in Envoy's `filters/common/rbac/utility.cc`). Whether or not the host takes the reply, the request does
 * not go on.
 */
export function deny(verdict: Verdict): Outcome {
  return denyWith(detailsOf(verdict));
}

/** Refuses the request with details that are no rule's. */
export function denyWith(details: Text): Outcome {
  sendLocalReply(FORBIDDEN, details, deniedBody(), NO_GRPC_STATUS);
  return Outcome.ANSWERED;
}

function detailsOf(verdict: Verdict): Text {
  if (verdict.reason == Reason.NO_MTLS) return utf8("authz_mtls_required");
  if (verdict.reason == Reason.UNSURE) return utf8("authz_unsure");
  const line = beginLine();
  line.text(utf8("rbac_access_denied_matched_policy["));
  const rule = verdict.rule;
  if (rule == null) line.text(utf8("none"));
  else writeRuleId(line, rule);
  line.byte(0x5d);
  return textOf(line);
}
