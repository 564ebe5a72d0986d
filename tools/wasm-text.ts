import binaryen from "./binaryen.ts";

/** A module as Binaryen's text: a line for each instruction, an operand indented by one blank more than what it belongs to. */
export function textOf(bytes: Uint8Array): string {
  const module = binaryen.readBinary(bytes);
  try {
    return module.emitText();
  } finally {
    module.dispose();
  }
}

/**
 * The module that a text describes.
 *
 * @throws Error if it describes none
 */
export function assembled(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  try {
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
