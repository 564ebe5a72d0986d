import { allocate, release } from "../memory/heap";
import { Region } from "../memory/region";
import { Text } from "../text/text";
import { environ_get, environ_sizes_get } from "./wasi_snapshot_preview1";

const out: usize = memory.data(8, 4);
/** More than so many bytes of variables are none that somebody has meant for a plugin. */
const MOST: u32 = 1 << 20;

/**
 * The value of a variable of the plugin's environment (WasmPlugin `vmConfig.env`, Envoy's `vm_config.environment_variables`), in `region`;
 * null if there is none of that name. For when a configuration is read.
 */
export function environmentVariable(region: Region, name: Text): Text | null {
  if (environ_sizes_get(out, out + 4) != 0) return null;
  const count = load<u32>(out);
  const size = load<u32>(out, 4);
  if (count == 0 || size == 0 || count > MOST || size > MOST) return null;
  const addresses = allocate(count * sizeof<usize>() + size);
  const found =
    environ_get(addresses, addresses + count * sizeof<usize>()) == 0
      ? valueIn(region, addresses, count, size, name)
      : null;
  release(addresses);
  return found;
}

function valueIn(region: Region, addresses: usize, count: u32, size: u32, name: Text): Text | null {
  let at = addresses + count * sizeof<usize>();
  const end = at + size;
  while (at < end) {
    let next = at;
    while (next < end && load<u8>(next) != 0) next++;
    const value = at + name.length + 1;
    if (value <= next && load<u8>(value - 1) == 0x3d && name.is(at, name.length)) {
      return Text.copy(region, value, <u32>(next - value));
    }
    at = next + 1;
  }
  return null;
}
