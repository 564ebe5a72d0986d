import { OF_UNREAD } from "../codes/files.ts";

/** A line about something that cannot be read, without a code. */
const UNREAD = new RegExp(
  `^[^\\n]*(?:${OF_UNREAD.messages.map(({ source }) => source).join("|")})[^\\n]*(?<!\\])$`,
  "gm",
);

/** What the command says on standard error of why it cannot do its work. A file that cannot be read has a code. */
export function failureLine(message: string): string {
  return `signalbox: ${message.replace(UNREAD, (line) => `${line} [${OF_UNREAD.code}]`)}\n`;
}
