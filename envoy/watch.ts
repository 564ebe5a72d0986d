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
      else if (now.endsWith(EMPTY) && Date.now() - since < EMPTY_AFTER_MS) settle(now, since);
      else changed();
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

/** What changes with a file: when it was written, which file it is, and its size; of a missing one as of an empty one. */
function stateOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? EMPTY : `${stat.mtimeMs} ${stat.ino} ${stat.size}`;
}
