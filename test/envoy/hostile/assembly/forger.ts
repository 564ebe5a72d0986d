/**
 * A plugin that writes into the shared data what its configuration says, once, when it is configured: each line has a key and a value in
 * hexadecimal digits, with a space between.
 */
import * as host from "@solo-io/proxy-runtime/assembly/imports";
import "../../../../emulator/test/assembly/abort";

const CONFIGURATION: u32 = 7;
const OUT = memory.data(16, 8);

export function proxy_abi_version_0_2_1(): void {}

export function malloc(size: usize): usize {
  return heap.alloc(size);
}

export function proxy_on_context_create(context: u32, root: u32): void {}

export function proxy_on_configure(root: u32, size: u32): u32 {
  if (size == 0) return 1;
  host.proxy_get_buffer_bytes(CONFIGURATION, 0, size, OUT, OUT + 4);
  const lines = String.UTF8.decodeUnsafe(load<usize>(OUT), load<u32>(OUT, 4)).split("\n");
  for (let i = 0; i < lines.length; i++) {
    const words = lines[i].split(" ");
    const key = bytesOf(words[0]);
    const value = bytesOf(words[1]);
    const start = changetype<usize>(value);
    if (host.proxy_set_shared_data(changetype<usize>(key), key.byteLength, start, value.byteLength, 0) != 0) return 0;
  }
  return 1;
}

function bytesOf(digits: string): ArrayBuffer {
  const bytes = new ArrayBuffer(digits.length / 2);
  for (let i = 0; i < bytes.byteLength; i++) {
    store<u8>(changetype<usize>(bytes) + i, <u8>parseInt(digits.substr(2 * i, 2), 16));
  }
  return bytes;
}
