import { Region } from "../memory/region";
import { Bucket } from "./buckets";

/** A bucket for a value that more than a few rules may ask for, while an index is filled: a link of a list. */
@unmanaged
export class LargeBucket {
  bucket: Bucket;
  next: LargeBucket | null;

  static of(scratch: Region, bucket: Bucket, next: LargeBucket | null): LargeBucket {
    const large = changetype<LargeBucket>(scratch.take(offsetof<LargeBucket>()));
    large.bucket = bucket;
    large.next = next;
    return large;
  }
}
