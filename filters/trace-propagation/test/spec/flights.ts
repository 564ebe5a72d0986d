/**
 * The record of requests in flight of one group, for the specifications of `filters/trace-propagation/join/alone.ts`. The
 * specification exports the calls of `shared-map.ts`.
 */
import { resetArena } from "../../../../assembly/memory/arena";
import { Alone, Flight, endFlight } from "../../join/alone";
import { Group } from "../../join/group";
import { specRegion, text } from "../../../../test/support/spec/bytes";
import { sharedMap } from "../../../../test/support/spec/shared-map";
import { context, shownContext } from "./trace-contexts";

/** A request in flight is believed in for so long. */
export const LIFETIME: u64 = 1000;

/** Each test has a group of its own. */
let group = 0;

/** Its key in the shared data. */
export function key(): string {
  return "trace-propagation.alone.1.g" + group.toString();
}

/** Another worker's record of the same group. */
export function another(): Alone {
  resetArena();
  const shared = Group.of(text("g" + group.toString()));
  const alone = Alone.open(shared, LIFETIME, specRegion());
  alone.shareIn(shared);
  return alone;
}

/** Begins anew: a worker's record of another group, the only one. */
export function restart(): Alone {
  group++;
  sharedMap.forget();
  return another();
}

/** The next group's record, beside the others. */
export function nextGroup(): Alone {
  group++;
  return another();
}

/** Another worker wrote the same before the next writes. */
export function overtake(times: i32): void {
  sharedMap.overtaken = times;
  sharedMap.meanwhile = () => {
    sharedMap.put(key(), sharedMap.bytes(key()));
  };
}

export function begin(alone: Alone, said: string, now: u64): Flight {
  resetArena();
  return alone.begin(context(said), now);
}

export function end(flight: Flight): void {
  resetArena();
  endFlight(flight);
}

/** The context of the only request in flight; "none" where it is not known that there is just one. */
export function recall(alone: Alone, now: u64): string {
  resetArena();
  const into = context("dead dead no");
  if (!alone.recall(into, now)) return shownContext(into) == shownContext(context("dead dead no")) ? "none" : "touched";
  return shownContext(into);
}
