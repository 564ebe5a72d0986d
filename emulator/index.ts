/**
 * A proxy-wasm 0.2.1 host that behaves as Envoy 1.40 does, in Node and in browsers (it uses no API of either alone).
 *
 * ```ts
 * const emulator = new Emulator({ clusters: ["oauth"] });
 * const vm = await emulator.load(bytes);
 * const root = vm.createRoot({ rootId: "authz", configuration: JSON.stringify(config), node: { metadata } });
 * const stream = root.stream({ requestHeaders: { ":path": "/" }, properties: { connection: { mtls: true } } });
 * const { action, headers } = stream.requestHeaders();
 * assert.deepEqual(stream.calls, ["get_header_map_pairs request", "get_property connection.mtls"]);
 * stream.end();
 * ```
 */
export * from "./actions.ts";
export { byteString, fromArray, fromUtf8, printable, toArray, utf8, type Bytes, type ByteString } from "./bytes.ts";
export { HostCall } from "./calls.ts";
export { CALLBACKS, type Callback } from "./callbacks.ts";
export { Clock } from "./clock.ts";
export { Context } from "./context.ts";
export { Emulator, type EmulatorOptions } from "./emulator.ts";
export { exportGlobals } from "./export-globals.ts";
export type { FilterStateValue, LifeSpan } from "./filter-state.ts";
export type { ForeignFunction } from "./foreign.ts";
export { HeaderMap, type HeaderMapKind, type Headers } from "./headers.ts";
export type { LocalReply } from "./local-reply.ts";
export type { LogLine } from "./log.ts";
export { Metrics } from "./metrics.ts";
export { readModuleTypes, type ModuleTypes } from "./module-types.ts";
export { decodePairs, encodePairs, type Pair } from "./pairs.ts";
export type { HttpCall, HttpCallAnswer, Node, RootOptions } from "./plugin.ts";
export type { Properties } from "./properties.ts";
export { double, struct, type PropertyValue } from "./property-value.ts";
export { seededRandom, systemRandom, type RandomSource } from "./random.ts";
export { Root } from "./root.ts";
export { SharedData } from "./shared-data.ts";
export { LOG_LEVELS, Status, statusName, type LogLevel } from "./status.ts";
export { Stream, type BodyOutcome, type HeadersOutcome, type StreamOptions } from "./stream.ts";
export { LoadError, Vm, type VmOptions } from "./vm.ts";
