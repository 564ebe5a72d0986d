import { refuseFact } from "./property";
import { Fact, Slot } from "./slots";
import { Value } from "./value";

/** Reads a fact of the current request into its slot; `source` is the first value of the fact that it is read from, if any. */
type ReadFact = (slot: Slot, source: Value | null) => void;

/** By the number of the fact: how it is read. */
const readers: usize = memory.data(128, 4);

/**
 * Says how a fact is read. A filter says it, when it is configured, for the facts that its rules can ask for; so it does not
 * carry what reads the others.
 */
export function readsFact(fact: Fact, read: ReadFact): void {
  store<usize>(readers + <usize>fact * sizeof<usize>(), changetype<usize>(read));
}

/** Reads a fact. One that the filter has not said how to read is none that a rule may build on. */
export function readFact(slot: Slot, source: Value | null): void {
  const read = load<usize>(readers + <usize>slot.fact * sizeof<usize>());
  if (read == 0) return refuseFact();
  changetype<ReadFact>(read)(slot, source);
}
