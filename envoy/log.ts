/** Envoy's `--log-format` that `readLog` reads: a mark, the level, the component and the message. */
export const LOG_FORMAT = "@%l@%n@%v";

/** A message of Envoy's log; a message of several lines is one entry. */
export interface LogEntry {
  level: string;
  component: string;
  message: string;
}

/** The messages of a piece of Envoy's log. Lines before the first message are left out. */
export function readLog(text: string): LogEntry[] {
  const entries: LogEntry[] = [];
  for (const line of text.split("\n")) {
    const [, level, component, message] = /^@(\w+)@([\w-]+)@(.*)$/.exec(line) ?? [];
    const last = entries[entries.length - 1];
    if (level !== undefined) entries.push({ level, component: component ?? "", message: message ?? "" });
    else if (last !== undefined && line !== "") last.message += `\n${line}`;
  }
  return entries;
}

/**
 * Takes out of a piece of Envoy's log what the filter said at `info` and is to be shown: gives what `shown` makes of it, and
 * the log without those lines. Such a line is one message; an incomplete last line stays.
 */
export function takeRequests(
  text: string,
  shown: (line: string) => string | undefined = () => undefined,
): { lines: string[]; rest: string } {
  const lines: string[] = [];
  const complete = text.split("\n");
  const last = complete.pop() ?? "";
  const others = complete.filter((line) => {
    const [entry] = readLog(line);
    const said = entry?.level === "info" && entry.component === "wasm" ? saidIn(entry) : undefined;
    const told = said === undefined ? undefined : shown(said);
    if (told !== undefined) lines.push(told);
    return told === undefined;
  });
  return { lines, rest: [...others, last].join("\n") };
}

/**
 * What the filter itself said at `warning` or above, each message once: Envoy configures it on every worker, and each
 * says the same.
 */
export function saidByFilter(text: string): string[] {
  const messages = readLog(text)
    .filter(({ component, level }) => component === "wasm" && ["warning", "error", "critical"].includes(level))
    .map(saidIn)
    .filter((message) => message !== undefined);
  return [...new Set(messages)];
}

/** What a module said, out of the message that Envoy makes of it. */
function saidIn({ message }: LogEntry): string | undefined {
  return /^wasm log[^:]*: (.*)$/s.exec(message)?.[1];
}
