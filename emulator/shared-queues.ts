import { keepMap } from "./snapshot.ts";
import type { ByteString } from "./bytes.ts";

interface Queue {
  readonly token: number;
  readonly items: ByteString[];
  /** Tells the last one that registered the queue that something is in it. */
  ready: () => void;
}

/**
 * The queues of a process, named within a vm_id (proxy-wasm-cpp-host shared_queue.cc). Registering again keeps what is in
 * the queue and makes the last one its owner.
 */
export class SharedQueues {
  private readonly byName = new Map<string, Queue>();
  private readonly byToken = new Map<number, Queue>();

  register(vmId: string, name: ByteString, ready: () => void): number {
    const key = `${vmId}\0${name}`;
    let queue = this.byName.get(key);
    if (queue === undefined) {
      queue = { token: this.byToken.size + 1, items: [], ready };
      this.byName.set(key, queue);
      this.byToken.set(queue.token, queue);
    }
    queue.ready = ready;
    return queue.token;
  }

  /** The token of a queue, 0 where it is not registered. */
  resolve(vmId: string, name: ByteString): number {
    return this.byName.get(`${vmId}\0${name}`)?.token ?? 0;
  }

  /** Puts an item in and tells the owner; false without such a queue. */
  enqueue(token: number, item: ByteString): boolean {
    const queue = this.byToken.get(token);
    if (queue === undefined) return false;
    queue.items.push(item);
    queue.ready();
    return true;
  }

  snapshot(): () => void {
    const maps = [keepMap(this.byName), keepMap(this.byToken)];
    const queues = [...this.byToken.values()].map((queue) => ({ queue, items: [...queue.items], ready: queue.ready }));
    return () => {
      for (const restore of maps) restore();
      for (const { queue, items, ready } of queues) {
        queue.items.splice(0, queue.items.length, ...items);
        queue.ready = ready;
      }
    };
  }

  /** The first item, undefined from an empty queue, null without such a queue. */
  dequeue(token: number): ByteString | undefined | null {
    const queue = this.byToken.get(token);
    return queue === undefined ? null : queue.items.shift();
  }
}
