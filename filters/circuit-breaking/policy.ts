import { Region } from "../../assembly/memory/region";
import { xxHash64 } from "../../assembly/text/xxhash64";

/** Shares are of a million, as `config/percentage.ts` reads them. */
export const MILLION: u64 = 1_000_000;

/** A bit for each HTTP status below 1024. */
const CODES: u32 = 128;

/**
 * When a circuit opens, for how long, and how it closes again: Istio's `outlierDetection`, and what stands beside it. Numbers alone, so
 * that two policies that say the same are the same bytes. Times are in nanoseconds.
 */
@unmanaged
export class Policy {
  /** The time of which the failures and slow calls are a share, and after which one opening less counts (Istio). */
  interval: u64;
  /** How long the first opening is; the n-th in a row is n times as long, up to `longest` (Envoy `max_ejection_time`). */
  base: u64;
  longest: u64;
  /** At most so much is added to each opening, at random. */
  jitter: u64;
  /** A call is slow if its answer takes longer; 0 if none is. */
  slow: u64;
  /** A probe without an answer for that long has failed. */
  lease: u64;
  /** How many errors in a row open the circuit; 0 if no number does. */
  consecutive5xx: u32;
  consecutiveGateway: u32;
  consecutiveLocal: u32;
  /** The shares of calls that open the circuit, and how many calls it takes to tell; 0 if no share does. */
  failureRate: u32;
  slowRate: u32;
  minimumCalls: u32;
  /** How many probes a circuit takes to close; 0 if it closes without any. */
  permitted: u32;
  /** A bit for each gRPC status that is a failure. */
  grpcErrors: u32;
  /** Whether errors of this proxy's own are counted apart (`splitExternalLocalOriginErrors`). */
  split: bool;
  /** Whether `outlierDetectionHttpErrorCodes` says what an error is, instead of 500 to 599. */
  listsErrors: bool;
  honorsRetryAfter: bool;
  /** Whether each attempt counts, and not the last alone. */
  eachAttempt: bool;

  static open(region: Region): Policy {
    return changetype<Policy>(region.take(offsetof<Policy>() + 2 * CODES));
  }

  /** What tells this policy from others; never 0. */
  hash(layout: u64): u64 {
    return xxHash64(changetype<usize>(this), <u32>(offsetof<Policy>() + 2 * CODES), layout) | 1;
  }

  /** Whether any share of calls opens the circuit, so that calls must be counted. */
  get hasRates(): bool {
    return this.failureRate != 0 || this.slowRate != 0;
  }

  /** Whether anything can open the circuit. */
  get opens(): bool {
    const local = this.split && this.consecutiveLocal != 0;
    return this.consecutive5xx != 0 || this.consecutiveGateway != 0 || local || this.hasRates;
  }

  /** A status of `outlierDetectionHttpErrorCodes`; `listsErrors` is true from then on. */
  listError(status: u32): void {
    this.listsErrors = true;
    setBit(this.codes, status);
  }

  /** A status of `ignoredHttpErrorCodes`. */
  ignore(status: u32): void {
    setBit(this.codes + CODES, status);
  }

  /** Whether an upstream's answer of that status is an error. */
  isError(status: u32): bool {
    return this.listsErrors ? hasBit(this.codes, status) : is5xx(status);
  }

  isIgnored(status: u32): bool {
    return hasBit(this.codes + CODES, status);
  }

  /** Whether a gRPC status is a failure. One that gRPC does not have is, as Envoy makes a 500 of it. */
  isGrpcError(status: u32): bool {
    return status > 16 || ((this.grpcErrors >> status) & 1) != 0;
  }

  private get codes(): usize {
    return changetype<usize>(this) + offsetof<Policy>();
  }
}

/** Whether an HTTP status is one that Envoy's outlier detection counts if nothing else is said. */
export function is5xx(status: u32): bool {
  return status - 500 < 100;
}

/** Whether it is one of a gateway's (Envoy `outlier_detection_impl.cc: putHttpResponseCode`). */
export function isGateway(status: u32): bool {
  return status - 502 < 3;
}

function setBit(bits: usize, number: u32): void {
  if (number >= CODES * 8) return;
  const byte = bits + (number >> 3);
  store<u8>(byte, load<u8>(byte) | (<u8>((<u32>1) << (number & 7))));
}

function hasBit(bits: usize, number: u32): bool {
  return number < CODES * 8 && ((load<u8>(bits + (number >> 3)) >> (number & 7)) & 1) != 0;
}
