/**
 * Keeps what something is just now, and gives what makes it so again, as often as one likes. What was handed out meanwhile,
 * such as streams, must not be used any more then.
 */
export type Snapshot = () => () => void;

/** What puts a map back to the entries that it has now. */
export function keepMap<K, V>(map: Map<K, V>): () => void {
  const saved = [...map];
  return () => {
    map.clear();
    for (const [key, value] of saved) map.set(key, value);
  };
}

/** What shortens a list, to which things are only added, to the length that it has now. */
export function keepLength(list: unknown[]): () => void {
  const { length } = list;
  return () => void (list.length = length);
}
