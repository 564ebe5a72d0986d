import { LOG_LEVELS, type LogLevel } from "./status.ts";

/** A line of Envoy's log that a module wrote. */
export interface LogLine {
  readonly level: LogLevel;
  /** UTF-8, U+FFFD where it is not. */
  readonly message: string;
  /** The root id of the plugin that wrote it; empty while the VM starts. */
  readonly rootId: string;
  /** The context that wrote it. */
  readonly contextId: number;
}

/** The number of a level, as proxy-wasm and spdlog have it. */
export function levelNumber(level: LogLevel): number {
  return LOG_LEVELS.indexOf(level);
}
