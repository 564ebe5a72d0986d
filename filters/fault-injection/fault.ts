import { firstValue } from "../../assembly/request/request";
import { Text } from "../../assembly/text/text";
import { RouteCounters } from "./counters";
import { Distribution } from "./distribution";
import { drawAtRandom, drawBy, drawHolds } from "./draws";
import { TraceHeaders } from "./trace-headers";
import { Window } from "./window";

/** What may befall the requests of a route. */
@unmanaged
export class Fault {
  /** What `x-fault-injected` says, and the counters are named by. */
  name: Text;
  counters: RouteCounters;
  delay: Delay | null;
  abort: Abort | null;
  window: Window | null;
  /** Whether a request's draws follow from a fact's value (`consistentBy`), and that fact's slot. */
  consistent: bool;
  key: u32;
  /** Where the trace's id is what they follow from. */
  trace: TraceHeaders | null;
  /** What makes this fault's draws other than another's for the same key. */
  seed: u64;
  /** The next fault of the plan. */
  next: Fault | null;

  /**
   * Draws for the current request: `drawnDelay` and `drawnAbort`. Delay and abort are independent (Envoy
   * `fault_filter.cc: maybeSetupDelay`, `maybeDoAbort`). False where neither is to be.
   */
  draw(): bool {
    this.beginDraws();
    const delay = this.delay;
    const abort = this.abort;
    const delays = delay != null && drawHolds(delay.share);
    drawnAbort = abort != null && drawHolds(abort.share);
    drawnDelay = delay != null && delays ? delay.milliseconds() : 0;
    return drawnAbort || drawnDelay > 0;
  }

  /** A request without the key draws at random. */
  private beginDraws(): void {
    const trace = this.trace;
    const key = trace != null ? trace.id() : this.consistent ? firstValue(this.key) : null;
    if (key == null) drawAtRandom();
    else drawBy(key.start, key.length, this.seed);
  }
}

/** What the last `draw` came to: milliseconds, 0 for none, and whether the request is to be aborted. */
export let drawnDelay: u32 = 0;
export let drawnAbort: bool = false;

/** Istio's `HTTPFaultInjection.Delay`. */
@unmanaged
export class Delay {
  /** Of a million requests. */
  share: u32;
  /** In milliseconds, where there is no distribution. */
  fixed: u32;
  distribution: Distribution | null;

  milliseconds(): u32 {
    const distribution = this.distribution;
    return distribution == null ? this.fixed : distribution.sample();
  }
}

/** Istio's `HTTPFaultInjection.Abort`. */
@unmanaged
export class Abort {
  /** Of a million requests. */
  share: u32;
  httpStatus: u32;
  /** `NO_GRPC_STATUS` where the HTTP status counts. */
  grpcStatus: u32;
  body: Text;
  /** The reply's own headers, encoded, `x-fault-injected` among them. */
  headers: Text;
  /** Whether the upstream is asked, and its answer is what is replaced. */
  onResponse: bool;
}
