/**
 * Shared data of any number of keys, for a specification whose subject writes many; it exports from here the calls that it wants
 * answered (`test/support/spec/imports.js`).
 */
import { arenaTake } from "../../../assembly/memory/arena";
import { Status } from "../../../assembly/host/status";

/** What another worker does between a read and the write that follows. */
type Meanwhile = () => void;

/** The values, and what becomes of the calls (proxy-wasm-cpp-host `src/shared_data.cc`). */
class SharedMap {
  private values: Map<string, Uint8Array> = new Map();
  private versions: Map<string, u32> = new Map();
  /** One counter for all keys, never 0. */
  private last: u32 = 0;
  /** Calls since the last `forget`. */
  reads: i32 = 0;
  writes: i32 = 0;
  /** How many of the next calls fail, and with what. */
  failingReads: i32 = 0;
  failingWrites: i32 = 0;
  failure: u32 = Status.INTERNAL_FAILURE;
  /** What comes in between before each of so many of the next writes; none of what that writes itself. */
  overtaken: i32 = 0;
  /** How often something came in between, this time included. */
  overtakenTimes: i32 = 0;
  meanwhile: Meanwhile = nothing;

  /** Begins anew: nothing was ever written. */
  forget(): void {
    this.values.clear();
    this.versions.clear();
    this.reads = 0;
    this.writes = 0;
    this.heal();
  }

  /** No more calls fail, or are come in between. */
  heal(): void {
    this.failingReads = 0;
    this.failingWrites = 0;
    this.failure = Status.INTERNAL_FAILURE;
    this.overtaken = 0;
    this.overtakenTimes = 0;
    this.meanwhile = nothing;
  }

  /** The keys, in order. */
  get keys(): string[] {
    return this.values.keys().sort();
  }

  /** The bytes under a key; none where there is no such key. */
  bytes(key: string): Uint8Array {
    return this.values.has(key) ? this.values.get(key) : new Uint8Array(0);
  }

  /** Another writer puts bytes under a key. */
  put(key: string, bytes: Uint8Array): void {
    this.values.set(key, bytes);
    this.versions.set(key, ++this.last);
  }

  /** 0 where there is no such key. */
  versionOf(key: string): u32 {
    return this.versions.has(key) ? this.versions.get(key) : 0;
  }

  /** Stores, unless a version is named that is no longer there. */
  set(key: string, bytes: Uint8Array, version: u32): u32 {
    const known = this.versionOf(key);
    if (known != 0 && version != 0 && version != known) return Status.CAS_MISMATCH;
    this.put(key, bytes);
    return Status.OK;
  }
}

function nothing(): void {}

export const sharedMap: SharedMap = new SharedMap();

export function proxy_get_shared_data(key: usize, length: u32, start: usize, size: usize, version: usize): u32 {
  sharedMap.reads++;
  if (sharedMap.failingReads > 0) {
    sharedMap.failingReads--;
    return sharedMap.failure;
  }
  const name = String.UTF8.decodeUnsafe(key, length);
  if (sharedMap.versionOf(name) == 0) return Status.NOT_FOUND;
  const bytes = sharedMap.bytes(name);
  const copy = arenaTake(bytes.length);
  memory.copy(copy, bytes.dataStart, bytes.length);
  store<usize>(start, copy);
  store<u32>(size, bytes.length);
  store<u32>(version, sharedMap.versionOf(name));
  return Status.OK;
}

export function proxy_set_shared_data(key: usize, length: u32, value: usize, size: u32, version: u32): u32 {
  sharedMap.writes++;
  // What comes in between may use the memory that the caller put these together in.
  const name = String.UTF8.decodeUnsafe(key, length);
  const bytes = new Uint8Array(size);
  memory.copy(bytes.dataStart, value, size);
  if (sharedMap.overtaken > 0) {
    const left = sharedMap.overtaken - 1;
    sharedMap.overtaken = 0;
    sharedMap.overtakenTimes++;
    sharedMap.meanwhile();
    sharedMap.overtaken = left;
  }
  if (sharedMap.failingWrites > 0) {
    sharedMap.failingWrites--;
    return sharedMap.failure;
  }
  return sharedMap.set(name, bytes, version);
}
