import { fromUtf8, printable } from "../bytes.ts";
import { HeaderMap } from "../headers.ts";
import { decodePairs } from "../pairs.ts";
import { Status } from "../status.ts";
import type { HostFunctions, HostView } from "./function.ts";

/**
 * Requests that a module sends (Envoy's context.cc `httpCall`). Which clusters there are is for the test to say. gRPC has
 * no service to reach here: calls and streams fail as they do for a cluster that Envoy does not know.
 */
export function callOutFunctions(vm: HostView): HostFunctions {
  const text = (address: number, size: number): string => printable(vm.memory.read(address, size) ?? "?");
  const noGrpcService = { show: text, call: () => Status.ParseFailure };
  const noGrpcToken = { show: (token: number) => String(token >>> 0), call: grpcToken };

  /** A token of a gRPC stream or call has 2 or 1 in its low bits; none is ever given here. */
  function grpcToken(token: number): number {
    return (token & 3) === 1 || (token & 3) === 2 ? Status.NotFound : Status.BadArgument;
  }

  return {
    proxy_http_call: {
      type: "iiiiiiiiii:i",
      show(cluster, clusterSize, headers, headersSize) {
        const map = new HeaderMap("request", decodePairs(vm.memory.read(headers, headersSize) ?? ""));
        const words = [":method", ":authority", ":path"].map((name) => printable(map.get(name) ?? "-"));
        return [text(cluster, clusterSize), ...words].join(" ");
      },
      call(cluster, clusterSize, headers, headersSize, body, bodySize, trailers, trailersSize, timeout, out) {
        const name = vm.memory.read(cluster, clusterSize);
        const content = vm.memory.read(body, bodySize);
        const encodedHeaders = vm.memory.read(headers, headersSize);
        const encodedTrailers = vm.memory.read(trailers, trailersSize);
        if (name === undefined || content === undefined) return Status.InvalidMemoryAccess;
        if (encodedHeaders === undefined || encodedTrailers === undefined) return Status.InvalidMemoryAccess;
        if (!vm.memory.writeU32(out, 0)) return Status.InvalidMemoryAccess;
        const root = vm.effective.root;
        const map = new HeaderMap("request", decodePairs(encodedHeaders));
        if (root === undefined || timeout < 0 || !vm.emulator.clusters.has(fromUtf8(name))) return Status.BadArgument;
        if ([":path", ":method", ":authority"].some((required) => map.get(required) === undefined)) {
          return Status.BadArgument;
        }
        if (vm.emulator.unhealthyClusters.has(fromUtf8(name))) return Status.InternalFailure;
        if (content !== "") map.replace("content-length", String(content.length));
        const token = root.startHttpCall({
          cluster: fromUtf8(name),
          headers: map.pairs,
          body: content,
          trailers: decodePairs(encodedTrailers),
          timeoutMilliseconds: timeout,
        });
        vm.memory.writeU32(out, token);
        return Status.Ok;
      },
    },
    proxy_get_status: {
      type: "iii:i",
      call(codeOut: number, out: number, outSize: number) {
        const { code, message } = vm.effective.root?.callStatus ?? { code: 0, message: "" };
        return vm.memory.writeU32(codeOut, code) ? vm.give(message, out, outSize) : Status.InvalidMemoryAccess;
      },
    },
    proxy_grpc_call: { type: "iiiiiiiiiiii:i", ...noGrpcService },
    proxy_grpc_stream: { type: "iiiiiiiii:i", ...noGrpcService },
    proxy_grpc_send: {
      type: "iiii:i",
      show: noGrpcToken.show,
      call: (token: number) => ((token & 3) === 2 ? Status.NotFound : Status.BadArgument),
    },
    proxy_grpc_close: { type: "i:i", ...noGrpcToken },
    proxy_grpc_cancel: { type: "i:i", ...noGrpcToken },
  };
}
