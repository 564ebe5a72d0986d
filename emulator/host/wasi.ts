import { fromArray, fromUtf8, printable, utf8, type ByteString } from "../bytes.ts";
import type { HostFunction, HostFunctions, HostView } from "./function.ts";

/** What functions of WASI return (WASI preview 1, `errno`); `notCapable` is what a forbidden one gives. */
export const ERRNO = {
  success: 0,
  badf: 8,
  fault: 21,
  inval: 28,
  noent: 44,
  nosys: 52,
  notdir: 20,
  notsup: 58,
  notCapable: 76,
};

const MAX_RANDOM = 64 * 1024;
const INFO = 2;
const ERROR = 4;

/** The module names under which WASI is given. */
export const WASI_MODULES = ["wasi_snapshot_preview1", "wasi_unstable"];

/** WASI as far as Envoy has it (proxy-wasm-cpp-host exports.cc, `wasi_unstable_*`); most of it only refuses. */
export function wasiFunctions(vm: HostView): HostFunctions {
  const { clock } = vm.emulator;
  const isOutput = (fd: number): boolean => fd === 1 || fd === 2;
  const written = (done: boolean): number => (done ? ERRNO.success : ERRNO.fault);
  const refuse = (type: string, errno: number): HostFunction => ({ type, call: () => errno });
  const outputOnly = (type: string): HostFunction => ({
    type,
    call: (fd: number) => (isOutput(fd) ? ERRNO.success : ERRNO.badf),
  });
  const environment = (): ByteString[] => Object.entries(vm.environment).map(([k, v]) => `${utf8(k)}=${utf8(v)}\0`);

  function write(fd: number, vectors: number, count: number, out: number): number {
    if (!isOutput(fd)) return ERRNO.badf;
    let text = "";
    for (let i = 0; i < count; i++) {
      const address = vm.memory.readU32(vectors + 8 * i);
      const size = vm.memory.readU32(vectors + 8 * i + 4);
      if (address === undefined || size === undefined) return ERRNO.fault;
      const bytes = vm.memory.read(address, size);
      if (bytes === undefined) return ERRNO.fault;
      text += bytes;
    }
    if (text !== "") vm.logIfEnabled(fd === 1 ? INFO : ERROR, fromUtf8(text.replace(/\n$/, "")));
    return written(vm.memory.writeU32(out, text.length));
  }

  return {
    fd_write: {
      type: "iiii:i",
      show: (fd: number, vectors: number) =>
        `${fd} ${printable(vm.memory.read(vm.memory.readU32(vectors) ?? 0, vm.memory.readU32(vectors + 4) ?? 0) ?? "?")}`,
      call: write,
    },
    fd_pwrite: {
      type: "iiili:i",
      call: (fd: number, vectors: number, count: number, _offset: bigint, out: number) =>
        write(fd, vectors, count, out),
    },
    environ_sizes_get: {
      type: "ii:i",
      call: (countOut: number, sizeOut: number) =>
        written(
          vm.memory.writeU32(countOut, environment().length) &&
            vm.memory.writeU32(sizeOut, environment().join("").length),
        ),
    },
    environ_get: {
      type: "ii:i",
      call(array: number, buffer: number) {
        let at = buffer;
        for (const [i, variable] of environment().entries()) {
          if (!vm.memory.writeU32(array + 4 * i, at) || !vm.memory.write(at, variable)) return ERRNO.fault;
          at += variable.length;
        }
        return ERRNO.success;
      },
    },
    args_sizes_get: {
      type: "ii:i",
      call: (countOut: number, sizeOut: number) =>
        written(vm.memory.writeU32(countOut, 0) && vm.memory.writeU32(sizeOut, 0)),
    },
    args_get: refuse("ii:i", ERRNO.success),
    clock_time_get: {
      type: "ili:i",
      show: (id: number) => String(id),
      call(id: number, _precision: bigint, out: number) {
        if (id !== 0 && id !== 1) return ERRNO.notsup;
        return written(vm.memory.writeU64(out, id === 0 ? clock.realtime : clock.monotonic));
      },
    },
    clock_res_get: {
      type: "ii:i",
      call: (id: number, out: number) => (id === 0 || id === 1 ? written(vm.memory.writeU64(out, 1n)) : ERRNO.notsup),
    },
    random_get: {
      type: "ii:i",
      show: (_address: number, size: number) => String(size >>> 0),
      call(address: number, size: number) {
        if (size >>> 0 > MAX_RANDOM) return ERRNO.inval;
        if (size === 0) return ERRNO.success;
        return written(vm.memory.write(address, fromArray(vm.emulator.random(size))));
      },
    },
    proc_exit: { type: "i:", show: String, call: () => undefined },
    sched_yield: refuse(":i", ERRNO.success),
    poll_oneoff: {
      type: "iiii:i",
      call: (_in: number, _out: number, _count: number, eventsOut: number) => written(vm.memory.writeU32(eventsOut, 0)),
    },
    fd_fdstat_get: {
      type: "ii:i",
      call(fd: number, out: number) {
        if (!isOutput(fd)) return ERRNO.badf;
        vm.memory.write(out, `${"\0".repeat(8)}\x40${"\0".repeat(15)}`);
        return ERRNO.success;
      },
    },
    fd_advise: refuse("illi:i", ERRNO.success),
    fd_allocate: outputOnly("ill:i"),
    fd_close: refuse("i:i", ERRNO.success),
    fd_datasync: outputOnly("i:i"),
    fd_fdstat_set_flags: refuse("ii:i", ERRNO.nosys),
    fd_fdstat_set_rights: outputOnly("ill:i"),
    fd_filestat_get: refuse("ii:i", ERRNO.badf),
    fd_filestat_set_size: outputOnly("il:i"),
    fd_filestat_set_times: outputOnly("illi:i"),
    fd_pread: refuse("iiili:i", ERRNO.nosys),
    fd_prestat_dir_name: refuse("iii:i", ERRNO.nosys),
    fd_prestat_get: refuse("ii:i", ERRNO.badf),
    fd_read: refuse("iiii:i", ERRNO.nosys),
    fd_readdir: refuse("iiili:i", ERRNO.notdir),
    fd_renumber: {
      type: "ii:i",
      call: (fd: number, to: number) => (isOutput(fd) && isOutput(to) ? ERRNO.notsup : ERRNO.badf),
    },
    fd_seek: refuse("ilii:i", ERRNO.success),
    fd_sync: outputOnly("i:i"),
    fd_tell: {
      type: "ii:i",
      call: (fd: number, out: number) => (isOutput(fd) ? written(vm.memory.writeU64(out, 0n)) : ERRNO.badf),
    },
    path_create_directory: refuse("iii:i", ERRNO.notsup),
    path_filestat_get: refuse("iiiii:i", ERRNO.notsup),
    path_filestat_set_times: refuse("iiiilli:i", ERRNO.notsup),
    path_link: refuse("iiiiii:i", ERRNO.notsup),
    path_open: refuse("iiiiillii:i", ERRNO.noent),
    path_readlink: refuse("iiiiii:i", ERRNO.notsup),
    path_remove_directory: refuse("iii:i", ERRNO.notsup),
    path_rename: refuse("iiiiii:i", ERRNO.notsup),
    path_symlink: refuse("iiii:i", ERRNO.notsup),
    path_unlink_file: refuse("iii:i", ERRNO.notsup),
    sock_accept: refuse("iii:i", ERRNO.notsup),
    sock_recv: refuse("iiiiii:i", ERRNO.notsup),
    sock_send: refuse("iiiii:i", ERRNO.notsup),
    sock_shutdown: refuse("ii:i", ERRNO.notsup),
  };
}
