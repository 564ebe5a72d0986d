import { Place } from "../config/place";
import { nodeWasRefused, workloadLabel } from "../host/node";
import { Text, utf8 } from "../text/text";

const STAR: u8 = 0x2a;

/**
 * Reads a WorkloadSelector (istio `type/v1beta1/selector.proto`), whose `matchLabels` are compared with this proxy's own labels now. Gives whether
 * all of them are this workload's; true if there is none.
 *
 * Refuses what Istio's validation refuses (`pkg/config/validation: validateWorkloadSelector`), and a label that the host does not tell.
 */
export function selectsWorkload(place: Place): bool {
  if (!place.object()) return true;
  const labels = place.field(utf8("matchLabels"));
  place.noOtherFields();
  if (!labels.object()) return true;
  let selects = true;
  let label = labels.firstOfFew();
  while (label != null) {
    const wanted = readLabel(label);
    // The first label that differs decides: the host is asked for as many as the proxy has, however many are written.
    if (selects) selects = isOwn(label, wanted);
    label = label.next();
  }
  return selects;
}

/** The value that a label must have; null where that is no string. */
function readLabel(label: Place): Text | null {
  if (!label.present) label.expected(utf8("a string"));
  const wanted = label.string();
  if (label.key.length == 0) label.error(utf8("a label's name must not be empty"));
  if (label.key.contains(STAR) || (wanted != null && wanted.contains(STAR))) {
    label.error(utf8("a selector must not contain *"));
  }
  return wanted;
}

/** Whether this workload has the label with that value. */
function isOwn(label: Place, wanted: Text | null): bool {
  const own = workloadLabel(label.report.region, label.key);
  if (nodeWasRefused) {
    label.error(
      utf8(
        "this proxy's labels are unknown (node metadata LABELS), so it is unknown whether the selector matches them",
      ),
    );
  }
  return wanted != null && own != null && own.equals(wanted);
}
