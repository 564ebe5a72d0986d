import { printable } from "../bytes.ts";
import { decodePairs } from "../pairs.ts";
import { Status } from "../status.ts";
import type { HostFunctions, HostView } from "./function.ts";

const STREAM_TYPES = ["request", "response", "downstream", "upstream"];
const REQUEST = 0;
const RESPONSE = 1;
const UPSTREAM = 3;

/** Local replies, pausing and closing, contexts (proxy-wasm-cpp-host exports.cc, Envoy's context.cc). */
export function streamControlFunctions(vm: HostView): HostFunctions {
  const text = (address: number, size: number): string => printable(vm.memory.read(address, size) ?? "?");
  const showStream = (type: number): string => STREAM_TYPES[type] ?? String(type);
  return {
    proxy_send_local_response: {
      type: "iiiiiiii:i",
      show(status, details, detailsSize, body, bodySize, headers, headersSize, grpcStatus) {
        const pairs = decodePairs(vm.memory.read(headers, headersSize) ?? "");
        const words = [String(status), text(details, detailsSize), JSON.stringify(text(body, bodySize))];
        for (const [name, value] of pairs) words.push(printable(`${name}=${value}`));
        if (grpcStatus !== -1) words.push(`grpc-status=${grpcStatus}`);
        return words.join(" ");
      },
      call(status, details, detailsSize, body, bodySize, headers, headersSize, grpcStatus) {
        const reply = {
          status: status >>> 0,
          details: vm.memory.read(details, detailsSize),
          body: vm.memory.read(body, bodySize),
          grpcStatus: grpcStatus >>> 0,
        };
        const encoded = vm.memory.read(headers, headersSize);
        if (reply.details === undefined || reply.body === undefined || encoded === undefined) {
          return Status.InvalidMemoryAccess;
        }
        vm.effective.sendLocalReply({
          ...reply,
          details: reply.details,
          body: reply.body,
          headers: decodePairs(encoded),
        });
        vm.stopIteration = true;
        return Status.Ok;
      },
    },
    proxy_continue_stream: {
      type: "i:i",
      show: showStream,
      call(type: number) {
        if (type >>> 0 > UPSTREAM) return Status.BadArgument;
        if (type === UPSTREAM) return Status.Unimplemented;
        if (type === REQUEST || type === RESPONSE) vm.effective.continueStream(type === RESPONSE);
        return Status.Ok;
      },
    },
    proxy_close_stream: {
      type: "i:i",
      show: showStream,
      call(type: number) {
        if (type >>> 0 > UPSTREAM) return Status.BadArgument;
        if (type === REQUEST || type === RESPONSE) vm.effective.closeStream();
        return Status.Ok;
      },
    },
    proxy_set_effective_context: {
      type: "i:i",
      show: (id: number) => String(id >>> 0),
      call: (id: number) => (vm.setEffectiveContext(id >>> 0) ? Status.Ok : Status.BadArgument),
    },
    proxy_done: {
      type: ":i",
      call: () => (vm.effective.root?.finish() ? Status.Ok : Status.NotFound),
    },
  };
}
