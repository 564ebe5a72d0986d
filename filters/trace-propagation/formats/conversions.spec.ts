import { clearHeaders, headerLines, receiveHeaders } from "../test/spec/header-host";
import { Random } from "../../../test/support/spec/random";
import { seed } from "../../../test/support/spec/run";
import { context, formatOf, readNow, traceSlots } from "../test/spec/trace-contexts";
import { FORMATS, FormatId } from "./format";

export { proxy_remove_header_map_value, proxy_replace_header_map_value } from "../test/spec/header-host";

const NAMES: string[] = ["w3c", "b3", "b3-single", "jaeger", "datadog", "xray", "cloud-trace"];

/**
 * What of a context goes through a format: always the ids; the random flag in W3C's alone; an open decision not where the
 * flag is a bit (W3C, Jaeger), debug where there is such a thing (B3, Jaeger, Datadog).
 */
function carried(id: FormatId, text: string): string {
  const isBit = id == FormatId.W3C || id == FormatId.JAEGER;
  const hasDebug = id == FormatId.B3 || id == FormatId.B3_SINGLE || id == FormatId.JAEGER || id == FormatId.DATADOG;
  let left = text;
  if (isBit) left = left.replace("undecided", "no");
  if (!hasDebug) left = left.replace("debug", "yes");
  if (id != FormatId.W3C) left = left.replace(" random", "");
  return left;
}

const SAMPLING: string[] = ["undecided", "no", "yes", "debug"];

/** An id of 64 bits that is not 0: any, of few digits, or of many. */
function randomId(random: Random): u64 {
  const any = ((<u64>random.below(1 << 30)) << 34) ^ ((<u64>random.below(1 << 30)) << 17) ^ random.below(1 << 30);
  const kind = random.below(8);
  if (kind == 0) return 1;
  if (kind == 1) return u64.MAX_VALUE;
  return (kind < 4 ? any >> random.below(64) : any) | 1;
}

function hex(id: u64): string {
  return id.toString(16).padStart(16, "0");
}

function randomContext(random: Random): string {
  const halves = random.below(8);
  const high = halves < 3 ? 0 : randomId(random);
  const low = halves == 3 ? 0 : randomId(random);
  const text = hex(high) + hex(low) + " " + hex(randomId(random)) + " " + random.pick(SAMPLING);
  return text + (random.percent(30) ? " random" : "");
}

/** Makes a format say a context in the request with the headers that there are; what it says then. */
function through(id: FormatId, text: string): string {
  receiveHeaders(traceSlots);
  formatOf(id).write(context(text));
  receiveHeaders(traceSlots);
  return readNow(id);
}

/** A request that has another context already, in some of the formats. */
function startWithAnother(random: Random): void {
  clearHeaders();
  const another = randomContext(random);
  for (let id: u32 = 0; id < FORMATS; id++) if (random.percent(40)) through(<FormatId>id, another);
}

describe("a context that goes from one format to another", () => {
  it("keeps what both can carry, there and back, whatever the request said before", () => {
    const random = new Random(seed());
    let wrong = "";
    for (let round = 0; round < 25; round++) {
      for (let from: u32 = 0; from < FORMATS; from++) {
        for (let to: u32 = 0; to < FORMATS; to++) {
          const start = randomContext(random);
          const first = carried(<FormatId>from, start);
          const second = carried(<FormatId>to, first);
          const back = carried(<FormatId>from, second);
          startWithAnother(random);
          const path = NAMES[from] + " to " + NAMES[to] + " of " + start + ": ";
          const wasFirst = through(<FormatId>from, start);
          if (wasFirst != first) wrong += path + wasFirst + "\n";
          startWithAnother(random);
          const wasSecond = through(<FormatId>to, first);
          if (wasSecond != second) wrong += path + "then " + wasSecond + "\n";
          const wasBack = through(<FormatId>from, second);
          if (wasBack != back) wrong += path + "and back " + wasBack + "\n";
          // Nothing that was written for one format changes what the other says.
          if (from != to && readNow(<FormatId>to) != second) wrong += path + headerLines();
        }
      }
    }
    expect(wrong.substring(0, 500)).toBe("");
  });
});
