import { fromUtf8, printable } from "../bytes.ts";
import { Status } from "../status.ts";
import type { HostFunctions, HostView } from "./function.ts";

/** Shared data and shared queues (proxy-wasm-cpp-host exports.cc, shared_data.cc, shared_queue.cc). */
export function sharedFunctions(vm: HostView): HostFunctions {
  const text = (address: number, size: number): string => printable(vm.memory.read(address, size) ?? "?");
  const { sharedData, sharedQueues } = vm.emulator;
  return {
    proxy_get_shared_data: {
      type: "iiiii:i",
      show: text,
      call(key: number, keySize: number, out: number, outSize: number, casOut: number) {
        const name = vm.memory.read(key, keySize);
        if (name === undefined) return Status.InvalidMemoryAccess;
        const found = sharedData.get(vm.vmId, name);
        if (found === undefined) return Status.NotFound;
        const status = vm.give(found.value, out, outSize);
        if (status !== Status.Ok) return status;
        return vm.memory.writeU32(casOut, found.cas) ? Status.Ok : Status.InvalidMemoryAccess;
      },
    },
    proxy_set_shared_data: {
      type: "iiiii:i",
      show: (key: number, keySize: number, value: number, size: number, cas: number) =>
        `${text(key, keySize)}=${text(value, size)}${cas === 0 ? "" : ` cas=${cas >>> 0}`}`,
      call(key: number, keySize: number, value: number, size: number, cas: number) {
        const name = vm.memory.read(key, keySize);
        const bytes = vm.memory.read(value, size);
        if (name === undefined || bytes === undefined) return Status.InvalidMemoryAccess;
        return sharedData.set(vm.vmId, name, bytes, cas >>> 0);
      },
    },
    proxy_register_shared_queue: {
      type: "iii:i",
      show: text,
      call(name: number, size: number, out: number) {
        const queue = vm.memory.read(name, size);
        if (queue === undefined) return Status.InvalidMemoryAccess;
        const root = vm.effective.root;
        const token: number = sharedQueues.register(vm.vmId, queue, () => root?.queueFilled(token));
        return vm.memory.writeU32(out, token) ? Status.Ok : Status.InvalidMemoryAccess;
      },
    },
    proxy_resolve_shared_queue: {
      type: "iiiii:i",
      show: (id: number, idSize: number, name: number, size: number) => `${text(id, idSize)} ${text(name, size)}`,
      call(id: number, idSize: number, name: number, size: number, out: number) {
        const vmId = vm.memory.read(id, idSize);
        const queue = vm.memory.read(name, size);
        if (vmId === undefined || queue === undefined) return Status.InvalidMemoryAccess;
        const token = sharedQueues.resolve(vmId === "" ? vm.vmId : fromUtf8(vmId), queue);
        if (token === 0) return Status.NotFound;
        return vm.memory.writeU32(out, token) ? Status.Ok : Status.InvalidMemoryAccess;
      },
    },
    proxy_enqueue_shared_queue: {
      type: "iii:i",
      show: (token: number, data: number, size: number) => `${token >>> 0} ${text(data, size)}`,
      call(token: number, data: number, size: number) {
        const item = vm.memory.read(data, size);
        if (item === undefined) return Status.InvalidMemoryAccess;
        return sharedQueues.enqueue(token >>> 0, item) ? Status.Ok : Status.NotFound;
      },
    },
    proxy_dequeue_shared_queue: {
      type: "iii:i",
      show: (token: number) => String(token >>> 0),
      call(token: number, out: number, outSize: number) {
        const item = sharedQueues.dequeue(token >>> 0);
        if (item === null) return Status.NotFound;
        return item === undefined ? Status.Empty : vm.give(item, out, outSize);
      },
    },
  };
}
