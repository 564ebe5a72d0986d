import { MAP } from "../abi.ts";
import { printable } from "../bytes.ts";
import { decodePairs } from "../pairs.ts";
import type { HeaderMap } from "../headers.ts";
import { Status } from "../status.ts";
import type { HostFunctions, HostView } from "./function.ts";

const MAP_NAMES = [
  "request",
  "request_trailers",
  "response",
  "response_trailers",
  "grpc_initial",
  "grpc_trailing",
  "http_call",
  "http_call_trailers",
];

/** Header maps (proxy-wasm-cpp-host exports.cc, Envoy's context.cc `getHeaderMapValue` and those beside it). */
export function headerFunctions(vm: HostView): HostFunctions {
  const text = (address: number, size: number): string => printable(vm.memory.read(address, size) ?? "?");
  const showMap = (type: number): string => MAP_NAMES[type] ?? String(type);
  const showKey = (type: number, key: number, size: number): string => `${showMap(type)} ${text(key, size)}`;
  const showPair = (type: number, key: number, keySize: number, value: number, size: number): string =>
    `${showKey(type, key, keySize)}=${text(value, size)}`;

  function write(type: number, key: number, keySize: number, value: number, size: number, replace: boolean): number {
    if (type >>> 0 > MAP.max) return Status.BadArgument;
    const name = vm.memory.read(key, keySize);
    const bytes = vm.memory.read(value, size);
    if (name === undefined || bytes === undefined) return Status.InvalidMemoryAccess;
    const map = vm.effective.writableHeaders(type);
    if (map === undefined) return Status.BadArgument;
    if (replace) map.replace(name, bytes);
    else map.add(name, bytes);
    return changed(type);
  }

  /** Under ABI 0.2.1 every write to request headers has Envoy take the route again (changelog 1.33). */
  function changed(type: number): number {
    if (type === MAP.requestHeaders) vm.effective.clearRouteCache();
    return Status.Ok;
  }

  function givePairs(map: HeaderMap, out: number, outSize: number): number {
    const size = map.encodedSize;
    const address = vm.allocate(size);
    const bytes = address === 0 ? undefined : vm.memory.span(address, size);
    if (bytes === undefined) return Status.InvalidMemoryAccess;
    map.encodeInto(bytes, address);
    const written = vm.memory.writeU32(out, address) && vm.memory.writeU32(outSize, size);
    return written ? Status.Ok : Status.InvalidMemoryAccess;
  }

  return {
    proxy_get_header_map_value: {
      type: "iiiii:i",
      show: showKey,
      call(type: number, key: number, keySize: number, out: number, outSize: number) {
        if (type >>> 0 > MAP.max) return Status.BadArgument;
        const name = vm.memory.read(key, keySize);
        if (name === undefined) return Status.InvalidMemoryAccess;
        const map = vm.effective.readableHeaders(type);
        if (map === undefined) return vm.effective.isLogging ? Status.NotFound : Status.BadArgument;
        const value = map.get(name);
        return value === undefined ? Status.NotFound : vm.give(value, out, outSize);
      },
    },
    proxy_get_header_map_pairs: {
      type: "iii:i",
      show: showMap,
      call(type: number, out: number, outSize: number) {
        if (type >>> 0 > MAP.max) return Status.BadArgument;
        const map = vm.effective.readableHeaders(type);
        // A map that cannot be seen and an empty one are alike: Ok, and no bytes, not even a count.
        return map === undefined || map.size === 0 ? vm.give("", out, outSize) : givePairs(map, out, outSize);
      },
    },
    proxy_get_header_map_size: {
      type: "ii:i",
      show: showMap,
      call(type: number, out: number) {
        if (type >>> 0 > MAP.max) return Status.BadArgument;
        // It asks for the map that can be changed, so it is BadArgument in the access log.
        const map = vm.effective.writableHeaders(type);
        if (map === undefined) return Status.BadArgument;
        return vm.memory.writeU32(out, map.byteSize) ? Status.Ok : Status.InvalidMemoryAccess;
      },
    },
    proxy_add_header_map_value: {
      type: "iiiii:i",
      show: showPair,
      call: (type: number, key: number, keySize: number, value: number, size: number) =>
        write(type, key, keySize, value, size, false),
    },
    proxy_replace_header_map_value: {
      type: "iiiii:i",
      show: showPair,
      call: (type: number, key: number, keySize: number, value: number, size: number) =>
        write(type, key, keySize, value, size, true),
    },
    proxy_remove_header_map_value: {
      type: "iii:i",
      show: showKey,
      call(type: number, key: number, keySize: number) {
        if (type >>> 0 > MAP.max) return Status.BadArgument;
        const name = vm.memory.read(key, keySize);
        if (name === undefined) return Status.InvalidMemoryAccess;
        const map = vm.effective.writableHeaders(type);
        if (map === undefined) return Status.BadArgument;
        map.remove(name);
        return changed(type);
      },
    },
    proxy_set_header_map_pairs: {
      type: "iii:i",
      show: (type: number, address: number, size: number) => {
        const pairs = decodePairs(vm.memory.read(address, size) ?? "");
        return [showMap(type), ...pairs.map(([name, value]) => printable(`${name}=${value}`))].join(" ");
      },
      call(type: number, address: number, size: number) {
        if (type >>> 0 > MAP.max) return Status.BadArgument;
        const encoded = vm.memory.read(address, size);
        if (encoded === undefined) return Status.InvalidMemoryAccess;
        const map = vm.effective.writableHeaders(type);
        if (map === undefined) return Status.BadArgument;
        // Pairs that cannot be read are none: the map is emptied (Envoy 1.40.0: pairs of "zzzz" wipe it, status Ok).
        map.assign(decodePairs(encoded));
        return changed(type);
      },
    },
  };
}
