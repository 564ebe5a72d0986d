import { proxy_log } from "@solo-io/proxy-runtime/assembly/imports";
import { Text } from "../text/text";
import { proxy_get_log_level } from "./env";
import { Status } from "./status";

/** The levels (proxy-wasm 0.2.1, `proxy_log_level_t`). */
export const enum LogLevel {
  TRACE = 0,
  DEBUG = 1,
  INFO = 2,
  WARN = 3,
  ERROR = 4,
  CRITICAL = 5,
}

const out: usize = memory.data(4, 4);
let level: LogLevel = LogLevel.INFO;

/**
 * Asks the host for its log level and keeps it. The host would check the level only after the message has crossed, so
 * what is below it must not be put together at all; asking costs a call, so it is done when configured, not per request.
 */
export function refreshLogLevel(): void {
  if (<Status>proxy_get_log_level(out) == Status.OK) level = <LogLevel>load<u32>(out);
}

/** Whether a message of that level would be written. Ask before putting one together. */
export function logs(wanted: LogLevel): bool {
  return wanted >= level;
}

/** Writes a line to Envoy's `wasm` logger. */
export function log(at: LogLevel, line: Text): void {
  logBytes(at, line.start, line.length);
}

/** Writes a line to Envoy's `wasm` logger. A host that refuses it leaves nothing that could be done. */
export function logBytes(at: LogLevel, start: usize, length: u32): void {
  if (logs(at)) proxy_log(at, start, length);
}
