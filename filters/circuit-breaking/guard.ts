import { Breaker } from "./breaker";
import { Circuit } from "./circuit";
import { Keys } from "./keys";
import { Sharing } from "./sharing";

/** What a request belongs to: a breaker's circuit, or with `keyedBy` the circuit of the request's key. */
@unmanaged
export class Guard {
  breaker: Breaker;
  /** Null if the breaker has a circuit for each key, or none as its `state` needs none. */
  circuit: Circuit | null;
  keys: Keys | null;
  sharing: Sharing;
  next: Guard | null;
}
