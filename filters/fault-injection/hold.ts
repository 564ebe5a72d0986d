import { monotonicTime } from "../../assembly/host/clock";
import { isAlive, restoreContext } from "../../assembly/host/contexts";
import { Status } from "../../assembly/host/status";
import { setTimer } from "../../assembly/host/timer";
import { Injection } from "./injection";
import { Plan } from "./plan";

/**
 * So many requests are resumed in one call of the timer, others in the next. Envoy runs what a callback asks for when it has
 * returned, one within the other where an answer is there at once (from a route's own response, a circuit breaker, an abort): seen
 * with 1.40, after 306 of them V8 is out of stack and ends the VM, with all that it holds.
 */
const MOST_AT_ONCE: u32 = 32;
const NANOSECONDS_A_MILLISECOND: u64 = 1_000_000;

/**
 * Holds a request for so many milliseconds: false where the host has no clock or timer, and the request must go on. The timer
 * is set only where this one is due before all others.
 */
export function hold(plan: Plan, injection: Injection, milliseconds: u32): bool {
  const now = monotonicTime();
  if (now == 0) return false;
  injection.deadline = now + <u64>milliseconds * NANOSECONDS_A_MILLISECOND;
  if (plan.armed == 0 || injection.deadline < plan.armed) {
    if (!arm(plan, injection.deadline, now)) return false;
  }
  plan.held.add(injection);
  return true;
}

/** What becomes of a request whose delay is over; its stream's context is the effective one. */
type Resume = (injection: Injection) => void;

/**
 * Resumes what is due and sets the timer for what is due next; for `proxy_on_tick`. The host may call it a little early, as its
 * timers count from when its event loop last looked at the clock: what is not due then waits for another call.
 */
export function resumeDue(root: u32, plan: Plan, resume: Resume): void {
  const now = monotonicTime();
  resumeUntil(now == 0 ? u64.MAX_VALUE : now, MOST_AT_ONCE, plan, resume);
  restoreContext(root);
  const next = plan.held.first;
  plan.armed = 0;
  if (next == null) {
    setTimer(0);
  } else if (!arm(plan, next.deadline, now)) {
    // There will be no other call.
    resumeUntil(u64.MAX_VALUE, u32.MAX_VALUE, plan, resume);
    restoreContext(root);
  }
}

/** Resumes what is due by a time, `most` requests of it. */
function resumeUntil(now: u64, most: u32, plan: Plan, resume: Resume): void {
  let first = changetype<Injection | null>(plan.held.first);
  for (let left = most; first != null && first.deadline <= now && left > 0; left--) {
    plan.held.remove(first);
    // A context that is gone cannot be made the effective one, and the one before would be resumed in its place.
    if (isAlive(first.stream)) resume(first);
    first = changetype<Injection | null>(plan.held.first);
  }
}

function arm(plan: Plan, deadline: u64, now: u64): bool {
  const distance =
    now != 0 && deadline > now ? (deadline - now + NANOSECONDS_A_MILLISECOND - 1) / NANOSECONDS_A_MILLISECOND : 1;
  if (setTimer(<u32>min<u64>(distance, u32.MAX_VALUE)) != Status.OK) return false;
  plan.armed = deadline;
  return true;
}
