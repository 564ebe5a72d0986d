/**
 * A plugin that takes a refused configuration as one that does nothing if this process has accepted none of its name before. The filters
 * do not do that; `inert.test.ts` shows why.
 *
 * Its configuration is one word, or two with a comma between. A first word that begins with `bad` is refused. If Envoy configures a thread
 * with a bad one although a good one has been accepted meanwhile, the second word says what the thread does: `refuse` it, or `take` it because
 * the canary took it.
 *
 * Each response has the header `x-in-force`: the first word of the configuration in force, after `nothing-of-` if that one does nothing.
 */
import * as host from "@solo-io/proxy-runtime/assembly/imports";
import "../../../../emulator/test/assembly/abort";

const CONFIGURATION: u32 = 7;
const RESPONSE_HEADERS: u32 = 2;
const GAUGE: u32 = 1;
const OUT = memory.data(16, 8);

const roots = new Map<u32, ArrayBuffer>();
const streams = new Map<u32, u32>();

export function proxy_abi_version_0_2_1(): void {}

export function malloc(size: usize): usize {
  return heap.alloc(size);
}

export function proxy_on_context_create(context: u32, root: u32): void {
  if (root != 0) streams.set(context, root);
}

export function proxy_on_configure(root: u32, size: u32): u32 {
  host.proxy_get_buffer_bytes(CONFIGURATION, 0, size, OUT, OUT + 4);
  const words = String.UTF8.decodeUnsafe(load<usize>(OUT), load<u32>(OUT, 4)).split(",");
  const accepted = metric(`inert.${pluginName()}.accepted`);
  const taken = metric(`inert.${pluginName()}.taken.${words[0]}`);
  if (!words[0].startsWith("bad")) {
    host.proxy_record_metric(accepted, 1);
    roots.set(root, String.UTF8.encode(words[0]));
    return 1;
  }
  const mayTake = words[1] == "take" && valueOf(taken) != 0;
  if (valueOf(accepted) != 0 && !mayTake) return 0;
  host.proxy_record_metric(taken, 1);
  roots.set(root, String.UTF8.encode(`nothing-of-${words[0]}`));
  return 1;
}

export function proxy_on_response_headers(context: u32, count: u32, end: u32): u32 {
  const name = String.UTF8.encode("x-in-force");
  const value = roots.get(streams.get(context));
  host.proxy_add_header_map_value(
    RESPONSE_HEADERS,
    changetype<usize>(name),
    name.byteLength,
    changetype<usize>(value),
    value.byteLength,
  );
  return 0;
}

function pluginName(): string {
  const path = String.UTF8.encode("plugin_name");
  host.proxy_get_property(changetype<usize>(path), path.byteLength, OUT, OUT + 4);
  return String.UTF8.decodeUnsafe(load<usize>(OUT), load<u32>(OUT, 4));
}

function metric(name: string): u32 {
  const bytes = String.UTF8.encode(name);
  host.proxy_define_metric(GAUGE, changetype<usize>(bytes), bytes.byteLength, OUT);
  return load<u32>(OUT);
}

function valueOf(metric: u32): u64 {
  host.proxy_get_metric(metric, OUT + 8);
  return load<u64>(OUT, 8);
}
