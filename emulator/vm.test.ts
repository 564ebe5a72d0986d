/** Loading, starting, failing: small modules written out in WebAssembly's text format. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { filter, wat } from "./test/wat.ts";
import { Emulator, LoadError, type VmOptions } from "./index.ts";

const LOG = `(import "env" "proxy_log" (func $log (param i32 i32 i32) (result i32)))`;
const PAIRS = `(import "env" "proxy_get_header_map_pairs" (func $pairs (param i32 i32 i32) (result i32)))`;

function load(bytes: Uint8Array, options: VmOptions = {}) {
  return new Emulator().loadSync(bytes, options);
}

/** What loading fails with. */
function refusal(bytes: Uint8Array): string {
  try {
    load(bytes);
  } catch (error) {
    assert.ok(error instanceof LoadError, String(error));
    return error.message;
  }
  return "loaded";
}

test("a module is refused with Envoy's own words", () => {
  const clear = `(import "env" "proxy_clear_route_cache" (func (result i32)))`;
  assert.equal(
    refusal(filter("", clear)),
    "Failed to load Wasm module due to a missing import: env.proxy_clear_route_cache",
  );
  const typed = `(import "env" "proxy_log" (func (param i32 i32) (result i32)))`;
  assert.match(refusal(filter("", typed)), /due to an import type mismatch: env\.proxy_log, want: ii:i/);
  assert.match(refusal(filter("", `(import "env" "abort" (func))`)), /missing import: env\.abort/);
  assert.equal(refusal(wat("(module)")), "Missing or unknown Proxy-Wasm ABI version");
  assert.match(refusal(wat(`(module (func (export "proxy_abi_version_0_1_0")))`)), /the module 0\.1\.0/);
  const noMalloc = `(module (memory (export "memory") 1) (func (export "proxy_abi_version_0_2_1")))`;
  assert.equal(refusal(wat(noMalloc)), "Wasm module is missing malloc function.");
  const callback = `(func (export "proxy_on_log") (param i32) (result i32) (i32.const 0))`;
  assert.match(refusal(filter(callback)), /Bad function signature for: proxy_on_log, want: i:, but .* i:i/);
  assert.match(refusal(new Uint8Array([1, 2, 3])), /Failed to load Wasm bytecode/);
});

test("proxy_on_memory_allocate serves where malloc is missing", () => {
  const module = `(module (memory (export "memory") 1) (func (export "proxy_abi_version_0_2_1"))
    (func (export "proxy_on_memory_allocate") (param i32) (result i32) (i32.const 8)))`;
  assert.equal(load(wat(module)).memoryBytes, 65536);
});

test("while starting, a module may log and nothing else of the proxy", () => {
  const start = (body: string): string => `(func (export "_initialize") ${body})`;
  const logs = filter(start("(drop (call $log (i32.const 2) (i32.const 0) (i32.const 0)))"), LOG);
  assert.deepEqual(load(logs).calls, ["log info"]);
  const reads = filter(start("(drop (call $pairs (i32.const 0) (i32.const 0) (i32.const 4)))"), PAIRS);
  assert.equal(refusal(reads), "Function: _initialize failed: Uncaught RuntimeError: restricted_callback");
});

test("_initialize is followed by main, and without it _start is called", () => {
  const mark = (name: string, letter: number, signature = ""): string => `
    (func (export "${name}") ${signature}
      (i32.store8 (global.get $at) (i32.const ${letter}))
      (drop (call $log (i32.const 2) (global.get $at) (i32.const 1)))
      ${signature === "" ? "" : "(i32.const 0)"})`;
  const at = "(global $at i32 (i32.const 64))";
  const main = mark("main", 109, "(param i32 i32) (result i32)");
  const messages = (bytes: Uint8Array): string[] => load(bytes).emulator.logs.map(({ message }) => message);
  assert.deepEqual(messages(filter(at + mark("_initialize", 105) + main + mark("_start", 115), LOG)), ["i", "m"]);
  assert.deepEqual(messages(filter(at + main + mark("_start", 115), LOG)), ["s"]);
});

