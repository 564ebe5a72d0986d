import { Region } from "../../assembly/memory/region";
import { TraceContext } from "./context";
import { Format, FormatId } from "./formats/format";
import { Reading } from "./formats/reading";

/** A format that a plan reads or writes, and what the current request says in it. */
@unmanaged
export class Carrier {
  format: Format;
  /** Whether it is one of `extract`, and of `inject`. */
  reads: bool;
  writes: bool;
  /** What the current request's headers of the format came to, and the context in them. */
  reading: Reading;
  context: TraceContext;
  /** The next one of `extract`, and of `inject`. */
  nextToRead: Carrier | null;
  nextToWrite: Carrier | null;

  static open(format: Format, region: Region): Carrier {
    const carrier = changetype<Carrier>(region.take(offsetof<Carrier>()));
    carrier.format = format;
    carrier.context = changetype<TraceContext>(region.take(offsetof<TraceContext>()));
    return carrier;
  }

  get isW3c(): bool {
    return this.format.id == FormatId.W3C;
  }

  read(): Reading {
    this.reading = this.format.read(this.context);
    return this.reading;
  }

  /** Whether its headers say the same already. */
  tells(context: TraceContext): bool {
    const own = this.context;
    return (
      this.reading == Reading.FOUND &&
      !own.needsRewrite &&
      own.spanId == context.spanId &&
      own.traceLow == context.traceLow &&
      own.traceHigh == context.traceHigh &&
      own.sampling == context.sampling
    );
  }
}
