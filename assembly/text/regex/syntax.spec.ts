/** What RE2's syntax page (https://github.com/google/re2/wiki/Syntax) says, construct by construct. */
import { answer, bytesMatching, matching } from "../../../test/support/spec/regex";

const LETTERS = ["a", "aa", "aaa", "aaaa", "aaaaa"];

describe("a whole match", () => {
  it("takes all of the text", () => {
    expect<string>(matching("foo", ["foo", "xfoo", "foox", "fo", "Foo", ""])).toBe("foo");
    expect<string>(answer("", "")).toBe("yes");
    expect<string>(answer("", "a")).toBe("no");
  });

  it("takes the alternative that fits, not the first that begins to", () => {
    expect<string>(matching("a|ab|", ["a", "ab", "abc", "b"])).toBe("a ab");
    expect<string>(answer("a|ab|", "")).toBe("yes");
    expect<string>(answer("(a|ab)(c|bcd)", "abcd")).toBe("yes");
  });

  it("makes no difference between greedy and lazy", () => {
    expect<string>(matching("a*?b+?c??", ["b", "aab", "abbc", "bcc"])).toBe("b aab abbc");
    expect<string>(answer("(?U)a*b", "aab")).toBe("yes");
  });
});

describe("repetition", () => {
  it("counts", () => {
    expect<string>(matching("a{2}", LETTERS)).toBe("aa");
    expect<string>(matching("a{2,}", LETTERS)).toBe("aa aaa aaaa aaaaa");
    expect<string>(matching("a{2,4}", LETTERS)).toBe("aa aaa aaaa");
    expect<string>(matching("(?:aa){1,2}", LETTERS)).toBe("aa aaaa");
    expect<string>(matching("a{0}a", LETTERS)).toBe("a");
    expect<string>(matching("a{0,2}", LETTERS)).toBe("a aa");
    expect<string>(matching("(a{2}){2,}", LETTERS)).toBe("aaaa");
    expect<string>(answer("a{0,}", "")).toBe("yes");
  });

  it("is of what stands just before it", () => {
    expect<string>(matching("ab*", ["a", "abb", "abab"])).toBe("a abb");
    expect<string>(matching("(ab)*c", ["c", "ababc", "abbc"])).toBe("c ababc");
    expect<string>(answer("\\Qab\\E*", "abb")).toBe("yes");
    expect<string>(answer("a(?i)*", "aa")).toBe("yes");
  });

  it("is literal text where the braces hold no count", () => {
    expect<string>(answer("a{,2}", "a{,2}")).toBe("yes");
    expect<string>(answer("a{01}", "a{01}")).toBe("yes");
    expect<string>(answer("{x}", "{x}")).toBe("yes");
    expect<string>(answer("a{2", "a{2")).toBe("yes");
    expect<string>(answer("a{1000000000}", "a{1000000000}")).toBe("yes");
  });

  it("ends where what is repeated is empty", () => {
    expect<string>(answer("(?:)*a", "a")).toBe("yes");
    expect<string>(answer("(a*)*(|b)+", "aabb")).toBe("yes");
    expect<string>(answer("(?:^)*a", "a")).toBe("yes");
    expect<string>(answer("(){1000}", "")).toBe("yes");
  });
});

describe("single bytes", () => {
  it("are bytes, not characters", () => {
    expect<string>(answer("é", "\xc3\xa9")).toBe("yes");
    expect<string>(answer(".", "\xe9")).toBe("yes");
    expect<string>(answer("..", "\xc3\xa9")).toBe("yes");
    expect<string>(answer("\\C\\C", "\xc3\xa9")).toBe("yes");
  });

  it("are any but a newline for the dot, and any for \\C", () => {
    expect<string>(bytesMatching(".")).toBe("00-09 0b-ff");
    expect<string>(bytesMatching("(?s).")).toBe("00-ff");
    expect<string>(bytesMatching("\\C")).toBe("00-ff");
  });

  it("are named by escapes", () => {
    expect<string>(bytesMatching("\\a")).toBe("07");
    expect<string>(bytesMatching("\\f")).toBe("0c");
    expect<string>(bytesMatching("\\t")).toBe("09");
    expect<string>(bytesMatching("\\n")).toBe("0a");
    expect<string>(bytesMatching("\\r")).toBe("0d");
    expect<string>(bytesMatching("\\v")).toBe("0b");
    expect<string>(bytesMatching("\\123")).toBe("53");
    expect<string>(bytesMatching("\\0")).toBe("00");
    expect<string>(bytesMatching("\\377")).toBe("ff");
    expect<string>(bytesMatching("\\x7F")).toBe("7f");
    expect<string>(bytesMatching("\\x{fF}")).toBe("ff");
    expect<string>(bytesMatching("\\x{00000041}")).toBe("41");
    expect<string>(bytesMatching("\\*")).toBe("2a");
    expect<string>(bytesMatching("\\_")).toBe("5f");
    expect<string>(answer("\\1234", "S4")).toBe("yes");
    expect<string>(answer("\\08", "\x008")).toBe("yes");
    expect<string>(answer("\\Qa.*[\\E+", "a.*[[")).toBe("yes");
    expect<string>(answer("\\Qa\\", "a\\")).toBe("yes");
  });
});

