import type { Root, Stream } from "../../../../emulator/index.ts";

/** Whether the request is held: neither has it gone on, nor has it been answered. */
export function isHeld({ requestPaused, localReply }: Stream): boolean {
  return requestPaused && localReply === undefined;
}

/**
 * Lets time pass from one of the root's ticks to the next until none of the streams is held any more, and gives for how many
 * milliseconds each was that was.
 */
export function runUntilResumed(root: Root, streams: readonly Stream[]): Map<Stream, number> {
  const { clock } = root.vm.emulator;
  const start = clock.monotonic;
  const lengths = new Map<Stream, number>();
  const waiting = new Set(streams.filter(isHeld));
  while (waiting.size > 0) {
    clock.advance(root.tickPeriod);
    root.tick();
    for (const stream of waiting) {
      if (isHeld(stream)) continue;
      waiting.delete(stream);
      lengths.set(stream, Number(clock.monotonic - start) / 1e6);
    }
  }
  return lengths;
}
