import { copyInto, fromArray, type ByteString } from "./bytes.ts";

/** The highest address that Envoy's V8 host takes, exclusive (proxy-wasm-cpp-host v8.cc, `getMemory`). */
const ADDRESS_LIMIT = 0xffffffff;

/**
 * The linear memory of a module, every access checked as the proxy checks it. Addresses and sizes may be negative: a
 * wasm i32 arrives signed.
 */
export class VmMemory {
  private bytes = new Uint8Array(0);
  private view = new DataView(new ArrayBuffer(0));

  constructor(private readonly memory: WebAssembly.Memory) {}

  /** The size in bytes. It only ever grows. */
  get size(): number {
    return this.memory.buffer.byteLength;
  }

  /** Whether all of the `size` bytes at `address` lie in memory. */
  covers(address: number, size: number): boolean {
    return this.holds((address >>> 0) + (size >>> 0));
  }

  /** The `size` bytes at `address`, or undefined where not all of them lie in memory. */
  read(address: number, size: number): ByteString | undefined {
    const start = address >>> 0;
    const end = start + (size >>> 0);
    if (!this.holds(end)) return undefined;
    return end === start ? "" : fromArray(this.bytes.subarray(start, end));
  }

  /** The u32 at `address`, or undefined outside of memory. */
  readU32(address: number): number | undefined {
    return this.holds((address >>> 0) + 4) ? this.view.getUint32(address >>> 0, true) : undefined;
  }

  /** All of memory, for writing the `size` bytes at `address`; undefined where not all of them lie in it. */
  span(address: number, size: number): Uint8Array | undefined {
    return this.covers(address, size) ? this.bytes : undefined;
  }

  /** Writes bytes to `address`; false where they would not lie in memory. */
  write(address: number, value: ByteString): boolean {
    const start = address >>> 0;
    if (!this.holds(start + value.length)) return false;
    copyInto(this.bytes, start, value);
    return true;
  }

  writeU32(address: number, value: number): boolean {
    const start = address >>> 0;
    if (!this.holds(start + 4)) return false;
    this.view.setUint32(start, value, true);
    return true;
  }

  writeU64(address: number, value: bigint): boolean {
    const start = address >>> 0;
    if (!this.holds(start + 8)) return false;
    this.view.setBigUint64(start, BigInt.asUintN(64, value), true);
    return true;
  }

  /** Memory cannot shrink: what it has grown by since is zero then, as after growing. */
  snapshot(): () => void {
    const saved = new Uint8Array(this.memory.buffer).slice();
    return () => {
      const bytes = new Uint8Array(this.memory.buffer);
      bytes.set(saved);
      bytes.fill(0, saved.length);
    };
  }

  private holds(end: number): boolean {
    // Growing detaches the buffer that the views are of.
    if (this.bytes.byteLength === 0) {
      this.bytes = new Uint8Array(this.memory.buffer);
      this.view = new DataView(this.memory.buffer);
    }
    return end <= this.bytes.byteLength && end <= ADDRESS_LIMIT;
  }
}
