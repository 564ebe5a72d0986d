import { propertyLength, propertyStart, readProperty } from "../../assembly/host/properties";
import { Status } from "../../assembly/host/status";
import { doubtsAsked, forgetAsked } from "../../assembly/request/doubts";
import { identityIsMalformed } from "../../assembly/request/principal";
import { factWasRefused } from "../../assembly/request/property";
import { readRequestHeaders } from "../../assembly/request/request";
import { utf8 } from "../../assembly/text/text";
import { judge, judgeEnforced } from "./judge";
import { Plan } from "./plan";
import { Reason, Verdict, verdictFor } from "./verdict";

/**
 * Decides about the request whose headers callback runs. Where something is enforced, what cannot be known refuses it: headers
 * or facts that the host does not hand over, and a peer whose certificate does not say who it is where a rule asks for that.
 */
export function decide(plan: Plan): Verdict {
  forgetAsked();
  if (plan.requireMtls && !hasMtls()) {
    // It is a header that asks for the verdict, and headers are what the decision log shows.
    if (plan.explain != null || plan.log != null) readRequestHeaders();
    return verdictFor(false, Reason.NO_MTLS);
  }
  if (!hasHeaders(plan)) return verdictFor(false, Reason.UNSURE);
  const verdict = judge(plan);
  if (!plan.enforces || !isUnsure(plan)) return verdict;
  return plan.observes ? decideAlone(plan, verdict) : verdictFor(false, Reason.UNSURE);
}

/** Reads the headers where something asks for them; false where they cannot be read and an enforced rule is what asks. */
function hasHeaders(plan: Plan): bool {
  return !plan.readsHeaders || readRequestHeaders() || !plan.enforcesHeaders;
}

/** Whether what was asked for so far could not be told. */
function isUnsure(plan: Plan): bool {
  // What follows looks at nothing else, and most requests have none.
  if (doubtsAsked() == 0) return false;
  const malformed = plan.enforcesIdentity && identityIsMalformed();
  return factWasRefused() || malformed;
}

/**
 * Decides by the enforced rules alone, one by one, where something could not be told that perhaps only AUDIT or dry-run
 * policies have asked for: what only watches refuses nothing.
 */
function decideAlone(plan: Plan, verdict: Verdict): Verdict {
  forgetAsked();
  judgeEnforced(plan, verdict);
  return isUnsure(plan) ? verdictFor(false, Reason.UNSURE) : verdict;
}

/** Whether the peer showed a certificate that was verified (Envoy's attribute `connection.mtls`, one byte). */
function hasMtls(): bool {
  if (readProperty(utf8("connection\0mtls")) != Status.OK || propertyLength != 1) return false;
  return load<u8>(propertyStart) == 1;
}
