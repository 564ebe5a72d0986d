/** Why a circuit changes its state. */
export const enum Reason {
  NONE,
  /** Errors in a row: of any kind, of a gateway, of this proxy's own. */
  CONSECUTIVE_5XX,
  CONSECUTIVE_GATEWAY,
  CONSECUTIVE_LOCAL,
  FAILURE_RATE,
  SLOW_CALL_RATE,
  /** Its time is over. */
  WAITED,
  PROBE_FAILED,
  PROBES_LOST,
  PROBES_SUCCEEDED,
}
