import { Choice } from "../../assembly/config/choice";
import { Place } from "../../assembly/config/place";
import { utf8 } from "../../assembly/text/text";
import { Mode } from "./breaker";

/** Reads `state`. */
export function readMode(place: Place, otherwise: Mode): Mode {
  const choice = Choice.at(place)
    .or(utf8("ENABLED"), Mode.ENABLED)
    .or(utf8("METRICS_ONLY"), Mode.METRICS_ONLY)
    .or(utf8("DISABLED"), Mode.DISABLED)
    .or(utf8("FORCED_OPEN"), Mode.FORCED_OPEN);
  return <Mode>choice.value(otherwise);
}
