import { Region } from "./region";

/** Items that hang together along their own `next`, in the order in which they were added. */
@unmanaged
export class Chain<T> {
  first: T | null;
  private last: T | null;

  /** Adds an item after the others; its `next` must be null. */
  add(item: T): void {
    const last = this.last;
    if (last == null) this.first = item;
    else last.next = item;
    this.last = item;
  }
}

/** An empty chain in `region`. */
export function openChain<T>(region: Region): Chain<T> {
  return changetype<Chain<T>>(region.take(offsetof<Chain<T>>()));
}
