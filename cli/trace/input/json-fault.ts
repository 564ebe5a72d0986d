/** What can follow at a place in JSON. */
type Next = "value" | "value or ]" | "key" | "key or }" | ":" | ", or ]" | ", or }" | "end";

const TOKEN =
  // eslint-disable-next-line no-control-regex
  /\s*(?:([{}[\],:])|("[^"\\\0-\x1f]*(?:\\(?:["\\/bfnrt]|u[\da-fA-F]{4})[^"\\\0-\x1f]*)*")|((?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.])))/y;

/**
 * Where a text stops being JSON (RFC 8259), counted in characters; the text's length if it ends too early. For texts that
 * `JSON.parse` refuses, as its messages do not always say where.
 */
export function jsonFaultAt(text: string): number {
  const open: ("[" | "{")[] = [];
  let next: Next = "value";
  let at = 0;
  for (;;) {
    TOKEN.lastIndex = at;
    const [whole = "", mark, string, scalar] = TOKEN.exec(text) ?? [];
    const after: Next | undefined = whole === "" ? undefined : following(next, mark ?? "", { string, scalar }, open);
    if (after === undefined) return at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
    next = after;
    at += whole.length;
  }
}

/** What can follow a token; `undefined` if the token cannot stand there. */
function following(
  next: Next,
  mark: string,
  { string, scalar }: { string: string | undefined; scalar: string | undefined },
  open: ("[" | "{")[],
): Next | undefined {
  const closed = (): Next => {
    const around = open.at(-1);
    return around === undefined ? "end" : around === "[" ? ", or ]" : ", or }";
  };
  if (next.startsWith("value") && (string !== undefined || scalar !== undefined)) return closed();
  if (next.startsWith("value") && (mark === "[" || mark === "{")) {
    open.push(mark);
    return mark === "[" ? "value or ]" : "key or }";
  }
  if (next.startsWith("key") && string !== undefined) return ":";
  if (next === ":" && mark === ":") return "value";
  if (mark === "," && next.startsWith(",")) return open.at(-1) === "[" ? "value" : "key";
  if (mark !== "" && next.endsWith(mark) && next !== ":") {
    open.pop();
    return closed();
  }
  return undefined;
}
