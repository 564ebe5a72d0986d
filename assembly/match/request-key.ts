import { Choice } from "../config/choice";
import { headerName } from "../config/header-name";
import { Place } from "../config/place";
import { Fact } from "../request/slots";
import { Text, utf8 } from "../text/text";
import { MatchCompiler } from "./compiler";

/** There is no key at the place. */
export const NO_KEY: u32 = u32.MAX_VALUE;
/** The field's own word stands there. */
export const OWN_KEY: u32 = NO_KEY - 1;

/**
 * Reads by what a field tells requests apart: `{header: name}`, `{cookie: name}` or `principal`. Gives the slot of it; `NO_KEY`
 * where nothing stands there, and with a report where something else does.
 *
 * @param claims whether `{claim: name}` is a key too: a claim at the top of the token that jwt_authn verified
 * @param own a word that is a key in this field alone, for which `OWN_KEY` is given; null if there is none
 * @param forms all the forms, for a message
 */
export function readRequestKey(
  place: Place,
  compiler: MatchCompiler,
  claims: bool,
  own: Text | null,
  forms: Text,
): u32 {
  if (!place.present) return NO_KEY;
  if (place.isString) return readWord(place, compiler, own);
  if (!place.object()) return NO_KEY;
  let key = place.field(utf8("header"));
  let fact = Fact.HEADER;
  let given: u32 = <u32>key.present;
  const cookie = place.field(utf8("cookie"));
  if (cookie.present) {
    key = cookie;
    fact = Fact.COOKIE;
    given++;
  }
  if (claims) {
    const claim = place.field(utf8("claim"));
    if (claim.present) {
      key = claim;
      fact = Fact.CLAIM;
      given++;
    }
  }
  place.noOtherFields();
  if (given != 1) {
    place.expected(forms);
    return NO_KEY;
  }
  let name = key.nonEmptyString();
  if (name != null && fact == Fact.HEADER) name = headerName(key, name, compiler.region);
  return name == null ? NO_KEY : compiler.slots.slot(fact, name);
}

function readWord(place: Place, compiler: MatchCompiler, own: Text | null): u32 {
  const words = Choice.at(place).or(utf8("principal"), 1);
  if (own != null) words.or(own, 2);
  const word = words.value(0);
  if (word == 1) return compiler.slots.slot(Fact.PRINCIPAL, utf8(""));
  return word == 2 ? OWN_KEY : NO_KEY;
}
