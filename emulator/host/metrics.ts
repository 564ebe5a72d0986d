import { fromUtf8, printable } from "../bytes.ts";
import { metricTypeName } from "../metrics.ts";
import { Status } from "../status.ts";
import type { HostFunctions, HostView } from "./function.ts";

/** Statistics (Envoy's context.cc `defineMetric` and those after it). */
export function metricFunctions(vm: HostView): HostFunctions {
  const ids = vm.metricIds;
  return {
    proxy_define_metric: {
      type: "iiii:i",
      show: (type: number, name: number, size: number) =>
        `${metricTypeName(type)} ${printable(vm.memory.read(name, size) ?? "?")}`,
      call(type: number, name: number, size: number, out: number) {
        const bytes = vm.memory.read(name, size);
        if (bytes === undefined) return Status.InvalidMemoryAccess;
        const id = ids.define(type, fromUtf8(bytes));
        if (id === undefined) return Status.BadArgument;
        return vm.memory.writeU32(out, id) ? Status.Ok : Status.InvalidMemoryAccess;
      },
    },
    proxy_increment_metric: {
      type: "il:i",
      show: (id: number, offset: bigint) => `${ids.name(id)} ${offset}`,
      call: (id: number, offset: bigint) => ids.increment(id, offset),
    },
    proxy_record_metric: {
      type: "il:i",
      show: (id: number, value: bigint) => `${ids.name(id)} ${BigInt.asUintN(64, value)}`,
      call: (id: number, value: bigint) => ids.record(id, value),
    },
    proxy_get_metric: {
      type: "ii:i",
      show: (id: number) => ids.name(id),
      call(id: number, out: number) {
        const value = ids.get(id);
        if (typeof value === "number") return value;
        return vm.memory.writeU64(out, value) ? Status.Ok : Status.InvalidMemoryAccess;
      },
    },
  };
}
