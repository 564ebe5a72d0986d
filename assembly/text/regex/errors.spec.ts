/** What RE2 refuses, and where; the kinds are those of RE2's own errors. */
import { Region } from "../../memory/region";
import { refusal, regexOf } from "../../../test/support/spec/regex";
import { RegexError, RegexErrorKind, compileRegex } from "./index";
import { Text } from "../text";

/** The kind of the error that a pattern gives, and its offset. */
function refused(pattern: string, kind: RegexErrorKind, offset: u32): bool {
  if (regexOf(pattern) != null) return false;
  return refusal().kind == kind && refusal().offset == offset && refusal().message.length > 0;
}

describe("a pattern is refused for", () => {
  it("escapes that RE2 has not", () => {
    for (let i = 0; i < 18; i++) {
      const pattern = [
        "\\1",
        "\\8",
        "\\18",
        "\\e",
        "\\Z",
        "\\G",
        "\\h",
        "\\K",
        "\\R",
        "\\X",
        "\\cA",
        "\\u0041",
        "\\N",
        "\\E",
        "\\q",
        "\\é",
        "\\xg1",
        "\\x{}",
      ][i];
      expect<bool>(refused("a" + pattern, RegexErrorKind.Escape, 1)).toBeTruthy(pattern);
    }
    expect<bool>(refused("\\x", RegexErrorKind.Escape, 0)).toBeTruthy("\\x");
    expect<bool>(refused("\\x4", RegexErrorKind.Escape, 0)).toBeTruthy("\\x4");
    expect<bool>(refused("\\x{41", RegexErrorKind.Escape, 0)).toBeTruthy("\\x{41");
    expect<bool>(refused("[\\b]", RegexErrorKind.Escape, 1)).toBeTruthy("[\\b]");
    expect<bool>(refused("[\\Qa\\E]", RegexErrorKind.Escape, 1)).toBeTruthy("[\\Qa\\E]");
    expect<bool>(refused("ab\\", RegexErrorKind.TrailingBackslash, 2)).toBeTruthy("ab\\");
  });

  it("code points that are no byte", () => {
    expect<bool>(refused("\\x{100}", RegexErrorKind.Escape, 0)).toBeTruthy("\\x{100}");
    expect<bool>(refused("\\x{10FFFF}", RegexErrorKind.Escape, 0)).toBeTruthy("\\x{10FFFF}");
    expect<bool>(refused("\\400", RegexErrorKind.Escape, 0)).toBeTruthy("\\400");
    expect<bool>(refused("[a-\\x{100}]", RegexErrorKind.Escape, 3)).toBeTruthy("[a-\\x{100}]");
  });

  it("classes", () => {
    expect<bool>(refused("[z-a]", RegexErrorKind.ClassRange, 1)).toBeTruthy("[z-a]");
    expect<bool>(refused("[a-\\d]", RegexErrorKind.Escape, 3)).toBeTruthy("[a-\\d]");
    expect<bool>(refused("x[abc", RegexErrorKind.MissingBracket, 1)).toBeTruthy("x[abc");
    expect<bool>(refused("[]", RegexErrorKind.MissingBracket, 0)).toBeTruthy("[]");
    expect<bool>(refused("[^]", RegexErrorKind.MissingBracket, 0)).toBeTruthy("[^]");
    expect<bool>(refused("[a-", RegexErrorKind.MissingBracket, 0)).toBeTruthy("[a-");
    expect<bool>(refused("[[:foo:]]", RegexErrorKind.ClassRange, 1)).toBeTruthy("[[:foo:]]");
    expect<bool>(refused("[[:Alpha:]]", RegexErrorKind.ClassRange, 1)).toBeTruthy("[[:Alpha:]]");
    expect<bool>(refused("[[::]]", RegexErrorKind.ClassRange, 1)).toBeTruthy("[[::]]");
    expect<bool>(refused("[[:a]b:]", RegexErrorKind.ClassRange, 1)).toBeTruthy("[[:a]b:]");
    expect<bool>(refused("\\p", RegexErrorKind.ClassRange, 0)).toBeTruthy("\\p");
    expect<bool>(refused("\\p{Lu", RegexErrorKind.ClassRange, 0)).toBeTruthy("\\p{Lu");
    expect<bool>(refused("\\p{lu}", RegexErrorKind.ClassRange, 0)).toBeTruthy("\\p{lu}");
    expect<bool>(refused("\\p{}", RegexErrorKind.ClassRange, 0)).toBeTruthy("\\p{}");
    expect<bool>(refused("\\pX", RegexErrorKind.ClassRange, 0)).toBeTruthy("\\pX");
    expect<bool>(refused("\\p{M }", RegexErrorKind.ClassRange, 0)).toBeTruthy("\\p{M }");
  });

  it("scripts that Latin-1 has nothing of, though RE2 takes their empty classes", () => {
    expect<bool>(refused("\\p{Greek}", RegexErrorKind.ClassRange, 0)).toBeTruthy("\\p{Greek}");
  });

  it("parentheses", () => {
    expect<bool>(refused("a(b(c)", RegexErrorKind.MissingParenthesis, 1)).toBeTruthy("a(b(c)");
    expect<bool>(refused("ab)", RegexErrorKind.UnexpectedParenthesis, 2)).toBeTruthy("ab)");
    expect<bool>(refused("(?i", RegexErrorKind.Group, 0)).toBeTruthy("(?i");
  });

  it("repetitions", () => {
    expect<bool>(refused("*a", RegexErrorKind.RepeatArgument, 0)).toBeTruthy("*a");
    expect<bool>(refused("a|+", RegexErrorKind.RepeatArgument, 2)).toBeTruthy("a|+");
    expect<bool>(refused("(?i)?", RegexErrorKind.RepeatArgument, 4)).toBeTruthy("(?i)?");
    expect<bool>(refused("({2})", RegexErrorKind.RepeatArgument, 1)).toBeTruthy("({2})");
    expect<bool>(refused("a**", RegexErrorKind.RepeatOperator, 1)).toBeTruthy("a**");
    expect<bool>(refused("a*+", RegexErrorKind.RepeatOperator, 1)).toBeTruthy("a*+");
    expect<bool>(refused("a???", RegexErrorKind.RepeatOperator, 1)).toBeTruthy("a???");
    expect<bool>(refused("a{2}{3}", RegexErrorKind.RepeatOperator, 1)).toBeTruthy("a{2}{3}");
    expect<bool>(refused("a{1001}", RegexErrorKind.RepeatSize, 1)).toBeTruthy("a{1001}");
    expect<bool>(refused("a{1001,}", RegexErrorKind.RepeatSize, 1)).toBeTruthy("a{1001,}");
    expect<bool>(refused("a{3,2}", RegexErrorKind.RepeatSize, 1)).toBeTruthy("a{3,2}");
    expect<bool>(refused("a{999999999}", RegexErrorKind.RepeatSize, 1)).toBeTruthy("a{999999999}");
  });

  it("nested counts of more than a thousand", () => {
    expect<bool>(regexOf("((a{10}){10}){10}") != null).toBeTruthy();
    expect<bool>(regexOf("((a{10}b*){10}|c{1000}){1}") != null).toBeTruthy();
    expect<bool>(refused("((a{10}){10}){11}", RegexErrorKind.RepeatSize, 13)).toBeTruthy();
    expect<bool>(refused("(a{2}){0,501}", RegexErrorKind.RepeatSize, 6)).toBeTruthy();
    expect<bool>(refused("(b|a{501,}){2}", RegexErrorKind.RepeatSize, 11)).toBeTruthy();
    expect<bool>(refused("((a{1000}){0}){2}", RegexErrorKind.RepeatSize, 14)).toBeTruthy();
  });

  it("groups that RE2 has not", () => {
    for (let i = 0; i < 18; i++) {
      const pattern = [
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(?<!a)",
        "(?>a)",
        "(?#c)",
        "(?'n'a)",
        "(?|a)",
        "(?R)",
        "(?P=n)",
        "(?P>n)",
        "(?&n)",
        "(?1)",
        "(?-)",
        "(?i-)",
        "(?i-s-m)",
        "(?-:a)",
        "(?x)",
      ][i];
      expect<bool>(refused("a" + pattern, RegexErrorKind.Group, 1)).toBeTruthy(pattern);
    }
    expect<bool>(refused("(?P<n", RegexErrorKind.GroupName, 0)).toBeTruthy("(?P<n");
    expect<bool>(refused("(?P<>a)", RegexErrorKind.GroupName, 0)).toBeTruthy("(?P<>a)");
    expect<bool>(refused("(?<a b>c)", RegexErrorKind.GroupName, 0)).toBeTruthy("(?<a b>c)");
    expect<bool>(refused("(?<é>c)", RegexErrorKind.GroupName, 0)).toBeTruthy(
      "(?<é>c): its second byte, ©, is no letter",
    );
  });

  it("size", () => {
    expect<bool>(refused("(abcdefghijklmnopqrstuvwxyz0123456789){1000}", RegexErrorKind.TooLarge, 38)).toBeTruthy();
    expect<bool>(regexOf("(abcdefghijklmnopqrstuvwxyz012345){1000}") != null).toBeTruthy("32,001 instructions");
    expect<bool>(regexOf("a".repeat(8192)) != null).toBeTruthy("8192 bytes");
    expect<bool>(refused("a".repeat(8193), RegexErrorKind.TooLarge, 8192)).toBeTruthy("8193 bytes");
  });

  it("and takes nothing of the region", () => {
    const region = Region.open();
    const pattern = Text.from(region, "(a{1000}){2}");
    const error = RegexError.within(region);
    const before = region.size;
    for (let i = 0; i < 1000; i++) compileRegex(region, pattern, error);
    expect<usize>(region.size).toBe(before);
    region.close();
  });
});
