import { Region } from "../../../assembly/memory/region";
import { TraceContext } from "../context";
import { Format, FormatId } from "./format";
import { ExtractResult } from "./extract-result";

/** A format that a plan reads or writes, and what the current request says in it. */
@unmanaged
export class FormatInUse {
  format: Format;
  /** Whether it is one of `extract`, and of `inject`. */
  reads: bool;
  writes: bool;
  /** What the current request's headers of the format came to, and the context in them. */
  result: ExtractResult;
  context: TraceContext;
  /** The next one of `extract`, and of `inject`. */
  nextToRead: FormatInUse | null;
  nextToWrite: FormatInUse | null;

  static open(format: Format, region: Region): FormatInUse {
    const inUse = changetype<FormatInUse>(region.take(offsetof<FormatInUse>()));
    inUse.format = format;
    inUse.context = changetype<TraceContext>(region.take(offsetof<TraceContext>()));
    return inUse;
  }

  get isW3c(): bool {
    return this.format.id == FormatId.W3C;
  }

  read(): ExtractResult {
    this.result = this.format.read(this.context);
    return this.result;
  }

  /** Whether its headers say the same already. */
  tells(context: TraceContext): bool {
    const own = this.context;
    return (
      this.result == ExtractResult.FOUND &&
      !own.needsRewrite &&
      own.spanId == context.spanId &&
      own.traceLow == context.traceLow &&
      own.traceHigh == context.traceHigh &&
      own.sampling == context.sampling
    );
  }
}
