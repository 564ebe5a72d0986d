/** Something that was found out about a place in a file. */
export interface Finding {
  readonly severity: "error" | "warning";
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** In place of these in an object that an API server has sent: a JSON pointer. */
  readonly pointer?: string;
  /** The path of the field, such as `spec.match[0].mode`; within pluginConfig as the filter writes it. */
  readonly path: string;
  readonly message: string;
  /** The filter that says so; absent where it is about the resource itself. */
  readonly filter?: string;
}

/** Whether there is an error among them. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some(({ severity }) => severity === "error");
}

/**
 * In the order of the files, and within a file of the lines.
 *
 * @param files their order; without it, the order in which the findings name them
 */
export function inOrder(findings: readonly Finding[], files: readonly string[] = []): Finding[] {
  const order = new Map([...files, ...findings.map(({ file }) => file)].reverse().map((file, place) => [file, -place]));
  const place = ({ file }: Finding): number => order.get(file) ?? 0;
  return [...findings].sort((a, b) => place(a) - place(b) || a.line - b.line || a.column - b.column);
}
