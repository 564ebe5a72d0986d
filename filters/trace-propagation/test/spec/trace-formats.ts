import { resetArena } from "../../../../assembly/memory/arena";
import { openRequest, readRequestHeaders, reserveSlots } from "../../../../assembly/request/request";
import { SlotTable } from "../../../../assembly/request/slots";
import { FormatId } from "../../formats/format";
import { requestHeaders, startRequest } from "../../../../test/support/spec/emulator";
import { context, formatOf, readNow, traceSlots } from "./trace-contexts";

/** A request with these headers, lines of `name: value`, is in the midst of its headers callback, which has read them. */
export function receive(headers: string): void {
  receiveFor(traceSlots, headers);
}

/** The same for a plan of the specification's own, by its slots. */
export function receiveFor(slots: SlotTable, headers: string): void {
  startRequest(headers);
  resetArena();
  reserveSlots(slots.count);
  openRequest(slots);
  readRequestHeaders();
}

/** What a format says in a request with these headers, as `outcome` gives it. */
export function read(id: FormatId, headers: string): string {
  receive(headers);
  return readNow(id);
}

/** The headers that a request with such headers has when a format was made to say a context, in the order of `sorted`. */
export function write(id: FormatId, text: string, headers: string): string {
  receive(headers);
  formatOf(id).write(context(text));
  return sorted(requestHeaders());
}

/** Lines of headers in an order that does not depend on which were written last. */
export function sorted(headers: string): string {
  return headers.trim().split("\n").sort().join("\n");
}
