import { OF_CONVERT } from "./conversion.ts";
import { OF_EXPRESSIONS } from "./expressions.ts";
import { OF_FIELDS } from "./fields.ts";
import { OF_FILES, OF_UNREAD } from "./files.ts";
import { OF_FILTERS } from "./filters.ts";
import { OF_ISTIO } from "./istio-rules.ts";
import type { Kind } from "./kind.ts";
import { OF_REMARKS } from "./remarks.ts";

/**
 * Every kind of problem that a filter or the command reports about files, resources and configurations. The filters carry no codes:
 * they would cost bytes in every proxy. A message is of one kind alone; a test holds the table to the sources of all messages.
 */
export const KINDS: readonly Kind[] = [
  ...OF_FILES,
  OF_UNREAD,
  ...OF_FIELDS,
  ...OF_ISTIO,
  ...OF_FILTERS,
  ...OF_EXPRESSIONS,
  ...OF_REMARKS,
  ...OF_CONVERT,
];

/** Where a code's page is in the project, and in the place of `{code}` the code. */
export const PAGES = "docs/errors/{code}.md";

/**
 * The kinds that a message is of: one. Of several, which only a message with a user's own words in it could be, the first counts.
 *
 * @param message as a `Finding` has it: without a place and a path
 */
export function kindsOf(message: string): Kind[] {
  return KINDS.filter(({ messages }) => messages.some((pattern) => pattern.test(message)));
}

/** The code of a message; undefined if the table does not have it, which is a fault of the table. */
export function codeOf(message: string): string | undefined {
  return kindsOf(message)[0]?.code;
}

/** Where a code's page is: `template` with the code in the place of `{code}`. */
export function pageOf(code: string, template = PAGES): string {
  return template.replaceAll("{code}", code);
}
