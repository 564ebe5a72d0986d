import { text } from "../../test/support/spec/bytes";
import { configuration, errors } from "../../test/support/spec/configuration";
import { Region } from "../memory/region";
import { Fact, SlotTable } from "../request/slots";
import { Text, utf8 } from "../text/text";
import { MatchCompiler } from "./compiler";
import { NO_KEY, OWN_KEY, readRequestKey } from "./request-key";

/** What is read at `pluginConfig.by`: `<fact> <name>`, `own`, or `none` and what is reported. */
function read(json: string, claims: bool, own: Text | null): string {
  const root = configuration('{"by": ' + json + "}");
  const region = Region.open();
  const slots = SlotTable.open(region, false);
  const place = root.field(utf8("by"));
  const key = readRequestKey(place, MatchCompiler.open(region, slots), claims, own, utf8("one of the forms"));
  const said = errors(root);
  if (key == OWN_KEY) return "own" + said;
  if (key == NO_KEY) return "none" + (said == "" ? "" : ": " + said);
  const slot = slots.at(key);
  const facts = ["header", "cookie", "claim", "principal"];
  const numbers: Fact[] = [Fact.HEADER, Fact.COOKIE, Fact.CLAIM, Fact.PRINCIPAL];
  return facts[numbers.indexOf(slot.fact)] + " " + slot.name.toString() + said;
}

function plain(json: string): string {
  return read(json, false, null);
}

describe("a request's key", () => {
  it("is a header, a cookie or who sends the request", () => {
    expect(plain('{"header": "x-user"}')).toBe("header x-user");
    expect(plain('{"cookie": "Session"}')).toBe("cookie Session");
    expect(plain('"principal"')).toBe("principal ");
  });

  it("names a header as HTTP/2 does: in lower case, and the host as :authority", () => {
    expect(plain('{"header": "X-User"}')).toBe("header x-user");
    expect(plain('{"header": "Host"}')).toBe("header :authority");
  });

  it("is a claim only where the field takes one", () => {
    expect(read('{"claim": "sub"}', true, null)).toBe("claim sub");
    expect(read('{"header": "x-user"}', true, null)).toBe("header x-user");
    expect(plain('{"claim": "sub"}')).toBe(
      'none: by: unknown field "claim"\nby: expected one of the forms, got {"claim": "sub"}',
    );
  });

  it("is the field's own word only where the field has one", () => {
    const own = changetype<Text | null>(text("traceId"));
    expect(read('"traceId"', false, own)).toBe("own");
    expect(read('"principal"', false, own)).toBe("principal ");
    expect(read('"trceId"', false, own)).toBe(
      'none: by: expected principal or traceId (did you mean traceId?), got "trceId"',
    );
    expect(plain('"traceId"')).toBe('none: by: expected principal, got "traceId"');
  });

  it("may be missing", () => {
    expect(plain("null")).toBe("none");
  });

  it("is one, and has a name", () => {
    expect(plain('{"header": "a", "cookie": "b"}')).toBe(
      'none: by: expected one of the forms, got {"header": "a", "cookie": "b"}',
    );
    expect(read('{"header": "a", "claim": "b"}', true, null)).toBe(
      'none: by: expected one of the forms, got {"header": "a", "claim": "b"}',
    );
    expect(plain("{}")).toBe("none: by: expected one of the forms, got {}");
    expect(plain("1")).toBe("none: by: expected an object, got 1");
    expect(plain('{"cookie": ""}')).toBe('none: by.cookie: expected a string that is not empty, got ""');
    expect(plain('{"header": "a b"}')).toBe("none: by.header: not a valid header name");
  });
});
