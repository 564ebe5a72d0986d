/**
 * A worker's join, for the specifications of `filters/trace-propagation/join`. The specification exports the calls of
 * `shared-map.ts` and `monotonic-clock.ts`.
 */
import { Fact, SlotTable } from "../../../../assembly/request/slots";
import { xxHash64 } from "../../../../assembly/text/xxhash64";
import { Join, KeyHeader, Recalled, recalledTracestate, recalledTracestateLength } from "../../join/join";
import { Group } from "../../join/group";
import { SLOTS, SharedSlots } from "../../join/shared-slots";
import { specRegion, text } from "../../../../test/support/spec/bytes";
import { HeaderPairs } from "../../../../test/support/spec/pairs";
import { startRequest } from "../../../../test/support/spec/request";
import { context, shownContext } from "./trace-contexts";

const OUTCOMES: string[] = ["no key", "missed", "torn", "found", "ambiguous"];

/** One of a group's workers, which joins by some headers in order. */
export class JoinWorker {
  join: Join = changetype<Join>(specRegion().take(offsetof<Join>()));
  private slots: SlotTable = SlotTable.open(specRegion(), false);
  private last: KeyHeader | null = null;

  /**
   * `names` are the headers' names, separated by blanks. One that comes in between what another does, which in truth is in a VM
   * of its own, must have no slot that the other has: then it has so many before its own.
   */
  constructor(group: string, names: string, lifetime: u64, slotsBefore: i32 = 0) {
    for (let i = 0; i < slotsBefore; i++) this.slots.slot(Fact.HEADER, text("unused-" + i.toString()));
    this.join.group = Group.of(text(group));
    this.join.slots = SharedSlots.open(text(group), specRegion());
    this.join.slots.make(specRegion());
    this.join.lifetime = lifetime;
    const all = names.split(" ");
    for (let i = 0; i < all.length; i++) this.addKey(all[i], i + 1);
  }

  private addKey(name: string, seed: u64): void {
    const header = changetype<KeyHeader>(specRegion().take(offsetof<KeyHeader>()));
    header.slot = this.slots.slot(Fact.HEADER, text(name));
    header.seed = seed;
    const last = this.last;
    if (last == null) this.join.keys = header;
    else last.next = header;
    this.last = header;
  }

  /** A request with these headers, lines of `name: value`, comes in, and goes on with a context (`trace-contexts.ts`) and a tracestate. */
  receive(headers: string, said: string, tracestate: string): void {
    this.start(headers);
    const list = text(tracestate);
    this.join.remember(context(said), list.start, list.length);
  }

  /** What is recalled for a request with these headers that goes out: the outcome, and behind a colon `<context> [<tracestate>]` if any. */
  send(headers: string): string {
    this.start(headers);
    // Nothing that was there before may be taken for what is recalled.
    const into = context("dead dead no");
    const recalled = this.join.recall(into);
    const outcome = OUTCOMES[recalled];
    if (recalled < Recalled.FOUND)
      return shownContext(into) == shownContext(context("dead dead no")) ? outcome : "touched";
    const list = String.UTF8.decodeUnsafe(recalledTracestate, recalledTracestateLength);
    return outcome + ": " + shownContext(into) + " [" + list + "]";
  }

  private start(headers: string): void {
    const pairs = new HeaderPairs();
    const lines = headers.split("\n");
    for (let i = 0; i < lines.length; i++) {
      const colon = lines[i].indexOf(": ");
      pairs.add(lines[i].substring(0, colon), lines[i].substring(colon + 2));
    }
    startRequest(this.slots, pairs);
  }
}

/** The place of a key of the header with that seed, among the slots. */
export function placeOf(key: string, seed: u64): u32 {
  const bytes = text(key);
  return <u32>(xxHash64(bytes.start, bytes.length, seed) % SLOTS);
}

/** So many keys of a header with that seed that come to one place. */
export function keysOfOnePlace(count: i32, seed: u64): string[] {
  const keys: string[] = ["request-0"];
  const place = placeOf(keys[0], seed);
  for (let i = 1; keys.length < count; i++) {
    const key = "request-" + i.toString();
    if (placeOf(key, seed) == place) keys.push(key);
  }
  return keys;
}
