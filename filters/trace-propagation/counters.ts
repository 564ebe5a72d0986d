import { MetricType, defineMetric } from "../../assembly/host/metrics";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";

/** The counters of the filter. */
@unmanaged
export class Counters {
  /** Requests that came with a context that could be read. */
  extracted: u32;
  /** Requests whose trace headers were written. */
  injected: u32;
  /** Traces that began here: as there was no context; as what there was is malformed. */
  restartedAbsent: u32;
  restartedInvalid: u32;
  /** Outbound requests joined to the request that caused them, of which several were known of one trace; and to the only one in flight. */
  joined: u32;
  joinedAmbiguous: u32;
  joinedAlone: u32;
  /** Outbound requests that could not be: nothing known under their key; requests of different traces under their key. */
  joinMissed: u32;
  joinMissedTorn: u32;
  /** Requests whose formats told different traces. */
  conflicts: u32;
  /** tracestate headers that were malformed, or baggage, and were taken away. */
  tracestateDiscarded: u32;
  baggageDiscarded: u32;

  static define(region: Region): Counters {
    const counters = changetype<Counters>(region.take(offsetof<Counters>()));
    counters.extracted = counter(utf8("trace_propagation.extracted"));
    counters.injected = counter(utf8("trace_propagation.injected"));
    counters.restartedAbsent = counter(utf8("trace_propagation.restarted.absent"));
    counters.restartedInvalid = counter(utf8("trace_propagation.restarted.invalid"));
    counters.joined = counter(utf8("trace_propagation.joined"));
    counters.joinedAmbiguous = counter(utf8("trace_propagation.joined_ambiguous"));
    counters.joinedAlone = counter(utf8("trace_propagation.joined_alone"));
    counters.joinMissed = counter(utf8("trace_propagation.join_missed"));
    counters.joinMissedTorn = counter(utf8("trace_propagation.join_missed_torn"));
    counters.conflicts = counter(utf8("trace_propagation.conflicts"));
    counters.tracestateDiscarded = counter(utf8("trace_propagation.tracestate_discarded"));
    counters.baggageDiscarded = counter(utf8("trace_propagation.baggage_discarded"));
    return counters;
  }
}

function counter(name: Text): u32 {
  return defineMetric(MetricType.COUNTER, name);
}
