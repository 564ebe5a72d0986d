import { statSync, unwatchFile, watchFile } from "node:fs";

const LOOK_EVERY_MS = 250;
/** A file that has not changed for that long is whole: editors write in one go, or move a new file into place. */
const WHOLE_AFTER_MS = 100;
/** An empty or missing file is most often one that an editor is about to write. */
const EMPTY_AFTER_MS = 1000;

/**
 * Calls `changed` after each edit of a file, once it is whole, however the editor replaces it.
 *
 * @returns what ends the watch
 */
export function watchWhole(file: string, changed: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const settle = (before: string, since: number): void => {
    timer = setTimeout(() => {
      const now = stateOf(file);
      if (now !== before) settle(now, Date.now());
      else if (isWhole(now, Date.now() - since)) changed();
      else settle(now, since);
    }, WHOLE_AFTER_MS);
  };
  watchFile(file, { interval: LOOK_EVERY_MS }, () => {
    clearTimeout(timer);
    settle(stateOf(file), Date.now());
  });
  return () => {
    unwatchFile(file);
    clearTimeout(timer);
  };
}

const EMPTY = " 0";

/** Whether a file is whole that has been in a state (`stateOf`) for that long. */
export function isWhole(state: string, forMs: number): boolean {
  return forMs >= (state.endsWith(EMPTY) ? EMPTY_AFTER_MS : WHOLE_AFTER_MS);
}

/** What changes with a file: when it was written, which file it is, and its size; of a missing one as of an empty one. */
export function stateOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? EMPTY : `${stat.mtimeMs} ${stat.ino} ${stat.size}`;
}
