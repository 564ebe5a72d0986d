import { Region } from "../../memory/region";
import { Text } from "../text";

/** What is wrong with a pattern; the first twelve are RE2's own errors. */
export const enum RegexErrorKind {
  None,
  Escape,
  Class,
  ClassRange,
  MissingBracket,
  MissingParenthesis,
  UnexpectedParenthesis,
  TrailingBackslash,
  RepeatArgument,
  RepeatSize,
  RepeatOperator,
  Group,
  GroupName,
  /** RE2 has it, this engine does not. */
  Unsupported,
  /** The pattern, or the program made of it, is beyond the bounds in `limits.ts`. */
  TooLarge,
}

/** Why a pattern was refused, for whoever wrote it. */
@unmanaged
export class RegexError {
  kind: RegexErrorKind;

  /** Where in the pattern the refused part begins, in bytes from 0. */
  offset: u32;

  /** One sentence without a full stop, as `utf8("…")` gives it: it lives as long as the module. */
  message: Text;

  /** Gives an error that says nothing yet. */
  static within(region: Region): RegexError {
    return changetype<RegexError>(region.take(offsetof<RegexError>()));
  }
}
