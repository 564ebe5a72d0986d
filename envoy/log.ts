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
 * What the filter itself said at `warning` or above, each message once: Envoy configures it on every worker, and each
 * says the same.
 */
export function saidByFilter(text: string): string[] {
  const messages = readLog(text)
    .filter(({ component, level }) => component === "wasm" && ["warning", "error", "critical"].includes(level))
    .map(({ message }) => /^wasm log[^:]*: (.*)$/s.exec(message)?.[1])
    .filter((message) => message !== undefined);
  return [...new Set(messages)];
}
