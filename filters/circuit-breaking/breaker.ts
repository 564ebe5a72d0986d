import { Region } from "../../assembly/memory/region";
import { Text } from "../../assembly/text/text";
import { Counters } from "./counters";
import { Policy } from "./policy";
import { Rejection } from "./rejection";

/** What a breaker does (resilience4j `CircuitBreaker.State`). */
export const enum Mode {
  ENABLED,
  /** It measures and changes its state, and refuses nothing. */
  METRICS_ONLY,
  /** It lets everything pass and measures nothing. */
  DISABLED,
  /** It refuses everything. */
  FORCED_OPEN,
}

/** What a configuration says of the circuit of a destination, subset, port or match; with `keyedBy` of one circuit for each key. */
@unmanaged
export class Breaker {
  /** What `x-circuit-open` says, and metrics and records are named by. */
  name: Text;
  mode: Mode;
  policy: Policy;
  /** What tells the policy from others. */
  hash: u64;
  rejection: Rejection;
  /** Those of the filter. */
  counters: Counters;
  /** Its own: how often it opened, and how many requests it refused. */
  opened: u32;
  rejected: u32;
  /** The plan's. */
  region: Region;
}
