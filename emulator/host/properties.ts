import { printable, fromUtf8 } from "../bytes.ts";
import { Status } from "../status.ts";
import type { HostFunctions, HostView } from "./function.ts";

/** Properties (Envoy's context.cc `getProperty` and `setProperty`). */
export function propertyFunctions(vm: HostView): HostFunctions {
  const text = (address: number, size: number): string => printable(vm.memory.read(address, size) ?? "?");
  const showPath = (path: number, size: number): string =>
    printable((vm.memory.read(path, size) ?? "?").replace(/\0$/, "").replaceAll("\0", "."));
  const paths = new Map<string, readonly string[]>();

  /** The segments of a path, in UTF-8. One NUL at the end is none too many; no path at all has no segment. */
  function segments(path: string): readonly string[] {
    let known = paths.get(path);
    if (known === undefined) {
      known = path === "" ? [] : path.replace(/\0$/, "").split("\0").map(fromUtf8);
      if (paths.size < 1000) paths.set(path, known);
    }
    return known;
  }

  return {
    proxy_get_property: {
      type: "iiii:i",
      show: showPath,
      call(path: number, pathSize: number, out: number, outSize: number) {
        const bytes = vm.memory.read(path, pathSize);
        if (bytes === undefined) return Status.InvalidMemoryAccess;
        const parts = segments(bytes);
        // Without a path there is a value, which is null (Envoy 1.40.0 gives 3).
        if (parts.length === 0) return Status.SerializationFailure;
        const value = vm.effective.property(parts);
        return typeof value === "number" ? value : vm.give(value, out, outSize);
      },
    },
    proxy_set_property: {
      type: "iiii:i",
      show: (path: number, pathSize: number, value: number, size: number) =>
        `${showPath(path, pathSize)}=${text(value, size)}`,
      call(path: number, pathSize: number, value: number, size: number) {
        const key = vm.memory.read(path, pathSize);
        const bytes = vm.memory.read(value, size);
        if (key === undefined || bytes === undefined) return Status.InvalidMemoryAccess;
        return vm.effective.setProperty(key, bytes);
      },
    },
  };
}