test("malloc may call no other host function, and its trap fails the VM while the callback goes on", () => {
  const module = wat(`(module ${PAIRS} ${LOG}
    (memory (export "memory") 1)
    (func (export "proxy_abi_version_0_2_1"))
    (func (export "malloc") (param i32) (result i32) (call $pairs (i32.const 0) (i32.const 0) (i32.const 4)))
    (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
      (drop (call $log (i32.const 2) (i32.const 0)
        (i32.mul (i32.const 0) (call $pairs (i32.const 0) (i32.const 0) (i32.const 4)))))
      (i32.const 0)))`);
  const vm = load(module);
  const stream = vm.createRoot().stream({ requestHeaders: { a: "b" } });
  stream.requestHeaders();
  assert.equal(vm.failed, "Function: malloc failed: Uncaught RuntimeError: restricted_callback");
  assert.deepEqual(stream.calls, ["get_header_map_pairs request -> InvalidMemoryAccess", "log info"]);
});

const TRAPS = filter(`(func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32) (unreachable))`);

test("a trap fails the VM: this request, the next ones and new plugins are refused with 503", () => {
  const vm = load(TRAPS);
  const root = vm.createRoot();
  assert.equal(root.accepted, true);
  for (let i = 0; i < 2; i++) {
    const stream = root.stream({ requestHeaders: {} });
    assert.equal(stream.requestHeaders().action, "StopAllIterationAndWatermark");
    assert.equal(stream.localReply?.status, 503);
    assert.equal(stream.localReply.details, "wasm_fail_stream");
    assert.throws(() => stream.responseHeaders({}), /answered by a local reply/);
    stream.end();
  }
  assert.match(vm.failed ?? "", /^Function: proxy_on_request_headers failed: Uncaught RuntimeError: unreachable/);
  assert.equal(vm.createRoot().accepted, false);
});

test("under FAIL_OPEN requests pass a failed VM", () => {
  const root = load(TRAPS).createRoot({ failurePolicy: "FAIL_OPEN" });
  const stream = root.stream();
  assert.equal(stream.requestHeaders().action, "Continue");
  assert.equal(stream.responseHeaders({}).action, "Continue");
  assert.equal(stream.localReply, undefined);
});

test("recursion without end is a trap too", () => {
  const vm = load(filter(`(func $f (export "proxy_on_log") (param i32) (call $f (i32.const 0)))`));
  vm.createRoot().stream().log();
  assert.match(vm.failed ?? "", /^Function: proxy_on_log failed/);
});

test("an error in what a test put in is no failure of the module", () => {
  const get = `(import "env" "proxy_get_property" (func $get (param i32 i32 i32 i32) (result i32)))`;
  const callback = `(func (export "proxy_on_log") (param i32)
    (drop (call $get (i32.const 0) (i32.const 1) (i32.const 8) (i32.const 12))))`;
  const vm = load(filter(callback, get));
  const properties = (): undefined => {
    throw new Error("mine");
  };
  const stream = vm.createRoot().stream({ properties });
  assert.throws(() => stream.log(), /mine/);
  assert.equal(vm.failed, undefined);
});

test("where malloc gives 0 or too high an address, nothing is written", () => {
  for (const address of [0, 65530]) {
    const module = wat(`(module ${PAIRS}
      (memory (export "memory") 1)
      (func (export "proxy_abi_version_0_2_1"))
      (func (export "malloc") (param i32) (result i32) (i32.const ${address}))
      (func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
        (call $pairs (i32.const 0) (i32.const 0) (i32.const 4))))`);
    const vm = load(module);
    const stream = vm.createRoot().stream({ requestHeaders: { a: "b" } });
    // The status comes back as the action; 6 is none, so all is stopped.
    assert.equal(stream.requestHeaders().action, "StopAllIterationAndWatermark");
    assert.deepEqual(stream.calls, ["get_header_map_pairs request -> InvalidMemoryAccess"]);
    assert.equal(vm.failed, undefined);
  }
});

