import { setTimeout as after } from "node:timers/promises";
import { isWhole, stateOf } from "../../envoy/watch.ts";
import type { Failure } from "../failure.ts";
import { inputsOf } from "./folders.ts";

/** How long after a look the next one comes, and how much of the time looks may take where there are many files. */
const LOOK_EVERY_MS = 250;
const SHARE_OF_TIME = 0.1;
/** How soon a file that has changed is looked at again: it is whole when it has not changed since. */
const LOOK_AGAIN_MS = 100;

/** The state of each file (`stateOf`), by its name. */
type States = ReadonlyMap<string, string>;

/**
 * Calls `changed` after each change of files, and of the files in folders: edited in place, replaced by another, new or deleted.
 * A file is waited for until it is whole. Files are looked at and not listened to, as that also sees files on network mounts.
 *
 * @param signal what ends the watch
 */
export async function watchFiles(names: readonly string[], signal: AbortSignal, changed: () => void): Promise<void> {
  let seen = statesOf(names);
  changed();
  let last = seen;
  let since = Date.now();
  while (!signal.aborted) {
    const begun = Date.now();
    const now = statesOf(names);
    const took = Date.now() - begun;
    if (!isSame(now, last)) {
      last = now;
      since = begun;
    } else if (!isSame(now, seen) && areWhole(now, seen, begun - since)) {
      seen = now;
      changed();
    }
    const pause = isSame(now, seen) ? LOOK_EVERY_MS : LOOK_AGAIN_MS;
    await after(Math.max(pause, took / SHARE_OF_TIME), undefined, { signal }).catch(() => {});
  }
}

function statesOf(names: readonly string[]): States {
  const missing: Failure[] = [];
  const inputs = inputsOf(names, missing).map(({ name }) => name);
  return new Map([...names, ...inputs].map((name) => [name, stateOf(name)]));
}

function isSame(one: States, other: States): boolean {
  return one.size === other.size && [...one].every(([name, state]) => other.get(name) === state);
}

/** Whether all that has changed is whole, after that long without a change. */
function areWhole(now: States, before: States, forMs: number): boolean {
  const names = [...new Set([...now.keys(), ...before.keys()])];
  return names.every((name) => {
    const state = now.get(name);
    // A file of a folder that is gone is no file any more that could become whole.
    return state === undefined || state === before.get(name) || isWhole(state, forMs);
  });
}
