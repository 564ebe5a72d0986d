import { monotonicTime } from "../host/clock";
import { isAlive, restoreContext } from "../host/contexts";
import { Status } from "../host/status";
import { setTimer } from "../host/timer";
import { Region } from "../memory/region";
import { Deadlines, Waiting } from "./deadlines";
import { NANOSECONDS_PER_MILLISECOND } from "../text/nanoseconds";

/**
 * At most this many are given in one call of the timer, the others in the next. Envoy runs what a callback asks for when it has
 * returned, one within the other if an answer is there at once (from a route's own response, a circuit breaker, an abort): seen
 * with 1.40, after 306 of them V8 is out of stack and ends the VM, with all that it holds.
 */
const MAX_AT_ONCE: u32 = 32;

/**
 * The timer of a root, of which the host has one: whatever waits, of any filter, waits here, each until a deadline of its own. The
 * host's timer is set for the first.
 *
 * In `proxy_on_tick`: `begin`, then `next` until it gives null.
 */
@unmanaged
export class Timers {
  private deadlines: Deadlines;
  /** What the host's timer is set for, in nanoseconds of the monotonic clock; 0 if it is off. */
  private armed: u64;
  /** Of the call of the timer that runs: its root, when it began, until when what waits is due, and how many it may still give. */
  private root: u32;
  private now: u64;
  private until: u64;
  private left: u32;

  static open(region: Region): Timers {
    const timers = changetype<Timers>(region.take(offsetof<Timers>()));
    timers.deadlines = Deadlines.open(region);
    return timers;
  }

  /**
   * Has a record wait for some milliseconds: false if the host has no clock or timer. The timer is set only if this record is
   * due before all others.
   */
  add(waiting: Waiting, milliseconds: u32): bool {
    const now = monotonicTime();
    if (now == 0) return false;
    waiting.deadline = now + <u64>milliseconds * NANOSECONDS_PER_MILLISECOND;
    if (this.armed == 0 || waiting.deadline < this.armed) {
      if (!this.arm(waiting.deadline, now)) return false;
    }
    this.deadlines.add(waiting);
    return true;
  }

  /**
   * Has a record be given in the call of the timer that comes after the one that runs, as soon as may be: false if there will be none, as
   * the host has no clock or takes no timer any more.
   */
  addNext(waiting: Waiting): bool {
    if (this.until == u64.MAX_VALUE) return false;
    waiting.deadline = this.until + 1;
    this.deadlines.add(waiting);
    return true;
  }

  /** Removes a record that waits. The host's timer stays as it is: at most it is called for nothing. */
  remove(waiting: Waiting): void {
    this.deadlines.remove(waiting);
  }

  /** Turns the host's timer off, as the root goes: Envoy would call it on, for a root that is gone. */
  stop(): void {
    if (this.armed != 0) setTimer(0);
    this.armed = 0;
  }

  /** Begins a call of the timer; gives what `next` gives. */
  begin(root: u32): Waiting | null {
    this.root = root;
    this.now = monotonicTime();
    this.until = this.now == 0 ? u64.MAX_VALUE : this.now;
    this.left = MAX_AT_ONCE;
    return this.next();
  }

  /**
   * The next record that is due, which no longer waits; its stream's context, or the root's if it has none, is the effective one.
   * Null when all were given: the timer is then set for what is due next.
   *
   * The host may call the timer a little early, as its timers count from when its event loop last looked at the clock: what
   * is not due then waits for another call.
   */
  next(): Waiting | null {
    do {
      let first = this.deadlines.first;
      while (first != null && first.deadline <= this.until && this.left > 0) {
        this.left--;
        this.deadlines.remove(first);
        // A context that is gone cannot be made the effective one, and the one before would be resumed in its place.
        if (isAlive(first.stream == 0 ? this.root : first.stream)) return first;
        first = this.deadlines.first;
      }
    } while (!this.end());
    return null;
  }

  /** Sets the timer for what is due next. False if the host does not take it: there will be no other call, so all is due now. */
  private end(): bool {
    restoreContext(this.root);
    if (this.until == u64.MAX_VALUE && this.left > MAX_AT_ONCE) return true;
    this.armed = 0;
    const first = this.deadlines.first;
    if (first == null) {
      setTimer(0);
      return true;
    }
    if (this.arm(first.deadline, this.now)) return true;
    this.until = u64.MAX_VALUE;
    this.left = u32.MAX_VALUE;
    return false;
  }

  private arm(deadline: u64, now: u64): bool {
    const distance =
      now != 0 && deadline > now ? (deadline - now + NANOSECONDS_PER_MILLISECOND - 1) / NANOSECONDS_PER_MILLISECOND : 1;
    if (setTimer(<u32>min<u64>(distance, u32.MAX_VALUE)) != Status.OK) return false;
    this.armed = deadline;
    return true;
  }
}
