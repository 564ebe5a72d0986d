/**
 * Where AssemblyScript's own checks end (an array index, a failed assertion): a trap, with nothing imported for it, as
 * Envoy offers no `env.abort`. No code of a filter can reach it from a request or a configuration.
 */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  unreachable();
}
