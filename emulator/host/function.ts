/**
 * A function that a module can import.
 *
 * Its parameters arrive as WebAssembly passes them: an i32 as a signed number, an i64 as a bigint.
 */
export interface HostFunction {
  /** Parameters and result, such as `iiii:i`; `l` is an i64. */
  readonly type: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each has its own parameters
  readonly call: (...parameters: any[]) => number | void;
  /** Its arguments in words, for the record; called before `call`. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
  readonly show?: (...parameters: any[]) => string;
}

/** Host functions by their full name. */
export type HostFunctions = Readonly<Record<string, HostFunction>>;
