/** Something that keeps a text from being read, and where: counted in characters from the text's start. */
export interface Fault {
  readonly offset: number;
  readonly message: string;
}

/** What YAML refuses in a text (YAML 1.1, 5.1), and go-yaml with it. */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/** The first character that no YAML may have. */
export function unprintable(text: string): Fault | undefined {
  const offset = text.search(UNPRINTABLE);
  if (offset < 0) return undefined;
  const code = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, "0");
  return { offset, message: `not YAML: the control character U+${code}` };
}

/** Where a text has the first action of a Go template, such as `{{ .Values.image }}`, that is in no comment. */
export function templateAt(text: string): number | undefined {
  const match = /^[^#\n]*?(?=\{\{.*\}\})/m.exec(text);
  return match === null ? undefined : match.index + match[0].length;
}
