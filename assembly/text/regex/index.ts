/** Regular expressions: RE2's syntax, matched whole against bytes, in linear time and fixed memory. */
export { compileRegex } from "./compile";
export { RegexError, RegexErrorKind } from "./error";
export { Regex } from "./regex";
