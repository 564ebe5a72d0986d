import { resetArena } from "../memory/arena";
import { continueRequest } from "../host/held-streams";
import { Action } from "../host/status";
import { forgetHeaderWrites } from "../request/header-writes";
import { openRequest } from "../request/request";
import { CallOut } from "./call-outs";
import { Waiting } from "./deadlines";
import { Outcome } from "./outcome";
import { FRAME, RootWork } from "./root-work";
import { contextCreated, rootOfNewRequest, setupOfRoot } from "./roots";
import { keptForStream, noteAnswered, seesResponse, takeFromStream } from "./streams";
import { Timers } from "./timers";

/** A module's `proxy_on_request_headers`. */
type Judge = (context: u32, count: u32, endOfStream: u32) => Action;

let held = false;
/** Of the call of the timer that runs: what waits, and what judges the requests that were held. */
let ticking: Timers = changetype<Timers>(0);
let judging: Judge = changetype<Judge>(0);

/** A module's `proxy_on_context_create`. */
export function proxy_on_context_create(context: u32, parent: u32): void {
  resetArena();
  contextCreated(context, parent);
}

/**
 * Begins `proxy_on_request_headers`: nothing is known of the request yet, and it will be read as the configuration of the stream's
 * root says. Gives the module's plan; null if the stream must wait until that is read, which `isHeld` tells then, or if the root was never
 * configured. The host makes no stream for such a root; should one come, each filter has `unconfigured` say what becomes of it.
 */
export function openStreamWhenReady<P>(context: u32): P | null {
  resetArena();
  forgetHeaderWrites();
  held = false;
  const root = rootOfNewRequest(context);
  if (root == null) return null;
  const setup = root.setup;
  if (setup == null) return null;
  if (setup.plan == 0) {
    const work = root.work;
    held = work != null && changetype<RootWork>(work).hold(context);
    if (setup.plan == 0) return null;
  }
  openRequest(setup.slots);
  setup.source.use();
  return changetype<P>(setup.plan);
}

/** Whether the stream for which `openStreamWhenReady` gave null is held: the timer lets it go on. */
export function isHeld(): bool {
  return held;
}

/**
 * Begins a later callback of a stream for one of its filters: gives the record that the filter keeps for it; null, which is all that
 * most streams cost, if it keeps none or the response is not for it to see.
 */
export function openResponse<T>(context: u32, owner: u32): T | null {
  const kept = keptForStream(context, owner);
  if (kept == 0 || !seesResponse(context, owner)) return null;
  resetArena();
  return changetype<T>(kept);
}

/** The same, where the filter keeps the record no longer. */
export function closeStream<T>(context: u32, owner: u32): T | null {
  const kept = takeFromStream(context, owner);
  if (kept == 0) return null;
  resetArena();
  return changetype<T>(kept);
}

/** Notes that a filter has answered a stream, if it has, so that only those before it see the response. */
export function settle(context: u32, owner: u32, outcome: Outcome): Outcome {
  if (outcome == Outcome.ANSWERED) noteAnswered(context, owner);
  return outcome;
}

/** What waits at a root, in `proxy_on_tick`; null if nothing has waited yet. */
function openTick(root: u32): Timers | null {
  resetArena();
  const setup = setupOfRoot(root);
  return setup == null ? null : setup.timers;
}

/**
 * Begins `proxy_on_tick`: the first record of a filter that is due; null if none is. What is due for the frame is done on
 * the way: requests that were held come to `judge` now, each as the effective context.
 */
export function firstDue(root: u32, judge: Judge): Waiting | null {
  const timers = openTick(root);
  if (timers == null) return null;
  ticking = timers;
  judging = judge;
  return withoutWork(timers.begin(root));
}

/** The record that is due after another one, in the same way; null after the last. */
export function nextDue(): Waiting | null {
  return withoutWork(ticking.next());
}

/** Does what is due for the frame itself; gives the first record that is not. */
function withoutWork(due: Waiting | null): Waiting | null {
  let next = due;
  while (next != null && next.owner == FRAME) {
    while (changetype<RootWork>(next).goOn()) {
      if (judging(next.stream, 0, 0) == Action.CONTINUE) continueRequest();
    }
    next = ticking.next();
  }
  return next;
}

/**
 * Begins `proxy_on_done`: the module's plan, if a root goes, after the last of its streams; null for a stream, for which the host calls it too.
 */
export function openDone<P>(context: u32): P | null {
  const setup = setupOfRoot(context);
  if (setup == null) return null;
  resetArena();
  if (setup.plan == 0) {
    // No stream waits any more for what is left to be read.
    const timers = setup.timers;
    if (timers != null) timers.stop();
  }
  return changetype<P>(setup.plan);
}

/** Begins `proxy_on_http_call_response`: whose request it answers; null if nobody waits for it any more. */
export function openAnswer(root: u32, token: u32): CallOut | null {
  return CallOut.answered(root, token);
}

/** Ends what a record that was due came to, for a stream that it held. */
export function resume(due: Waiting, outcome: Outcome): void {
  if (settle(due.stream, due.owner, outcome) == Outcome.CONTINUE) continueRequest();
}
