/** What it came to, to extract a format from a request. */
export const enum ExtractResult {
  /** It has none of the format's headers, or none that say anything. */
  ABSENT = 0,
  /** A context; its span id is 0 where the format lets the headers name no span. */
  FOUND = 1,
  /** A sampling decision without ids. */
  DECISION = 2,
  /** Not what the format's specification allows: nothing of it is to be used. */
  INVALID = 3,
}
