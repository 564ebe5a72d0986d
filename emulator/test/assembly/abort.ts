/** Where AssemblyScript's own `abort` goes: the proxy has no `env.abort`. */
export function abort(_message: string | null, _file: string | null, _line: u32, _column: u32): void {
  // To trap is its purpose.
  unreachable();
}
