import { BUFFER } from "../abi.ts";
import { Status } from "../status.ts";
import type { HostFunctions, HostView } from "./function.ts";

const NAMES = [
  "request_body",
  "response_body",
  "downstream_data",
  "upstream_data",
  "http_call_response_body",
  "grpc_receive",
  "vm_configuration",
  "plugin_configuration",
  "call_data",
];

/** Bodies and configurations (proxy-wasm-cpp-host exports.cc, Envoy's context.cc `getBuffer`, `Buffer::copyFrom`). */
export function bufferFunctions(vm: HostView): HostFunctions {
  const showType = (type: number): string => NAMES[type] ?? String(type);
  const showRange = (type: number, start: number, length: number): string =>
    `${showType(type)} ${start >>> 0} ${length >>> 0}`;
  return {
    proxy_get_buffer_bytes: {
      type: "iiiii:i",
      show: showRange,
      call(type: number, start: number, length: number, out: number, outSize: number) {
        if (type >>> 0 > BUFFER.max) return Status.BadArgument;
        const buffer = vm.effective.buffer(type);
        if (buffer === undefined) return Status.NotFound;
        const from = start >>> 0;
        return vm.give(buffer.bytes.slice(from, from + (length >>> 0)), out, outSize);
      },
    },
    proxy_get_buffer_status: {
      type: "iii:i",
      show: showType,
      call(type: number, lengthOut: number, flagsOut: number) {
        if (type >>> 0 > BUFFER.max) return Status.BadArgument;
        const buffer = vm.effective.buffer(type);
        if (buffer === undefined) return Status.NotFound;
        const written = vm.memory.writeU32(lengthOut, buffer.bytes.length) && vm.memory.writeU32(flagsOut, 0);
        return written ? Status.Ok : Status.InvalidMemoryAccess;
      },
    },
    proxy_set_buffer_bytes: {
      type: "iiiii:i",
      show: showRange,
      call(type: number, start: number, length: number, data: number, size: number) {
        if (type >>> 0 > BUFFER.max) return Status.BadArgument;
        const buffer = vm.effective.buffer(type);
        if (buffer === undefined) return Status.NotFound;
        const bytes = vm.memory.read(data, size);
        if (bytes === undefined) return Status.InvalidMemoryAccess;
        if (!buffer.writable) return Status.BadArgument;
        // Envoy replaces at the front and adds behind the end; in between it can do nothing.
        if (start === 0) buffer.bytes = bytes + buffer.bytes.slice(length >>> 0);
        else if (start >>> 0 >= buffer.bytes.length) buffer.bytes += bytes;
        else return Status.BadArgument;
        return Status.Ok;
      },
    },
  };
}
