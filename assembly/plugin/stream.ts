import { rootIdOfNewRequest } from "./roots";
import { keepForStream, takeFromStream } from "./streams";

/** A stream as one filter sees it in the callback of its request headers; `T` is the record that the filter may keep for it. */
@unmanaged
export class Stream<T> {
  /** The id of the stream's context. */
  id: u32;
  /** The number of the filter in its module. */
  owner: u32;

  /** The stream of a request that comes, for a filter of that number; it counts until another one is asked for. */
  static of<T>(id: u32, owner: u32): Stream<T> {
    const stream = changetype<Stream<T>>(current);
    stream.id = id;
    stream.owner = owner;
    return stream;
  }

  /** The id of the context of its root. */
  get root(): u32 {
    return rootIdOfNewRequest(this.id);
  }

  /** Keeps a record for the stream's later callbacks. */
  keep(record: T): void {
    keepForStream(this.id, this.root, this.owner, changetype<usize>(record));
  }

  /** Keeps it no longer. */
  drop(): void {
    takeFromStream(this.id, this.owner);
  }
}

const current: usize = memory.data(8, 4);
