/** A slot of the shared data for the specifications of `filters/trace-propagation/join`, and what lies in it as a string. */
import { EntryState } from "../../join/entry";
import { Slot, nextLength, nextStart } from "../../join/slot";
import { text } from "../../../../test/support/spec/bytes";
import { context } from "./trace-contexts";

const STATES: string[] = ["single", "repeated", "torn"];
const SAMPLING: string[] = ["undecided", "no", "yes", "debug"];

/** The bytes of a slot, as they lie in the shared data between two requests. */
export class KeptSlot {
  bytes: Uint8Array = new Uint8Array(8);

  get slot(): Slot {
    return Slot.over(this.bytes.dataStart, this.bytes.length);
  }

  /** Puts an entry there; the context as `trace-contexts.ts` has it. */
  put(hash: u32, key: string, said: string, tracestate: string, now: u64, expires: u64): void {
    const keyBytes = text(key);
    const list = text(tracestate);
    this.slot.append(hash, keyBytes.start, keyBytes.length, context(said), list.start, list.length, now, expires);
    this.take();
  }

  /** What `append` or `markUnreliable` put together is what lies there from now on. */
  take(): void {
    this.bytes = new Uint8Array(nextLength);
    memory.copy(this.bytes.dataStart, nextStart, nextLength);
  }

  /** What is found: `<context> [<tracestate>] <state>`; "none" where nothing is. */
  find(hash: u32, key: string, now: u64): string {
    const keyBytes = text(key);
    const entry = this.slot.find(hash, keyBytes.start, keyBytes.length, now);
    if (entry == null) return "none";
    const ids = hex(entry.traceHigh) + hex(entry.traceLow) + " " + hex(entry.spanId);
    const list = String.UTF8.decodeUnsafe(entry.tracestate, entry.tracestateLength);
    const state = entry.state <= EntryState.CONFLICTING ? STATES[entry.state] : "?";
    const sampling = entry.sampling <= 3 ? SAMPLING[entry.sampling] : "?";
    return ids + " " + sampling + (entry.random ? " random" : "") + " [" + list + "] " + state;
  }
}

function hex(id: u64): string {
  return id.toString(16).padStart(16, "0");
}
