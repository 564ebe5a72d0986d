/** Where AssemblyScript's own `abort` goes: the proxy has no `env.abort`. */
export function abort(_message: string | null, _file: string | null, _line: u32, _column: u32): void {
  // eslint-disable-next-line no-restricted-syntax -- to trap is its purpose
  unreachable();
}
