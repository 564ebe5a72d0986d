import { Place } from "../config/place";
import { Text, utf8 } from "../text/text";

/** Refuses the fields of Istio's HTTPRoute that only Envoy's router can honour, each with the reason. */
export function refuseNativeActions(place: Place, reason: Text): void {
  place.refuse(utf8("redirect"), reason);
  place.refuse(utf8("directResponse"), reason);
  place.refuse(utf8("rewrite"), reason);
  place.refuse(utf8("timeout"), reason);
  place.refuse(utf8("retries"), reason);
  place.refuse(utf8("mirror"), reason);
  place.refuse(utf8("mirrors"), reason);
  place.refuse(utf8("mirrorPercentage"), reason);
  place.refuse(utf8("mirrorPercent"), reason);
  place.refuse(utf8("corsPolicy"), reason);
}
