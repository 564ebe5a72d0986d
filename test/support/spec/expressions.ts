import { Region } from "../../../assembly/memory/region";
import { Condition, Test } from "../../../assembly/match/condition";
import { RegexError, compileRegex } from "../../../assembly/text/regex/index";
import { text } from "./bytes";
import { Random } from "./random";

/** A text of two letters, which others have parts of in common with. */
export function randomLetters(random: Random, most: u32): string {
  let letters = "";
  for (let left = random.below(most + 1); left > 0; left--) letters += random.percent(50) ? "a" : "b";
  return letters;
}

/** A condition on a fact: an expression with letters in it that stand in each match, alternatives and repetitions around them. */
export function expression(slot: u32, region: Region, random: Random): Condition {
  let pattern = random.pick([".*", "[ab]*", "a?", "(a|bb)", "", "b+"]);
  pattern += randomLetters(random, 8);
  pattern += random.pick([".*", "(ab|ba)*", "b{2}", "", "(a|b)", "$"]);
  if (random.percent(30)) pattern += randomLetters(random, 6) + ".*";
  if (pattern.length == 0) pattern = ".";
  const condition = Condition.of(region, slot, Test.REGEX, 0, 0);
  condition.regex = compileRegex(region, text(pattern), changetype<RegexError>(region.take(offsetof<RegexError>())));
  if (condition.regex == null) throw new Error(pattern);
  return condition;
}
