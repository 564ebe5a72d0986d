import { readMilliseconds } from "../../assembly/config/duration";
import { readPercent } from "../../assembly/config/percentage";
import { Place } from "../../assembly/config/place";
import { Region } from "../../assembly/memory/region";
import { utf8 } from "../../assembly/text/text";
import { Delay } from "./fault";
import { readDistribution } from "./read-distribution";

/**
 * Reads `delay`; null where there is none, or nothing that it could do. The share is `percentage`, else the deprecated whole
 * `percent`, else 0 (istio `pilot/pkg/networking/core/route/route.go: TranslateFault`).
 */
export function readDelay(place: Place, region: Region): Delay | null {
  if (!place.object()) return null;
  const percentage = place.field(utf8("percentage"));
  const percent = <u32>place.field(utf8("percent")).integer(0, 100, 0) * 10_000;
  const fixed = place.field(utf8("fixedDelay"));
  const distribution = place.field(utf8("distribution"));
  place.refuse(utf8("exponentialDelay"), utf8("Istio ignores it: write distribution: {exponential: {mean, max}}"));
  place.noOtherFields();
  const delay = changetype<Delay>(region.take(offsetof<Delay>()));
  delay.share = percentage.present ? readPercent(percentage, 0) : percent;
  delay.fixed = readMilliseconds(fixed, 0);
  delay.distribution = readDistribution(distribution, region);
  if (fixed.present && distribution.present) place.expected(utf8("one of fixedDelay and distribution"));
  if (fixed.present || distribution.present) return delay;
  place.warn(utf8("delays nothing: neither fixedDelay nor distribution is given"));
  return null;
}
