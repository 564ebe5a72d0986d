import { proxy_get_buffer_bytes } from "@solo-io/proxy-runtime/assembly/imports";
import { Status } from "./status";

/** proxy-wasm 0.2.1, `proxy_buffer_type_t`. */
const PLUGIN_CONFIGURATION: u32 = 7;
const out: usize = memory.data(8, 8);

/** Where `readConfiguration` put the bytes, and how many they are. */
export let configurationStart: usize = 0;
export let configurationLength: u32 = 0;

/** Reads the `size` bytes of pluginConfig; within `proxy_on_configure` alone. They live until the callback ends. */
export function readConfiguration(size: u32): Status {
  configurationLength = 0;
  if (size == 0) return Status.OK;
  const status = <Status>proxy_get_buffer_bytes(PLUGIN_CONFIGURATION, 0, size, out, out + 4);
  if (status == Status.OK) {
    configurationStart = load<usize>(out);
    configurationLength = load<u32>(out + 4);
  }
  return status;
}
