import { allocate, release } from "../memory/heap";
import { Region } from "../memory/region";
import { isAlive, restoreContext } from "../host/contexts";
import { CallOut } from "./call-outs";
import { Setup } from "./setup";
import { forgetStreamsOf } from "./streams";

/**
 * A root context: one configuration of one plugin. Several live in one VM at a time, as plugins of the same image share
 * it, and as a push makes the new root before the old one goes; so nothing of a configuration is a global.
 */
@unmanaged
class Root {
  id: u32;
  /** What `configureRoot` was given, and the region that it and all it points to lie in. */
  setup: Setup | null;
  region: Region | null;
  next: Root | null;
}

let roots: Root | null = null;
let streamId: u32 = 0;
let streamRoot: Root | null = null;

/**
 * Takes note of a new context; for `proxy_on_context_create`. Envoy makes a stream's context right before its request
 * headers (`source/extensions/common/wasm/context.cc: Context::decodeHeaders`), so the last one made is the one that
 * `setupOfNewRequest` is asked for, and no table of streams is kept.
 */
export function contextCreated(id: u32, parent: u32): void {
  if (parent == 0) {
    if (rootOf(id) == null) addRoot(id);
    return;
  }
  const last = streamRoot;
  streamId = id;
  if (last == null || last.id != parent) streamRoot = rootOf(parent);
}

/**
 * The configuration for a stream, asked in `proxy_on_request_headers`; null if its root was never configured.
 *
 * It is known in that callback alone: the next stream replaces it. A later callback takes what the first one kept for its
 * stream (`streams.ts`).
 */
export function setupOfNewRequest(stream: u32): Setup | null {
  const root = streamRoot;
  return root == null || streamId != stream ? null : root.setup;
}

/** The configuration of a root; null if it has none. */
export function setupOfRoot(id: u32): Setup | null {
  const root = rootOf(id);
  return root == null ? null : root.setup;
}

/** The root of a stream, asked in `proxy_on_request_headers` and nowhere else (see `setupOfNewRequest`); 0 if it is not known. */
export function rootIdOfNewRequest(stream: u32): u32 {
  const root = streamRoot;
  return root == null || streamId != stream ? 0 : root.id;
}

/**
 * Gives a root its configuration, which lies in `region`; frees the one that it had, and those of roots that are gone. The root is
 * the effective context afterwards.
 */
export function configureRoot(id: u32, setup: Setup, region: Region): void {
  let root = rootOf(id);
  if (root == null) root = addRoot(id);
  // What is let go of here may make other contexts effective; `freeGoneRoots` ends with this one.
  freePlan(root);
  freeGoneRoots(id);
  root.setup = setup;
  root.region = region;
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
  root.id = id;
  root.setup = null;
  root.region = null;
  root.next = roots;
  roots = root;
  return root;
}

function rootOf(id: u32): Root | null {
  let root = roots;
  while (root != null && root.id != id) root = root.next;
  return root;
}

/** Frees the roots that the host no longer has; `current` is the context of the running callback. */
function freeGoneRoots(current: u32): void {
  let kept: Root | null = null;
  let root = roots;
  while (root != null) {
    const next = root.next;
    if (root.id == current || isAlive(root.id)) {
      root.next = kept;
      kept = root;
    } else {
      freePlan(root);
      if (streamRoot == root) streamRoot = null;
      release(changetype<usize>(root));
    }
    root = next;
  }
  roots = kept;
  restoreContext(current);
}

function freePlan(root: Root): void {
  const region = root.region;
  if (region != null) {
    forgetStreamsOf(root.id);
    CallOut.forget(root.id);
    region.close();
  }
  root.region = null;
  root.setup = null;
}
