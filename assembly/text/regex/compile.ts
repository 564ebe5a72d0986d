import { Region } from "../../memory/region";
import { Text, utf8 } from "../text";
import { RegexError, RegexErrorKind } from "./error";
import { MAX_PATTERN } from "./limits";
import { Parser } from "./parser";
import { ProgramBuilder } from "./program-builder";
import { Regex } from "./regex";

/**
 * Compiles a pattern in RE2's syntax, as Envoy has it: whole matches, over bytes (Envoy's `re2_use_latin1_mode`).
 *
 * @param region holds the result with all the memory that it will ever use: about 5 KB for a usual pattern, 600 KB for
 *   the largest
 * @param error says why the result is null: RE2 refuses the pattern too, or `Unsupported` or `TooLarge`
 */
export function compileRegex(region: Region, pattern: Text, error: RegexError): Regex | null {
  if (pattern.length > MAX_PATTERN) {
    error.kind = RegexErrorKind.TooLarge;
    error.offset = MAX_PATTERN;
    error.message = utf8("the pattern is longer than 8192 bytes");
    return null;
  }
  const scratch = Region.open();
  const builder = ProgramBuilder.within(scratch);
  let regex: Regex | null = null;
  if (Parser.parse(pattern, builder, error, scratch)) regex = Regex.of(builder.finish(region), region, scratch);
  scratch.close();
  return regex;
}
