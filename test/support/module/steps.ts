/** The reading of a large configuration in steps, from the root's timer. */
import type { Root } from "../../../emulator/index.ts";

/** The root's timer fires when it is due. */
export function tick(root: Root): void {
  root.vm.emulator.clock.advance(root.tickPeriod);
  root.tick();
}

/** In milliseconds: a period of a root's timer that is as long is for a look for roots that are gone. */
const SLOW = 60_000;

/** How often it was asked: a reading that does not end fails instead. */
let asked = 0;

/** Whether the timer is set for a slice, or for requests that were held. */
export function isReading({ tickPeriod }: Root): boolean {
  if (++asked > 100_000) throw new Error("the reading does not end");
  return tickPeriod > 0 && tickPeriod < SLOW;
}

/** Lets the root's timer fire until all is read and all that was held has gone on; gives how often. */
export function readAll(root: Root): number {
  let ticks = 0;
  for (; isReading(root); ticks++) tick(root);
  return ticks;
}
