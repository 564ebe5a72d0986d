/** What a host call returns (proxy-wasm 0.2.1, `proxy_status_t`; proxy-wasm-cpp-host `WasmResult`). */
export const Status = {
  Ok: 0,
  NotFound: 1,
  BadArgument: 2,
  SerializationFailure: 3,
  ParseFailure: 4,
  BadExpression: 5,
  InvalidMemoryAccess: 6,
  Empty: 7,
  CasMismatch: 8,
  ResultMismatch: 9,
  InternalFailure: 10,
  BrokenConnection: 11,
  Unimplemented: 12,
} as const;

const NAMES = Object.keys(Status);

/** The name of a status, or its number where it has none. */
export function statusName(status: number): string {
  return NAMES[status] ?? `status ${status}`;
}

/** Log levels as proxy-wasm numbers them; `off` is only a level to filter by. */
export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "critical", "off"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
