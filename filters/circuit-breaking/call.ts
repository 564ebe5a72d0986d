import { allocate } from "../../assembly/memory/heap";
import { Stream } from "../../assembly/plugin/stream";
import { Circuit } from "./circuit";
import { Keys } from "./keys";

/** A request that a circuit let pass, until its stream ends. Pooled. */
@unmanaged
export class Call {
  circuit: Circuit;
  /** The request's key and where it is looked for, if the key has no circuit yet: `circuit` is then the vacant one. */
  keys: Keys | null;
  key: u64;
  /** In which generation of the circuit it began. */
  generation: u32;
  /** When, in nanoseconds of the monotonic clock; 0 where nothing depends on it. */
  began: u64;
  /** Whether it is a probe whose result is not told yet. */
  probe: bool;
  /** Whether the request is gRPC. */
  grpc: bool;
  /** Whether response headers came, and whether what they said is only known when the stream ends. */
  answered: bool;
  undecided: bool;
  /** Whether the headers came later than a call may take. */
  slow: bool;
  /** Whether it was counted for the rates, and whether as one that failed. */
  counted: bool;
  failed: bool;
  /** Whether nothing that comes later can count. */
  over: bool;
  private next: Call | null;

  /** A record for a stream. */
  static begin(stream: Stream<Call>, circuit: Circuit): Call {
    let call = free;
    if (call == null) call = changetype<Call>(allocate(offsetof<Call>()));
    else free = call.next;
    memory.fill(changetype<usize>(call), 0, offsetof<Call>());
    call.circuit = circuit;
    call.generation = circuit.generation;
    stream.keep(call);
    return call;
  }

  /** The record can be used for another stream. */
  static end(call: Call): void {
    call.next = free;
    free = call;
  }
}

let free: Call | null = null;
