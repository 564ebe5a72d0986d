/**
 * The package was written for a compiler whose runtime counted references; the present one traces, and pins what the
 * host holds. These are the two names that the package imports.
 */
export function __retain(pointer: usize): usize {
  return __pin(pointer);
}

export function __release(pointer: usize): void {
  __unpin(pointer);
}
