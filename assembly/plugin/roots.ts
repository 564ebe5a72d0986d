import { allocate, release } from "../memory/heap";
import { isAlive, restoreContext } from "../host/contexts";
import { Accepted } from "./accepted";
import { CallOut } from "./call-outs";
import { Configuring } from "./configuring";
import { Waiting } from "./deadlines";
import { Setup } from "./setup";
import { forgetStreamsOf } from "./streams";

/**
 * A root context: one configuration of one plugin. Several live in one VM at a time, as plugins of the same image share
 * it, and as a push makes the new root before the old one goes; so nothing of a configuration is a global.
 */
@unmanaged
export class Root {
  id: u32;
  /** What `configureRoot` was given. */
  setup: Setup | null;
  /** What reads its configuration in steps; null if it was read. */
  configuring: Configuring | null;
  /** What the frame itself has the root's timer for, a `RootWork`; null if nothing. */
  work: Waiting | null;
  next: Root | null;
  /** The streams that are held until the root's configuration is read, in the order in which they came. */
  private firstHeld: Held | null;
  private lastHeld: Held | null;

  /** Whether streams are held. */
  get holds(): bool {
    return this.firstHeld != null;
  }

  /** Takes note of a stream that is held. */
  hold(stream: u32): void {
    const held = changetype<Held>(allocate(offsetof<Held>()));
    held.stream = stream;
    held.next = null;
    const last = this.lastHeld;
    if (this.firstHeld == null || last == null) this.firstHeld = held;
    else last.next = held;
    this.lastHeld = held;
  }

  /** The stream that was held first, which no longer is; 0 if there is none. */
  takeHeld(): u32 {
    const held = this.firstHeld;
    if (held == null) return 0;
    const stream = held.stream;
    this.firstHeld = held.next;
    release(changetype<usize>(held));
    return stream;
  }
}

/** A stream that is held. */
@unmanaged
class Held {
  stream: u32;
  next: Held | null;
}

let roots: Root | null = null;
let streamId: u32 = 0;
let streamRoot: Root | null = null;
let anyStreams = false;

/**
 * Takes note of a new context; for `proxy_on_context_create`. Envoy makes a stream's context right before its request
 * headers (`source/extensions/common/wasm/context.cc: Context::decodeHeaders`), so the last one made is the one that
 * `rootOfNewRequest` is asked for, and no table of streams is kept.
 */
export function contextCreated(id: u32, parent: u32): void {
  if (parent == 0) {
    if (rootOf(id) == null) addRoot(id);
    return;
  }
  anyStreams = true;
  const last = streamRoot;
  streamId = id;
  if (last == null || last.id != parent) streamRoot = rootOf(parent);
}

/**
 * The root of a stream, asked in `proxy_on_request_headers`; null if it is not known.
 *
 * It is known in that callback alone: the next stream replaces it. A later callback takes what the first one kept for its
 * stream (`streams.ts`).
 */
export function rootOfNewRequest(stream: u32): Root | null {
  return streamId == stream ? streamRoot : null;
}

/** Whether this VM has had a stream: that of Envoy's main thread never has one. */
export function hadStreams(): bool {
  return anyStreams;
}

/** Whether some configuration is still to be read. */
export function readsLater(): bool {
  let root = roots;
  while (root != null && root.configuring == null) root = root.next;
  return root != null;
}

/** Takes note that a document was accepted: configurations of its plugin that are still to be read are not the latest any more. */
export function replaceUnread(document: Accepted): void {
  let root = roots;
  while (root != null) {
    const configuring = root.configuring;
    if (configuring != null) configuring.noteNewer(document);
    root = root.next;
  }
}

/** The configuration of a root; null if it has none. */
export function setupOfRoot(id: u32): Setup | null {
  const root = rootOf(id);
  return root == null ? null : root.setup;
}

/** The root of a stream, asked in `proxy_on_request_headers` and nowhere else (see `rootOfNewRequest`); 0 if it is not known. */
export function rootIdOfNewRequest(stream: u32): u32 {
  const root = rootOfNewRequest(stream);
  return root == null ? 0 : root.id;
}

/**
 * Gives a root its configuration; frees the one that it had, and those of roots that are gone. The root is the effective context
 * afterwards.
 */
export function configureRoot(id: u32, setup: Setup): Root {
  let root = rootOf(id);
  if (root == null) root = addRoot(id);
  // What is let go of here may make other contexts effective; `freeGoneRoots` ends with this one.
  freePlan(root);
  freeGoneRoots(id);
  root.setup = setup;
  return root;
}

/** Keeps nothing of a root whose configuration was refused, unless it has an earlier one, which then stays. */
export function refuseRoot(id: u32): void {
  let before: Root | null = null;
  let root = roots;
  while (root != null && root.id != id) {
    before = root;
    root = root.next;
  }
  if (root == null || root.setup != null) return;
  if (before == null) roots = root.next;
  else before.next = root.next;
  if (streamRoot == root) streamRoot = null;
  release(changetype<usize>(root));
}

function addRoot(id: u32): Root {
  const root = changetype<Root>(allocate(offsetof<Root>()));
  memory.fill(changetype<usize>(root), 0, offsetof<Root>());
  root.id = id;
  root.next = roots;
  roots = root;
  return root;
}

/** The root of that id; null if there is none. */
export function rootOf(id: u32): Root | null {
  let root = roots;
  while (root != null && root.id != id) root = root.next;
  return root;
}

/** How many bytes the plans of all roots take, if there are several. */
export function plansSize(): usize {
  let size: usize = 0;
  let count: u32 = 0;
  let root = roots;
  while (root != null) {
    const setup = root.setup;
    if (setup != null) size += setup.region.size;
    count++;
    root = root.next;
  }
  return count > 1 ? size : 0;
}

/** Frees the roots that the host no longer has; `current` is the root of the running callback, and the effective context afterwards. */
export function freeGoneRoots(current: u32): void {
  let kept: Root | null = null;
  let root = roots;
  while (root != null) {
    const next = root.next;
    if (root.id == current || isAlive(root.id)) {
      root.next = kept;
      kept = root;
    } else {
      freePlan(root);
      while (root.takeHeld() != 0) continue;
      if (streamRoot == root) streamRoot = null;
      release(changetype<usize>(root));
    }
    root = next;
  }
  roots = kept;
  restoreContext(current);
}

function freePlan(root: Root): void {
  const setup = root.setup;
  if (setup == null) return;
  forgetStreamsOf(root.id);
  CallOut.forget(root.id);
  const configuring = root.configuring;
  if (configuring != null) configuring.close();
  setup.region.close();
  root.configuring = null;
  root.work = null;
  root.setup = null;
}
