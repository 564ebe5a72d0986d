import { propertyLength, propertyStart, readProperty } from "../../assembly/host/properties";
import { Status } from "../../assembly/host/status";
import { identityIsMalformed } from "../../assembly/request/principal";
import { factWasRefused } from "../../assembly/request/property";
import { openRequest, readRequestHeaders } from "../../assembly/request/request";
import { utf8 } from "../../assembly/text/text";
import { Plan } from "./plan";
import { Reason, Verdict, judge, verdictFor } from "./verdict";

/**
 * Decides about the request whose headers callback runs. Where something is enforced, what cannot be known refuses it: headers
 * or facts that the host does not hand over, and a peer whose certificate does not say who it is where a rule asks for that.
 */
export function decide(plan: Plan): Verdict {
  openRequest(plan.slots);
  plan.source.use();
  if (plan.requireMtls && !hasMtls()) return verdictFor(false, Reason.NO_MTLS);
  if (plan.readsHeaders && !readRequestHeaders()) return verdictFor(!plan.enforces, Reason.UNSURE);
  const verdict = judge(plan);
  const unsure = (plan.enforcesIdentity && identityIsMalformed()) || factWasRefused();
  return unsure && plan.enforces ? verdictFor(false, Reason.UNSURE) : verdict;
}

/** Whether the peer showed a certificate that was verified (Envoy's attribute `connection.mtls`, one byte). */
function hasMtls(): bool {
  if (readProperty(utf8("connection\0mtls")) != Status.OK || propertyLength != 1) return false;
  return load<u8>(propertyStart) == 1;
}
