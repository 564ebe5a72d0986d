import { resetArena } from "../../../assembly/memory/arena";
import { fillHeaders, firstValue, openRequest, reserveSlots } from "../../../assembly/request/request";
import { SlotTable } from "../../../assembly/request/slots";
import { useEveryFact } from "./facts";
import { HeaderPairs } from "./pairs";

/** Starts a request with these headers, as a callback does when the host has handed them over. */
export function startRequest(slots: SlotTable, headers: HeaderPairs): void {
  const pairs = headers.encode();
  useEveryFact();
  resetArena();
  reserveSlots(slots.count);
  openRequest(slots);
  fillHeaders(pairs.start, pairs.length);
}

/** A slot's values in the current request, each in brackets; "absent" where there is none. */
export function valuesOf(slot: u32): string {
  let all = "";
  let value = firstValue(slot);
  if (value == null) return "absent";
  while (value != null) {
    all += "[" + String.UTF8.decodeUnsafe(value.start, value.length) + "]";
    value = value.next;
  }
  return all;
}
