import { bufferFunctions } from "./buffers.ts";
import { callOutFunctions } from "./calls-out.ts";
import type { HostFunction, HostView } from "./function.ts";
import { headerFunctions } from "./headers.ts";
import { metricFunctions } from "./metrics.ts";
import { propertyFunctions } from "./properties.ts";
import { sharedFunctions } from "./shared.ts";
import { streamControlFunctions } from "./stream-control.ts";
import { systemFunctions } from "./system.ts";
import { WASI_MODULES, wasiFunctions } from "./wasi.ts";

/**
 * Everything that Envoy gives a module of ABI 0.2.1, by `module.name`: the functions of proxy-wasm, WASI under both of
 * its names, and two that Emscripten asks for (proxy-wasm-cpp-host wasm.cc, `registerCallbacks`). Functions of ABI 0.1.0
 * alone, such as `proxy_clear_route_cache`, are not among them.
 */
export function hostFunctions(vm: HostView): ReadonlyMap<string, HostFunction> {
  const table = new Map<string, HostFunction>([
    ["env.emscripten_notify_memory_growth", { type: "i:", call: () => undefined }],
    ["env.pthread_equal", { type: "ii:i", call: (a: number, b: number) => (a === b ? 1 : 0) }],
  ]);
  const families = [
    bufferFunctions,
    callOutFunctions,
    headerFunctions,
    metricFunctions,
    propertyFunctions,
    sharedFunctions,
    streamControlFunctions,
    systemFunctions,
  ];
  for (const family of families) {
    for (const [name, host] of Object.entries(family(vm))) table.set(`env.${name}`, host);
  }
  for (const [name, host] of Object.entries(wasiFunctions(vm))) {
    for (const module of WASI_MODULES) table.set(`${module}.${name}`, host);
  }
  return table;
}

/** What `malloc` may call while the proxy has it make room (proxy-wasm-cpp-host wasm.h, `allocMemory`). */
const WHILE_ALLOCATING = new Set(["proxy_log", "fd_write", "clock_time_get", "poll_oneoff"]);

/** What of WASI a module may not call while it starts: the few files that it could have open. */
const NOT_WHILE_STARTING = new Set(["fd_close", "fd_read", "fd_seek", "path_open", "proc_exit", "sched_yield"]);

/** Whether `malloc` may call a function, by `module.name`. */
export function allowedInAllocation(qualified: string): boolean {
  return WHILE_ALLOCATING.has(bareName(qualified));
}

/** Whether `_initialize`, `_start` and `main` may call a function (proxy-wasm-cpp-host wasm.cc, `startVm`). */
export function allowedAtStart(qualified: string): boolean {
  const name = bareName(qualified);
  if (!qualified.startsWith("env.")) return !NOT_WHILE_STARTING.has(name);
  return name === "proxy_log" || name === "emscripten_notify_memory_growth";
}

function bareName(qualified: string): string {
  return qualified.slice(qualified.indexOf(".") + 1);
}
