import { allocate } from "../memory/heap";
import { isAlive, restoreContext } from "../host/contexts";

/** The most filters of one module that can keep something for a stream. */
export const MAX_OWNERS: u32 = 6;

/** What the filters of a module left for later callbacks of a stream. */
@unmanaged
class Kept {
  stream: u32;
  root: u32;
  /** The owner that answered the stream, counted from 1; 0 if none has. */
  answeredBy: u32;
  next: Kept | null;
}

/** A word for each owner follows the record. */
const KEPT_SIZE: usize = offsetof<Kept>() + MAX_OWNERS * sizeof<usize>();
const BUCKETS: u32 = 1024;
const buckets: usize = memory.data(4096, 4);

/** Records that may be in use before those of streams that ended are looked for. */
const FIRST_LIMIT: u32 = 1024;

/** A `Forget` for each owner, or 0; and whether any has one, without which a module does not carry what calls them. */
const forgetting: usize = memory.data(24, 4);
let anyForgets = false;

let limit: u32 = FIRST_LIMIT;
let inUse: u32 = 0;
let free: Kept | null = null;

/**
 * Keeps a word of an owner for later callbacks of the same stream, in a pooled record that all owners of the stream share. If a
 * stream ends before the word is taken, its record is left behind; such records are found and used again once there are
 * many. So memory is bounded by the streams that are alive at a time.
 */
export function keepForStream(stream: u32, root: u32, owner: u32, value: usize): void {
  let kept = recordOf(stream);
  if (kept == null) kept = open(stream, root);
  store<usize>(wordOf(kept, owner), value);
}

/** Gives the word that an owner keeps for a stream and forgets it; 0 if there is none. */
export function takeFromStream(stream: u32, owner: u32): usize {
  if (inUse == 0) return 0;
  const bucket = bucketOf(stream);
  let before: Kept | null = null;
  let kept = changetype<Kept | null>(load<usize>(bucket));
  while (kept != null && kept.stream != stream) {
    before = kept;
    kept = kept.next;
  }
  if (kept == null) return 0;
  const value = load<usize>(wordOf(kept, owner));
  store<usize>(wordOf(kept, owner), 0);
  if (isEmpty(kept)) release(bucket, before, kept);
  return value;
}

/** Gives the word that an owner keeps for a stream, and keeps it; 0 if there is none. */
export function keptForStream(stream: u32, owner: u32): usize {
  const kept = recordOf(stream);
  return kept == null ? 0 : load<usize>(wordOf(kept, owner));
}

/**
 * Notes which owner answered a stream. If no filter keeps anything for the stream, none has anything to do with the
 * response, and nothing is noted.
 */
export function noteAnswered(stream: u32, owner: u32): void {
  const kept = recordOf(stream);
  if (kept != null) kept.answeredBy = owner + 1;
}

/**
 * Whether the response of a stream is an owner's to see: an owner that answered does not see its own answer, nor do those that
 * stand after it, as the request never came to them.
 */
export function seesResponse(stream: u32, owner: u32): bool {
  const kept = recordOf(stream);
  return kept == null || kept.answeredBy == 0 || owner + 1 < kept.answeredBy;
}

/** What is done with a word that is forgotten before its owner took it. */
type Forget = (value: usize) => void;

/** Says what that is, for an owner whose words hold something; nothing is done otherwise. */
export function whenForgotten(owner: u32, forget: Forget): void {
  anyForgets = true;
  store<usize>(forgetting + owner * sizeof<usize>(), changetype<usize>(forget));
}

/** Forgets what was kept for the streams of a root: its words lead into a plan that is about to be freed. */
export function forgetStreamsOf(root: u32): void {
  if (inUse != 0) sweep(root);
}

/** How many streams there are for which some filter keeps something: of most requests none does. */
export function keptStreams(): u32 {
  return inUse;
}

function open(stream: u32, root: u32): Kept {
  if (inUse >= limit) reclaim(stream);
  let kept = free;
  if (kept == null) kept = changetype<Kept>(allocate(KEPT_SIZE));
  else free = kept.next;
  memory.fill(changetype<usize>(kept), 0, KEPT_SIZE);
  kept.stream = stream;
  kept.root = root;
  const bucket = bucketOf(stream);
  kept.next = changetype<Kept | null>(load<usize>(bucket));
  store<usize>(bucket, changetype<usize>(kept));
  inUse++;
  return kept;
}

function recordOf(stream: u32): Kept | null {
  if (inUse == 0) return null;
  let kept = changetype<Kept | null>(load<usize>(bucketOf(stream)));
  while (kept != null && kept.stream != stream) kept = kept.next;
  return kept;
}

function bucketOf(stream: u32): usize {
  return buckets + ((stream % BUCKETS) << 2);
}

function wordOf(kept: Kept, owner: u32): usize {
  return changetype<usize>(kept) + offsetof<Kept>() + owner * sizeof<usize>();
}

function isEmpty(kept: Kept): bool {
  for (let owner: u32 = 0; owner < MAX_OWNERS; owner++) {
    if (load<usize>(wordOf(kept, owner)) != 0) return false;
  }
  return true;
}

function release(bucket: usize, before: Kept | null, kept: Kept): void {
  if (before == null) store<usize>(bucket, changetype<usize>(kept.next));
  else before.next = kept.next;
  kept.next = free;
  free = kept;
  inUse--;
}

/** Frees the records of ended streams; if most are alive, more may be in use before the next look. */
function reclaim(current: u32): void {
  sweep(0);
  restoreContext(current);
  limit = max(FIRST_LIMIT, inUse * 2);
}

/** Frees the records of a root's streams or, if `root` is 0, of those that have ended. */
function sweep(root: u32): void {
  for (let i: u32 = 0; i < BUCKETS; i++) {
    const bucket = buckets + (i << 2);
    let before: Kept | null = null;
    let kept = changetype<Kept | null>(load<usize>(bucket));
    while (kept != null) {
      const next = kept.next;
      if (root == 0 ? !isAlive(kept.stream) : kept.root == root) {
        release(bucket, before, kept);
        if (anyForgets) forget(kept);
      } else {
        before = kept;
      }
      kept = next;
    }
  }
}

/** Lets go of what a record holds, the last owner's first: as the response would come to them. */
function forget(kept: Kept): void {
  for (let owner: u32 = MAX_OWNERS; owner-- > 0;) {
    const value = load<usize>(wordOf(kept, owner));
    const handler = load<usize>(forgetting + owner * sizeof<usize>());
    if (value != 0 && handler != 0) changetype<Forget>(handler)(value);
  }
}