test("pointers beyond memory are InvalidMemoryAccess, also at its very end", () => {
  const give = (out: number): string[] => {
    const callback = `(func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
      (drop (call $pairs (i32.const 0) (i32.const ${out}) (i32.const 0))) (i32.const 0))`;
    const stream = load(filter(callback, PAIRS))
      .createRoot()
      .stream({ requestHeaders: { a: "b" } });
    stream.requestHeaders();
    return stream.calls;
  };
  assert.deepEqual(give(65532), ["get_header_map_pairs request"]);
  assert.deepEqual(give(65533), ["get_header_map_pairs request -> InvalidMemoryAccess"]);
  assert.deepEqual(give(-1), ["get_header_map_pairs request -> InvalidMemoryAccess"]);
});

test("memory that grows stays readable", () => {
  const callback = `(func (export "proxy_on_request_headers") (param i32 i32 i32) (result i32)
    (drop (call $pairs (i32.const 0) (i32.const 0) (i32.const 4)))
    (drop (memory.grow (i32.const 3)))
    (i32.store8 (i32.const 200000) (i32.const 88))
    (call $log (i32.const 2) (i32.const 200000) (i32.const 1)))`;
  const vm = load(filter(callback, PAIRS + LOG));
  vm.createRoot()
    .stream({ requestHeaders: { a: "b" } })
    .requestHeaders();
  assert.equal(vm.emulator.logs[0]?.message, "X");
  assert.equal(vm.memoryBytes, 4 * 65536);
});

test("functions of WASI answer as far as Envoy has them", () => {
  const imports = `
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_open"
      (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))`;
  const callback = `(func (export "proxy_on_log") (param i32)
    (drop (call $random (i32.const 0) (i32.const 65537)))
    (drop (call $random (i32.const 0) (i32.const 8)))
    (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 8)))
    (drop (call $clock (i32.const 2) (i64.const 0) (i32.const 8)))
    (drop (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0) (i64.const 0) (i64.const 0)
      (i32.const 0) (i32.const 0)))
    (i32.store (i32.const 32) (i32.const 40)) (i32.store (i32.const 36) (i32.const 3))
    (i32.store (i32.const 40) (i32.const 0x0a6968))
    (drop (call $write (i32.const 2) (i32.const 32) (i32.const 1) (i32.const 48)))
    (drop (call $write (i32.const 3) (i32.const 32) (i32.const 1) (i32.const 48))))`;
  const emulator = new Emulator();
  emulator.random = (size) => new Uint8Array(size).fill(7);
  const vm = emulator.loadSync(filter(callback, imports));
  const stream = vm.createRoot().stream();
  stream.log();
  assert.deepEqual(stream.calls, [
    "random_get 65537 -> errno 28",
    "random_get 8",
    "clock_time_get 1",
    "clock_time_get 2 -> errno 58",
    "path_open -> errno 44",
    "fd_write 2 hi\\x0a",
    "fd_write 3 hi\\x0a -> errno 8",
  ]);
  assert.equal(vm.memory.read(0, 8), "\x07".repeat(8));
  assert.equal(vm.memory.read(8, 8), "\0\xa0\xb8\x30\x46\x03\0\0", "one hour is 0x34630b8a000 ns");
  assert.deepEqual(
    emulator.logs.map(({ level, message }) => [level, message]),
    [["error", "hi"]],
  );
  assert.equal(vm.memory.readU32(48), 3);
});

test("what is forbidden answers InternalFailure, in WASI ENOTCAPABLE, and a forbidden callback is not called", () => {
  const random = `(import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))`;
  const callbacks = `(func (export "proxy_on_log") (param i32)
      (drop (call $pairs (i32.const 0) (i32.const 0) (i32.const 4)))
      (drop (call $random (i32.const 0) (i32.const 4))))
    (func (export "proxy_on_delete") (param i32) (unreachable))`;
  const vm = load(filter(callbacks, PAIRS + random), { allowedCapabilities: ["proxy_on_log"] });
  const stream = vm.createRoot().stream();
  stream.end();
  assert.equal(vm.failed, undefined);
  assert.deepEqual(stream.calls, ["get_header_map_pairs request -> InternalFailure", "random_get 4 -> errno 76"]);
});
