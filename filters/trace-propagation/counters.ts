import { defineCounter } from "../../assembly/host/metrics";
import { utf8 } from "../../assembly/text/text";

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

  define(): void {
    this.extracted = defineCounter(utf8("trace_propagation.extracted"));
    this.injected = defineCounter(utf8("trace_propagation.injected"));
    this.restartedAbsent = defineCounter(utf8("trace_propagation.restarted.absent"));
    this.restartedInvalid = defineCounter(utf8("trace_propagation.restarted.invalid"));
    this.joined = defineCounter(utf8("trace_propagation.joined"));
    this.joinedAmbiguous = defineCounter(utf8("trace_propagation.joined_ambiguous"));
    this.joinedAlone = defineCounter(utf8("trace_propagation.joined_alone"));
    this.joinMissed = defineCounter(utf8("trace_propagation.join_missed"));
    this.joinMissedTorn = defineCounter(utf8("trace_propagation.join_missed_torn"));
    this.conflicts = defineCounter(utf8("trace_propagation.conflicts"));
    this.tracestateDiscarded = defineCounter(utf8("trace_propagation.tracestate_discarded"));
    this.baggageDiscarded = defineCounter(utf8("trace_propagation.baggage_discarded"));
  }
}
