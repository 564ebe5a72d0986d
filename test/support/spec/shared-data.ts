/**
 * Shared data of one key, for a specification that has other workers come in between; it exports from here the calls that it
 * wants answered (`test/support/spec/imports.js`).
 */
import { arenaTake } from "../../../assembly/memory/arena";
import { Status } from "../../../assembly/host/status";
import { specRegion } from "./bytes";

/** More than any value has. */
const ROOM: u32 = 4096;

/** The value, and what becomes of the calls (proxy-wasm-cpp-host `src/shared_data.cc`). */
class SharedValue {
  key: string = "";
  start: usize = specRegion().take(ROOM);
  size: u32 = 0;
  /** 0 where it was never written. */
  version: u32 = 0;
  /** How often it was to be written. */
  writes: i32 = 0;
  /** What the calls fail with. */
  readStatus: u32 = Status.OK;
  writeStatus: u32 = Status.OK;
  /** How many of the next writes another worker is faster than. */
  overtaken: i32 = 0;

  /** Begins anew: nothing was ever written. */
  forget(): void {
    this.size = 0;
    this.version = 0;
    this.writes = 0;
    this.readStatus = Status.OK;
    this.writeStatus = Status.OK;
    this.overtaken = 0;
  }
}

export const shared: SharedValue = new SharedValue();

export function proxy_get_shared_data(key: usize, length: u32, start: usize, size: usize, version: usize): u32 {
  if (shared.readStatus != Status.OK) return shared.readStatus;
  if (shared.version == 0 || String.UTF8.decodeUnsafe(key, length) != shared.key) return Status.NOT_FOUND;
  const copy = arenaTake(shared.size);
  memory.copy(copy, shared.start, shared.size);
  store<usize>(start, copy);
  store<u32>(size, shared.size);
  store<u32>(version, shared.version);
  return Status.OK;
}

export function proxy_set_shared_data(key: usize, length: u32, value: usize, size: u32, version: u32): u32 {
  shared.writes++;
  if (shared.writeStatus != Status.OK) return shared.writeStatus;
  if (shared.overtaken > 0) {
    shared.overtaken--;
    shared.version++;
  }
  if (version != 0 && version != shared.version) return Status.CAS_MISMATCH;
  shared.key = String.UTF8.decodeUnsafe(key, length);
  memory.copy(shared.start, value, size);
  shared.size = size;
  shared.version++;
  return Status.OK;
}
