import { monotonicTime } from "../host/clock";
import { isAlive, isOver, restoreContext } from "../host/contexts";
import { NANOSECONDS_PER_MILLISECOND } from "../text/nanoseconds";
import { Accepted } from "./accepted";
import { Configuring } from "./configuring";
import { Waiting } from "./deadlines";
import { Root, configureRoot, contextCreated, freeGoneRoots, hadStreams, plansSize, rootOf } from "./roots";
import { Setup } from "./setup";
import { Timers } from "./timers";

/** The owner of what waits for the frame and for no filter. */
export const FRAME: u32 = u32.MAX_VALUE;

/** Steps are done for so long in one call of the timer: two milliseconds. */
const SLICE: u64 = 2 * NANOSECONDS_PER_MILLISECOND;
/** Other requests have at least so long between two slices. */
const PAUSE: u64 = NANOSECONDS_PER_MILLISECOND / 2;
/** So many steps, of some microseconds each, are done between two looks at the clock. */
const STEPS_A_LOOK: u32 = 2;
/** At most so many requests are let go on in one call of the timer (`timers.ts` says why), the others in the next. */
const MAX_AT_ONCE: u32 = 32;
/** So often it is looked for roots that are gone, in milliseconds, while there are several. */
const SLOW: u32 = 60_000;

/** Plans that take less than this, all together, are not looked after: what is gone of them is freed at the next push. */
const FEW_BYTES: usize = 1 << 20;

/** Until then no root of the VM does steps: Envoy may call the timers of several right after one another. */
let pauseUntil: u64 = 0;

/** Does steps for a slice; true if nothing is left to do. */
function readFor(configuring: Configuring): bool {
  const until = monotonicTime() + SLICE;
  let now: u64;
  do {
    for (let i: u32 = 0; i < STEPS_A_LOOK; i++) {
      if (!configuring.advance()) return true;
    }
    now = monotonicTime();
  } while (now != 0 && now < until);
  pauseUntil = now + PAUSE;
  return false;
}

/**
 * What the frame does for a root from its timer: it reads a large configuration in steps, lets the requests go on that came meanwhile, and
 * then, while there are other roots, frees those that are gone.
 *
 * Until the configuration is read no other decides in its place: another root of the same plugin may have been made for another listener.
 */
@unmanaged
export class RootWork extends Waiting {
  private root: Root;
  private timers: Timers;
  /** How many requests may still go on in this call of the timer. */
  private left: u32;

  /** Gives a root a configuration, whose reading begins when the VM has had a stream: one that serves none reads nothing. */
  static begin(id: u32, configuring: Configuring, document: Accepted): void {
    const setup = configuring.setup;
    const root = configureRoot(id, setup);
    root.configuring = configuring;
    configuring.beLate(document);
    const work = RootWork.of(root, setup);
    if (hadStreams()) work.awaitStep();
  }

  /** Has the timer look after a root whose configuration was read at once, if plans are large. The root is the effective context. */
  static lookAfter(id: u32): void {
    const root = rootOf(id);
    if (root == null || (!root.holds && plansSize() < FEW_BYTES)) return;
    const setup = root.setup;
    if (setup == null) return;
    const work = RootWork.of(root, setup);
    work.timers.add(work, root.holds ? 1 : SLOW);
  }

  private static of(root: Root, setup: Setup): RootWork {
    const region = setup.region;
    const work = changetype<RootWork>(region.take(offsetof<RootWork>()));
    let timers = setup.timers;
    if (timers == null) {
      timers = Timers.open(region);
      setup.timers = timers;
    }
    work.owner = FRAME;
    work.root = root;
    work.timers = timers;
    work.left = MAX_AT_ONCE;
    root.work = work;
    return work;
  }

  /** Holds a stream in the callback of its request headers; false if there is no need, or if all was read now for want of a timer. */
  hold(stream: u32): bool {
    if (this.root.configuring == null || (this.place == 0 && !this.awaitStep())) return false;
    this.root.hold(stream);
    return true;
  }

  /**
   * Does what is due. True if a stream that was held, `stream`, may go on: it is the effective context, which the root is before and
   * afterwards. Call it again then.
   */
  goOn(): bool {
    this.stream = 0;
    const configuring = this.root.configuring;
    if (configuring != null) {
      if (monotonicTime() >= pauseUntil && readFor(configuring)) this.settle(configuring);
      else if (this.timers.addNext(this)) return false;
      else this.readNow(configuring);
    }
    const root = this.root;
    while (this.left > 0 && root.holds) {
      const stream = root.takeHeld();
      if (!isAlive(stream) || isOver()) continue;
      this.left--;
      this.stream = stream;
      contextCreated(stream, root.id);
      return true;
    }
    this.left = MAX_AT_ONCE;
    restoreContext(root.id);
    // If there is no timer any more, all go on now.
    if (root.holds) return !this.timers.addNext(this) && this.goOn();
    freeGoneRoots(root.id);
    if (plansSize() >= FEW_BYTES) this.timers.add(this, SLOW);
    return false;
  }

  /** Has the timer bring the first steps. False if there is none: all is read now. */
  private awaitStep(): bool {
    if (this.timers.add(this, 1)) return true;
    const configuring = this.root.configuring;
    if (configuring != null) this.readNow(configuring);
    return false;
  }

  private readNow(configuring: Configuring): void {
    while (configuring.advance()) continue;
    this.settle(configuring);
  }

  private settle(configuring: Configuring): void {
    configuring.end();
    configuring.close();
    this.root.configuring = null;
  }
}
