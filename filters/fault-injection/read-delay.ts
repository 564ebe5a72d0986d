import { readDuration } from "../../assembly/config/duration";
import { readPercent } from "../../assembly/config/percentage";
import { Place } from "../../assembly/config/place";
import { Region } from "../../assembly/memory/region";
import { utf8 } from "../../assembly/text/text";
import { Delay } from "./fault";
import { readDistribution } from "./read-distribution";

const NANOSECONDS_A_MILLISECOND: i64 = 1_000_000;
/** The longest delay, so that milliseconds fit a word: 49 days. */
const MOST_MILLISECONDS: i64 = 0xffffffff;

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
  place.refuse(
    utf8("exponentialDelay"),
    utf8("Istio does not honour it: write distribution: {exponential: {mean, max}}"),
  );
  place.noOtherFields();
  const delay = changetype<Delay>(region.take(offsetof<Delay>()));
  delay.share = percentage.present ? readPercent(percentage, 0) : percent;
  delay.fixed = readFixed(fixed);
  delay.distribution = readDistribution(distribution, region);
  if (fixed.present && distribution.present) place.expected(utf8("one of fixedDelay and distribution"));
  if (fixed.present || distribution.present) return delay;
  place.warn(utf8("delays nothing: neither fixedDelay nor distribution is given"));
  return null;
}

function readFixed(place: Place): u32 {
  const milliseconds = readDuration(place, 0) / NANOSECONDS_A_MILLISECOND;
  if (milliseconds <= MOST_MILLISECONDS) return <u32>milliseconds;
  place.expected(utf8("a duration of at most 1193h2m47.295s"));
  return 0;
}
