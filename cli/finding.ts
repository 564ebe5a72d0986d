/** Something that was found out about a place in a file. */
export interface Finding {
  readonly severity: "error" | "warning";
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
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

/** In the order of the files, and within a file of the lines. */
export function inOrder(findings: readonly Finding[]): Finding[] {
  const files = [...new Set(findings.map(({ file }) => file))];
  return [...findings].sort(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}
