import { Text } from "../../assembly/text/text";
import { TracerDetection } from "./tracer-detection";
import { FormatInUse } from "./formats/format-in-use";
import { TraceContext } from "./context";
import { Counters } from "./counters";
import { Alone } from "./join/alone";
import { Join } from "./join/join";
import { Reporting } from "./reporting/reporting";
import { Sampler } from "./sampling/sampler";
import { Strategy } from "./sampling/strategy";

/** What a configuration comes to: all that a request needs, in one region. */
@unmanaged
export class Plan {
  /** The formats of `extract` and of `inject`, each in its order. */
  firstToRead: FormatInUse | null;
  firstToWrite: FormatInUse | null;
  /** Whether W3C's headers are written. */
  writesW3c: bool;
  /** `foreign: remove`. */
  removesForeign: bool;
  participates: bool;
  /** Whether the context of a request that has one in W3C's format goes on as it came, and nothing is kept of it; the slot of `traceparent` then. */
  passes: bool;
  traceparent: u32;
  sampler: Sampler;
  /** The plugin's name, if metrics have it in theirs: of `rateLimiting`, `adaptive` and `keep`. */
  plugin: Text | null;
  /** Whether the host keeps what metrics count; and the first strategy of which the metrics are still to be defined. */
  countsMetrics: bool;
  toDefine: Strategy | null;
  join: Join | null;
  alone: Alone | null;
  /** The slots of `tracestate` and `baggage`. */
  tracestate: u32;
  baggage: u32;
  detection: TracerDetection;
  /** Null where no spans are reported. */
  reporting: Reporting | null;
  counters: Counters;
  /** The context that the current request goes on with. */
  context: TraceContext;
}
