import { Choice } from "../../assembly/config/choice";
import { Place } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { headerName } from "../../assembly/match/http-match-request";
import { Fact } from "../../assembly/request/slots";
import { Text, utf8 } from "../../assembly/text/text";

/** There is no key at the place. */
export const NO_KEY: u32 = u32.MAX_VALUE;

/** Reads `keyedBy`: `{header: name}`, `{cookie: name}`, `{claim: name}` or `principal`. Gives the slot of it. */
export function readKey(place: Place, compiler: MatchCompiler): u32 {
  if (!place.present) return NO_KEY;
  const node = place.node;
  if (node != null && node.text != null) {
    const word = Choice.at(place).or(utf8("principal"), 1).value(0);
    return word == 1 ? compiler.slots.slot(Fact.PRINCIPAL, utf8("")) : NO_KEY;
  }
  if (!place.object()) return NO_KEY;
  const header = place.field(utf8("header"));
  const cookie = place.field(utf8("cookie"));
  const claim = place.field(utf8("claim"));
  place.noOtherFields();
  if (<u32>header.present + <u32>cookie.present + <u32>claim.present != 1) {
    place.expected(utf8('{header: name}, {cookie: name}, {claim: name} or "principal"'));
    return NO_KEY;
  }
  if (header.present) {
    const written = header.nonEmptyString();
    return slotOf(compiler, Fact.HEADER, written == null ? null : headerName(header, written, compiler.region));
  }
  return claim.present
    ? slotOf(compiler, Fact.CLAIM, claim.nonEmptyString())
    : slotOf(compiler, Fact.COOKIE, cookie.nonEmptyString());
}

function slotOf(compiler: MatchCompiler, fact: Fact, name: Text | null): u32 {
  return name == null ? NO_KEY : compiler.slots.slot(fact, name);
}
