import { fromUtf8, printable } from "../bytes.ts";
import { levelNumber } from "../log.ts";
import { LOG_LEVELS, Status } from "../status.ts";
import type { HostFunctions, HostView } from "./function.ts";

const CRITICAL = 5;

/** Log, time, timers and functions by name (proxy-wasm-cpp-host exports.cc). */
export function systemFunctions(vm: HostView): HostFunctions {
  const text = (address: number, size: number): string => printable(vm.memory.read(address, size) ?? "?");
  const { emulator } = vm;
  return {
    proxy_log: {
      type: "iii:i",
      show: (level: number, message: number, size: number) =>
        [LOG_LEVELS[level] ?? level, ...(size === 0 ? [] : [text(message, size)])].join(" "),
      call(level: number, message: number, size: number) {
        if (level >>> 0 > CRITICAL) return Status.BadArgument;
        if (!vm.memory.covers(message, size)) return Status.InvalidMemoryAccess;
        if (level >= levelNumber(emulator.logLevel)) vm.log(level, fromUtf8(vm.memory.read(message, size) ?? ""));
        return Status.Ok;
      },
    },
    proxy_get_log_level: {
      type: "i:i",
      call: (out: number) =>
        vm.memory.writeU32(out, levelNumber(emulator.logLevel)) ? Status.Ok : Status.InvalidMemoryAccess,
    },
    proxy_get_current_time_nanoseconds: {
      type: "i:i",
      call: (out: number) =>
        vm.memory.writeU64(out, emulator.clock.realtime) ? Status.Ok : Status.InvalidMemoryAccess,
    },
    proxy_set_tick_period_milliseconds: {
      type: "i:i",
      show: (period: number) => String(period >>> 0),
      call(period: number) {
        const root = vm.effective.root;
        if (root !== undefined) root.tickPeriod = period >>> 0;
        return Status.Ok;
      },
    },
    proxy_call_foreign_function: {
      type: "iiiiii:i",
      show: (name: number, nameSize: number) => text(name, nameSize),
      call(name: number, nameSize: number, args: number, argsSize: number, out: number, outSize: number) {
        const called = vm.memory.read(name, nameSize);
        const bytes = vm.memory.read(args, argsSize);
        if (called === undefined || bytes === undefined) return Status.InvalidMemoryAccess;
        const foreign = emulator.foreignFunctions.get(fromUtf8(called));
        if (foreign === undefined) return Status.NotFound;
        // Envoy's functions act on the context that runs, not on the effective one (foreign.cc, `current_context_`).
        const result = foreign(bytes, vm.current);
        const [status, value] = typeof result === "number" ? [result, ""] : [Status.Ok, result];
        const address = value === "" || out === 0 ? 0 : vm.copyIn(value);
        if (out !== 0 && !vm.memory.writeU32(out, address)) return Status.InvalidMemoryAccess;
        if (outSize !== 0 && !vm.memory.writeU32(outSize, value.length)) return Status.InvalidMemoryAccess;
        return status;
      },
    },
  };
}
