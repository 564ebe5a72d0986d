import { allocate } from "../memory/heap";
import { resetArena } from "../memory/arena";
import { restoreContext } from "../host/contexts";
import { callToken, sendHttpCall } from "../host/http-call";
import { Status } from "../host/status";
import { Text } from "../text/text";

/** A request of a plugin's own that has no answer yet. */
@unmanaged
export class CallOut {
  private token: u32;
  root: u32;
  /** The number in its module of the filter that sent it, and the word that it gave for the answer. */
  owner: u32;
  word: usize;
  private next: CallOut | null;

  /**
   * Sends a request for a filter, of a root (`host/http-call.ts`). The word must lie in the root's plan, or be a number: when the root
   * gets another plan or goes, nobody is told of the answer. False if the host does not send it.
   */
  static send(
    owner: u32,
    root: u32,
    word: usize,
    cluster: Text,
    headers: Text,
    body: usize,
    length: u32,
    timeout: u32,
  ): bool {
    anySent = true;
    if (sendHttpCall(cluster, headers, body, length, timeout) != Status.OK) return false;
    let call = free;
    if (call == null) call = changetype<CallOut>(allocate(offsetof<CallOut>()));
    else free = call.next;
    call.token = callToken;
    call.root = root;
    call.owner = owner;
    call.word = word;
    call.next = waiting;
    waiting = call;
    return true;
  }

  /**
   * Begins `proxy_on_http_call_response`: the request that it is the answer to, with its root as the effective context; null if nobody
   * waits for it any more. It counts until the callback ends.
   */
  static answered(root: u32, token: u32): CallOut | null {
    resetArena();
    let before: CallOut | null = null;
    let call = waiting;
    while (call != null && (call.token != token || call.root != root)) {
      before = call;
      call = call.next;
    }
    if (call == null) return null;
    if (before == null) waiting = call.next;
    else before.next = call.next;
    call.next = free;
    free = call;
    restoreContext(root);
    return call;
  }

  /** Forgets what a root has sent. */
  static forget(root: u32): void {
    if (!anySent) return;
    let kept: CallOut | null = null;
    let call = waiting;
    while (call != null) {
      const next = call.next;
      if (call.root == root) {
        call.next = free;
        free = call;
      } else {
        call.next = kept;
        kept = call;
      }
      call = next;
    }
    waiting = kept;
  }
}

/** False for good in a module whose filters send none, which then does not carry what forgets them. */
let anySent = false;
let waiting: CallOut | null = null;
let free: CallOut | null = null;
