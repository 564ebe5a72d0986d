/** A file in an archive. */
export interface TarFile {
  /** Relative, with slashes, and of at most 100 bytes, as the header has no room for more. */
  name: string;
  bytes: Uint8Array;
  /** Whether it is a program. */
  executable?: boolean;
}

const BLOCK = 512;

/**
 * An archive of `files` in POSIX's ustar format, in the order given. Every file is root's, readable by all and of the
 * time zero, so that the bytes follow from the names and contents alone; programs are executable by all. Folders have no entries of their own, as readers
 * make those that they need.
 */
export function tar(files: readonly TarFile[]): Buffer {
  const parts: Buffer[] = [];
  for (const { name, bytes, executable = false } of files) {
    const padding = (BLOCK - (bytes.length % BLOCK)) % BLOCK;
    parts.push(header(name, bytes.length, executable ? 0o755 : 0o644), Buffer.from(bytes), Buffer.alloc(padding));
  }
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

/** The header of a regular file (POSIX.1-1988, "ustar Interchange Format"). */
function header(name: string, size: number, mode: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new Error(`${name} is too long for a tar header`);
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "ascii");
  block.write(name, 0, "utf8");
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write("        ", 148, "ascii"); // the checksum counts itself as spaces
  block.write("0", 156, "ascii");
  block.write("ustar\x0000", 257, "latin1");
  octal(0, 329, 8);
  octal(0, 337, 8);
  const checksum = block.reduce((sum, byte) => sum + byte, 0);
  block.write(`${checksum.toString(8).padStart(6, "0")}\0 `, 148, "ascii");
  return block;
}
