import { Place } from "../config/place";
import { nodeWasRefused, workloadLabel } from "../host/node";
import { utf8 } from "../text/text";

/**
 * Reads `workloadSelector` (istio `networking/v1alpha3/destination_rule.proto`), whose `matchLabels` are compared with this proxy's own labels now. Gives
 * whether they are this workload's; true if there is none.
 */
export function selectsWorkload(place: Place): bool {
  if (!place.object()) return true;
  const labels = place.field(utf8("matchLabels"));
  place.noOtherFields();
  if (!labels.object()) return true;
  let selects = true;
  let label = labels.first();
  while (label != null) {
    if (!label.present) label.expected(utf8("a string"));
    const wanted = label.string();
    // The first label that differs decides: the host is asked for as many as the proxy has, however many are written.
    const own = selects ? workloadLabel(place.report.region, label.key) : null;
    if (selects && nodeWasRefused) {
      label.error(
        utf8("this proxy's labels are unknown (node metadata LABELS), so it is unknown whether this applies to it"),
      );
    }
    if (wanted == null || own == null || !own.equals(wanted)) selects = false;
    label = label.next();
  }
  return selects;
}
