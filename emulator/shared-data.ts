import { keepMap } from "./snapshot.ts";
import type { ByteString } from "./bytes.ts";
import { Status } from "./status.ts";

/** A value in shared data and the counter that a compare-and-set of it must name. */
export interface SharedValue {
  readonly value: ByteString;
  readonly cas: number;
}

/**
 * The key-value store of a process, a namespace for each vm_id (proxy-wasm-cpp-host shared_data.cc). There is one counter
 * for all keys; it is never 0. A compare-and-set of a key that is not there stores it whatever counter it names, so it
 * cannot be used to create a key once.
 */
export class SharedData {
  private readonly values = new Map<string, Map<ByteString, SharedValue>>();
  private cas = 1;

  /** The value of a key, or undefined. */
  get(vmId: string, key: ByteString): SharedValue | undefined {
    return this.values.get(vmId)?.get(key);
  }

  /** Stores; with a counter other than 0, only where the key has it or is not there. */
  set(vmId: string, key: ByteString, value: ByteString, cas = 0): number {
    let store = this.values.get(vmId);
    if (store === undefined) this.values.set(vmId, (store = new Map()));
    const before = store.get(key);
    if (before !== undefined && cas !== 0 && cas !== before.cas) return Status.CasMismatch;
    store.set(key, { value, cas: this.nextCas() });
    return Status.Ok;
  }

  /** Every key of a namespace. */
  keys(vmId: string): ByteString[] {
    return [...(this.values.get(vmId)?.keys() ?? [])];
  }

  snapshot(): () => void {
    const stores = keepMap(this.values);
    const entries = [...this.values.values()].map(keepMap);
    const { cas } = this;
    return () => {
      stores();
      for (const restore of entries) restore();
      this.cas = cas;
    };
  }

  private nextCas(): number {
    const next = this.cas;
    this.cas = (this.cas + 1) >>> 0 || 1;
    return next;
  }
}
