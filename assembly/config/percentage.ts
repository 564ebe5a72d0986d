import { utf8 } from "../text/text";
import { Place } from "./place";

/**
 * A share of a million, from Istio's `Percent` (`{value: 0.1}`): the value times 10,000, cut off, as istiod computes
 * Envoy's `FractionalPercent` (istio `pilot/pkg/networking/core/route: translatePercentToFractionalPercent`).
 *
 * Valid are 0 and 0.0001 to 100. `otherwise` where nothing stands there, with a report where it is something else.
 */
export function readPercent(place: Place, otherwise: u32): u32 {
  if (!place.present || !place.object()) return otherwise;
  const field = place.field(utf8("value"));
  const share = readPercentage(field, otherwise);
  place.noOtherFields();
  return share;
}

/** The same from the value itself; 0 where nothing stands there. */
export function readPercentage(place: Place, otherwise: u32): u32 {
  const value = place.number(0);
  if (value == 0 || (value >= 0.0001 && value <= 100)) return <u32>(value * 10000);
  place.expected(utf8("0, or a percentage from 0.0001 to 100"));
  return otherwise;
}
