import { proxy_get_shared_data, proxy_set_shared_data } from "@solo-io/proxy-runtime/assembly/imports";
import { Text } from "../text/text";
import { Status } from "./status";

const out: usize = memory.data(12, 4);

/** Where `readShared` put the value, how many bytes it is, and which version of it. */
export let sharedStart: usize = 0;
export let sharedLength: u32 = 0;
export let sharedVersion: u32 = 0;

/**
 * Reads a value that all VMs of the process with one `vm_id` share, in all workers; NotFound where it was never written. The
 * bytes are a copy, which lives until the callback ends, and may be written on.
 */
export function readShared(key: Text): Status {
  const status = <Status>proxy_get_shared_data(key.start, key.length, out, out + 4, out + 8);
  const found = status == Status.OK;
  sharedStart = found ? load<usize>(out) : 0;
  sharedLength = found ? load<u32>(out, 4) : 0;
  sharedVersion = found ? load<u32>(out, 8) : 0;
  return status;
}

/**
 * Writes it: CasMismatch where it is no longer of that version, and is left as it is. Version 0 writes in any case (proxy-wasm
 * 0.2.1, `proxy_set_shared_data`; proxy-wasm-cpp-host `src/shared_data.cc`).
 */
export function writeShared(key: Text, start: usize, length: u32, version: u32): Status {
  return <Status>proxy_set_shared_data(key.start, key.length, start, length, version);
}
