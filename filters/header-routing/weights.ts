import { randomBelow } from "../../assembly/host/random";
import { firstValue } from "../../assembly/request/request";
import { xxHash64 } from "../../assembly/text/xxhash64";
import { Destination, Route } from "./plan";

/**
 * The destination for the current request: the only one, the one that the request's key sticks to, or one drawn by
 * weight. Null where the route has none.
 */
export function chooseDestination(route: Route): Destination | null {
  const first = route.destinations;
  if (first == null || first.next == null) return first;
  if (route.sticky) {
    const key = firstValue(route.hashSlot);
    if (key != null) return stickyDestination(first, key.start, key.length);
  }
  return drawnDestination(first, randomBelow(route.totalWeight));
}

/** The destination whose share of the total weight `point` lies in. */
export function drawnDestination(first: Destination, point: u32): Destination {
  let destination = first;
  let rest = point;
  while (rest >= destination.weight) {
    rest -= destination.weight;
    const next = destination.next;
    if (next == null) return destination;
    destination = next;
  }
  return destination;
}

/**
 * The destination that a key sticks to: weighted rendezvous hashing (Thaler and Ravishankar 1998; weights as in Schindelhauer
 * and Schomaker 2005). Each destination draws u in (0, 1) from XXH64(key, seed of the destination), and the least of
 * -ln(u) / weight wins. So the share of each is its weight's, and where one weight changes, keys move to or from that
 * destination alone, no more of them than its share has changed by.
 */
export function stickyDestination(first: Destination, key: usize, length: u32): Destination {
  let best = first;
  let least: f64 = Infinity;
  let destination: Destination | null = first;
  while (destination != null) {
    const hash = xxHash64(key, length, destination.seed);
    const u = (<f64>(hash >> 12) + 0.5) / 4503599627370496.0;
    const score = -Math.log(u) / <f64>destination.weight;
    if (score < least) {
      least = score;
      best = destination;
    }
    destination = destination.next;
  }
  return best;
}
