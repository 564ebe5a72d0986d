import { Region } from "../memory/region";
import { isAlive, restoreContext } from "./contexts";
import { forgetStreamsOf } from "./streams";

/**
 * A root context: one configuration of one plugin. Several live in one VM at a time, as plugins of the same image share
 * it, and as a push makes the new root before the old one goes; so nothing of a configuration is a global.
 */
@unmanaged
class Root {
  id: u32;
  /** What `configureRoot` was given: the plan, and the region that it and all it points to lie in. */
  plan: usize;
  region: Region | null;
  next: Root | null;
}

let roots: Root | null = null;
let streamId: u32 = 0;
let streamRoot: Root | null = null;

/**
 * Takes note of a new context; for `proxy_on_context_create`. Envoy makes a stream's context right before its request
 * headers (`source/extensions/common/wasm/context.cc: Context::decodeHeaders`), so the last one made is the one that
 * `planOfNewRequest` is asked for, and no table of streams is kept.
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
 * The plan for a stream, asked in `proxy_on_request_headers`; 0 if its root was never configured.
 *
 * It is known in that callback alone: the next stream replaces it. A later callback takes what the first one kept for its
 * stream (`keepForStream`, `takeFromStream`).
 */
export function planOfNewRequest(stream: u32): usize {
  const root = streamRoot;
  return root == null || streamId != stream ? 0 : root.plan;
}

/** The plan of a root; 0 where it was never configured. */
export function planOfRoot(id: u32): usize {
  const root = rootOf(id);
  return root == null ? 0 : root.plan;
}

/** The root of a stream, asked in `proxy_on_request_headers` and nowhere else (see `planOfNewRequest`); 0 if it is not known. */
export function rootIdOfNewRequest(stream: u32): u32 {
  const root = streamRoot;
  return root == null || streamId != stream ? 0 : root.id;
}

/**
 * Gives a root its plan, which lies in `region`; frees the plan that it had, and those of roots that are gone.
 */
export function configureRoot(id: u32, plan: usize, region: Region): void {
  freeGoneRoots(id);
  let root = rootOf(id);
  if (root == null) root = addRoot(id);
  freePlan(root);
  root.plan = plan;
  root.region = region;
}

function addRoot(id: u32): Root {
  const root = changetype<Root>(heap.alloc(offsetof<Root>()));
  root.id = id;
  root.plan = 0;
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
      heap.free(changetype<usize>(root));
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
    region.close();
  }
  root.region = null;
  root.plan = 0;
}