describe("a class", () => {
  it("is what its brackets say", () => {
    expect<string>(bytesMatching("[xyz]")).toBe("78-7a");
    expect<string>(bytesMatching("[^b-\\xfe]")).toBe("00-61 ff");
    expect<string>(bytesMatching("[]a]")).toBe("5d 61");
    expect<string>(bytesMatching("[^]\\x00-\\x5c\\x5f-\\xff]")).toBe("5e");
    expect<string>(bytesMatching("[a-]")).toBe("2d 61");
    expect<string>(bytesMatching("[-a]")).toBe("2d 61");
    expect<string>(bytesMatching("[+--]")).toBe("2b-2d");
    expect<string>(bytesMatching("[\\d-z]")).toBe("2d 30-39 7a");
    expect<string>(bytesMatching("[[a]")).toBe("5b 61");
    expect<string>(bytesMatching("[[:]")).toBe("3a 5b");
    expect<string>(bytesMatching("[\\n\\]\\-]")).toBe("0a 2d 5d");
    expect<string>(bytesMatching("[é]")).toBe("a9 c3");
    expect<string>(bytesMatching("[^\\x00-\\xff]")).toBe("");
    expect<string>(bytesMatching("[^a]")).toBe("00-60 62-ff");
  });

  it("has Perl's names, in ASCII", () => {
    expect<string>(bytesMatching("\\d")).toBe("30-39");
    expect<string>(bytesMatching("\\D")).toBe("00-2f 3a-ff");
    expect<string>(bytesMatching("\\s")).toBe("09-0a 0c-0d 20");
    expect<string>(bytesMatching("[\\S]")).toBe("00-08 0b 0e-1f 21-ff");
    expect<string>(bytesMatching("\\w")).toBe("30-39 41-5a 5f 61-7a");
    expect<string>(bytesMatching("[^\\W]")).toBe("30-39 41-5a 5f 61-7a");
  });

  it("has POSIX's names, in ASCII", () => {
    expect<string>(bytesMatching("[[:alnum:]]")).toBe("30-39 41-5a 61-7a");
    expect<string>(bytesMatching("[[:alpha:]]")).toBe("41-5a 61-7a");
    expect<string>(bytesMatching("[[:ascii:]]")).toBe("00-7f");
    expect<string>(bytesMatching("[[:blank:]]")).toBe("09 20");
    expect<string>(bytesMatching("[[:cntrl:]]")).toBe("00-1f 7f");
    expect<string>(bytesMatching("[[:digit:]]")).toBe("30-39");
    expect<string>(bytesMatching("[[:graph:]]")).toBe("21-7e");
    expect<string>(bytesMatching("[[:lower:]]")).toBe("61-7a");
    expect<string>(bytesMatching("[[:print:]]")).toBe("20-7e");
    expect<string>(bytesMatching("[[:punct:]]")).toBe("21-2f 3a-40 5b-60 7b-7e");
    expect<string>(bytesMatching("[[:space:]]")).toBe("09-0d 20");
    expect<string>(bytesMatching("[[:upper:]]")).toBe("41-5a");
    expect<string>(bytesMatching("[[:word:]]")).toBe("30-39 41-5a 5f 61-7a");
    expect<string>(bytesMatching("[[:xdigit:]]")).toBe("30-39 41-46 61-66");
    expect<string>(bytesMatching("[^[:^digit:]]")).toBe("30-39");
    expect<string>(bytesMatching("[_[:digit:]]")).toBe("30-39 5f");
  });

  it("has Unicode's names, as far as Latin-1 goes", () => {
    expect<string>(bytesMatching("\\pN")).toBe("30-39 b2-b3 b9 bc-be");
    expect<string>(bytesMatching("\\p{Nd}")).toBe("30-39");
    expect<string>(bytesMatching("\\p{Lu}")).toBe("41-5a c0-d6 d8-de");
    expect<string>(bytesMatching("\\p{Lo}")).toBe("aa ba");
    expect<string>(bytesMatching("\\p{Zs}")).toBe("20 a0");
    expect<string>(bytesMatching("[\\pZ]")).toBe("20 a0");
    expect<string>(bytesMatching("\\p{Sc}")).toBe("24 a2-a5");
    expect<string>(bytesMatching("\\p{Cf}")).toBe("ad");
    expect<string>(bytesMatching("\\PC")).toBe("20-7e a0-ac ae-ff");
    expect<string>(bytesMatching("\\p{^Latin}")).toBe("00-40 5b-60 7b-a9 ab-b9 bb-bf d7 f7");
    expect<string>(bytesMatching("\\P{Common}")).toBe("41-5a 61-7a aa ba c0-d6 d8-f6 f8-ff");
    expect<string>(bytesMatching("\\p{Any}")).toBe("00-ff");
    expect<string>(bytesMatching("\\pM")).toBe("");
    expect<string>(bytesMatching("\\P{Co}")).toBe("00-ff");
  });
});

