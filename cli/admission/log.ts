import { streams } from "../output/streams.ts";

/** How much an entry matters. */
export type Level = "info" | "warning" | "error";

/** Writes one entry of the server's log to standard error: a line of JSON, so that no text of a request can look like an entry. */
export function log(level: Level, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  streams.err(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`);
}
