import { isAlive, restoreContext } from "./contexts";

/** What a stream left for a later callback. */
@unmanaged
class Kept {
  stream: u32;
  root: u32;
  value: usize;
  next: Kept | null;
}

const BUCKETS: u32 = 1024;
const buckets: usize = memory.data(4096, 4);

/** Records that may be in use before those of streams that ended are looked for. */
const FIRST_LIMIT: u32 = 1024;

let limit: u32 = FIRST_LIMIT;
let inUse: u32 = 0;
let free: Kept | null = null;
/** A `Forget`, or 0. */
let forgetting: usize = 0;

/**
 * Keeps a value for a later callback of the same stream, in a pooled record. A stream that ends before that callback
 * leaves its record behind; such are found and used again once there are many, so memory is bounded by the streams
 * alive at a time.
 */
export function keepForStream(stream: u32, root: u32, value: usize): void {
  if (inUse >= limit) reclaim(stream);
  let kept = free;
  if (kept == null) kept = changetype<Kept>(heap.alloc(offsetof<Kept>()));
  else free = kept.next;
  kept.stream = stream;
  kept.root = root;
  kept.value = value;
  const bucket = bucketOf(stream);
  kept.next = changetype<Kept | null>(load<usize>(bucket));
  store<usize>(bucket, changetype<usize>(kept));
  inUse++;
}

/** Gives what was kept for a stream and forgets it; 0 where nothing was. */
export function takeFromStream(stream: u32): usize {
  if (inUse == 0) return 0;
  const bucket = bucketOf(stream);
  let before: Kept | null = null;
  let kept = changetype<Kept | null>(load<usize>(bucket));
  while (kept != null) {
    if (kept.stream == stream) {
      release(bucket, before, kept);
      return kept.value;
    }
    before = kept;
    kept = kept.next;
  }
  return 0;
}

/** Gives what is kept for a stream, and keeps it; 0 where nothing is. */
export function keptForStream(stream: u32): usize {
  if (inUse == 0) return 0;
  let kept = changetype<Kept | null>(load<usize>(bucketOf(stream)));
  while (kept != null && kept.stream != stream) kept = kept.next;
  return kept == null ? 0 : kept.value;
}

/** What is done with a value that is forgotten before its stream took it. */
type Forget = (value: usize) => void;

/** Says what that is, for a filter whose values hold something; nothing is done otherwise. */
export function whenForgotten(forget: Forget): void {
  forgetting = changetype<usize>(forget);
}

/** Forgets what was kept for the streams of a root: its values lie in a plan that is about to be freed. */
export function forgetStreamsOf(root: u32): void {
  if (inUse != 0) sweep(root);
}

/** How many records are in use: for tests. */
export function keptStreams(): u32 {
  return inUse;
}

function bucketOf(stream: u32): usize {
  return buckets + ((stream % BUCKETS) << 2);
}

function release(bucket: usize, before: Kept | null, kept: Kept): void {
  if (before == null) store<usize>(bucket, changetype<usize>(kept.next));
  else before.next = kept.next;
  kept.next = free;
  free = kept;
  inUse--;
}

/** Frees the records of ended streams; where most are alive, more may be in use before the next look. */
function reclaim(current: u32): void {
  sweep(0);
  restoreContext(current);
  limit = max(FIRST_LIMIT, inUse * 2);
}

/** Frees the records of a root's streams or, where `root` is 0, of those that have ended. */
function sweep(root: u32): void {
  for (let i: u32 = 0; i < BUCKETS; i++) {
    const bucket = buckets + (i << 2);
    let before: Kept | null = null;
    let kept = changetype<Kept | null>(load<usize>(bucket));
    while (kept != null) {
      const next = kept.next;
      if (root == 0 ? !isAlive(kept.stream) : kept.root == root) {
        release(bucket, before, kept);
        if (forgetting != 0) changetype<Forget>(forgetting)(kept.value);
      } else {
        before = kept;
      }
      kept = next;
    }
  }
}