describe("a flag", () => {
  it("i folds ASCII letters alone", () => {
    expect<string>(bytesMatching("(?i)k")).toBe("4b 6b");
    expect<string>(bytesMatching("(?i)[X-b]")).toBe("41-42 58-62 78-7a");
    expect<string>(bytesMatching("(?i)\\xe9")).toBe("e9");
    expect<string>(bytesMatching("(?i)\\p{Lu}")).toBe("41-5a 61-7a c0-d6 d8-de");
    expect<string>(bytesMatching("(?i)\\P{Lu}")).toBe("00-40 5b-60 7b-bf d7 df-ff");
    expect<string>(bytesMatching("(?i)[^a]")).toBe("00-40 42-60 62-ff");
    expect<string>(bytesMatching("(?i)[[:^lower:]]")).toBe("00-40 5b-60 7b-ff");
  });

  it("holds to the end of its group", () => {
    expect<string>(matching("(?i:a)b", ["ab", "Ab", "aB", "AB"])).toBe("ab Ab");
    expect<string>(matching("(?i)a(?-i)b", ["ab", "Ab", "aB", "AB"])).toBe("ab Ab");
    expect<string>(matching("(a(?i)b|c)d", ["abd", "aBd", "Abd", "Cd", "cD"])).toBe("abd aBd Cd");
    expect<string>(matching("(?i-s:A)(?)a", ["aa", "Aa", "aA"])).toBe("aa Aa");
  });

  it("m lets ^ and $ hold at lines", () => {
    expect<string>(answer("(?m)a$\\n^b", "a\nb")).toBe("yes");
    expect<string>(answer("a$\\n^b", "a\nb")).toBe("no");
    expect<string>(answer("(?m)a^\\nb", "a\nb")).toBe("no");
    expect<string>(answer("(?m)(?:^a$\\n?)+", "a\na\n")).toBe("yes");
    expect<string>(answer("(?m)\\Aa\\z\\nb", "a\nb")).toBe("no");
  });
});

describe("an assertion", () => {
  it("holds at the ends of the text", () => {
    expect<string>(answer("^abc$", "abc")).toBe("yes");
    expect<string>(answer("\\Aabc\\z", "abc")).toBe("yes");
    expect<string>(answer("a^b", "ab")).toBe("no");
    expect<string>(answer("a$b", "ab")).toBe("no");
    expect<string>(answer("a$\\n", "a\n")).toBe("no");
    expect<string>(answer("^$", "")).toBe("yes");
  });

  it("holds between words, of ASCII", () => {
    expect<string>(answer("\\bfoo\\b-\\bx", "foo-x")).toBe("yes");
    expect<string>(answer("foo\\bbar", "foobar")).toBe("no");
    expect<string>(answer("foo\\Bbar", "foobar")).toBe("yes");
    expect<string>(answer("\\b", "")).toBe("no");
    expect<string>(answer("\\B", "")).toBe("yes");
    expect<string>(answer("e\\b\\xe9", "e\xe9")).toBe("yes");
  });
});

describe("a group", () => {
  it("may have a name, several the same", () => {
    expect<string>(answer("(?P<name>a)(?<name>b)(?<n_1>c)", "abc")).toBe("yes");
    expect<string>(answer("(?P<ª>a)", "a")).toBe("yes");
    expect<string>(answer("(?:a(b(c)))", "abc")).toBe("yes");
  });
});
