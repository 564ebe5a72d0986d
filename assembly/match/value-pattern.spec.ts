import { configuration, errors } from "../../test/support/spec/configuration";
import { text } from "../../test/support/spec/bytes";
import { forgetProperties, setProperty } from "../../test/support/spec/host";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest } from "../../test/support/spec/request";
import { Place } from "../config/place";
import { Region } from "../memory/region";
import { useIdentity } from "../request/principal";
import { Direction } from "../request/traffic-direction";
import { Fact, SlotTable } from "../request/slots";
import { utf8 } from "../text/text";
import { MatchCompiler } from "./compiler";
import { Condition, Test } from "./condition";
import { readValuePattern } from "./value-pattern";

export { proxy_get_property } from "../../test/support/spec/host";

const compiler = MatchCompiler.open(Region.open(), SlotTable.open(Region.open(), false));
const SLEEP = "cluster.local/ns/default/sa/sleep";

function readPrincipal(place: Place, compiler: MatchCompiler): Condition | null {
  return readValuePattern(place, compiler, Fact.PRINCIPAL, utf8(""), Test.PRESENT);
}

function read(pattern: string): Condition {
  const root = configuration('{"p": "' + pattern + '"}');
  const condition = readPrincipal(root.field(utf8("p")), compiler);
  expect(errors(root)).toBe("");
  return condition!;
}

/** Whether a pattern holds for a peer; "" is one without a certificate. */
function matches(pattern: string, principal: string): bool {
  const condition = read(pattern);
  forgetProperties();
  if (principal.length > 0) setProperty("connection/uri_san_peer_certificate", text("spiffe://" + principal));
  useIdentity(Direction.INBOUND, null);
  startRequest(compiler.slots, new HeaderPairs());
  return condition.holds();
}

/** Whether a pattern accepts bytes that cannot be a principal. */
function passes(pattern: string, bytes: string): bool {
  const value = text(bytes);
  return read(pattern).accepts(value.start, value.length);
}

/** What istiod generates for each form (istio pilot/pkg/security/authz/matcher). */
describe("a principal's pattern", () => {
  it("* is any authenticated peer", () => {
    expect(matches("*", SLEEP)).toBe(true);
    expect(matches("*", "a")).toBe(true);
    expect(matches("*", "")).toBe(false);
  });

  it("*x is an end, taken literally", () => {
    expect(matches("*/sa/sleep", SLEEP)).toBe(true);
    expect(matches("*/sa/slee", SLEEP)).toBe(false);
    expect(matches("*" + SLEEP, SLEEP)).toBe(true);
    expect(matches("*/sa/sl.ep", SLEEP)).toBe(false);
    expect(matches("*/sa/sleep", "")).toBe(false);
  });

  it("x* is a beginning", () => {
    expect(matches("cluster.local/ns/default/*", SLEEP)).toBe(true);
    expect(matches(SLEEP + "*", SLEEP)).toBe(true);
    expect(matches("cluster.local/ns/other/*", SLEEP)).toBe(false);
    expect(matches("ns/default/*", SLEEP)).toBe(false);
    expect(matches("c*", "")).toBe(false);
  });

  it("a pattern with * at both ends is an end, and the last * is a star, which no principal has", () => {
    expect(matches("*sleep*", SLEEP)).toBe(false);
    expect(passes("*sleep*", "a/sleep*")).toBe(true);
    expect(matches("**", SLEEP)).toBe(false);
    expect(passes("**", "a*")).toBe(true);
    expect(passes("**", "a")).toBe(false);
  });

  it("everything else is the principal itself, a * in the middle included, in its very case", () => {
    expect(matches(SLEEP, SLEEP)).toBe(true);
    expect(matches(SLEEP, SLEEP + "y")).toBe(false);
    expect(matches(SLEEP, SLEEP.toUpperCase())).toBe(false);
    expect(matches("cluster.local/ns/*/sa/sleep", SLEEP)).toBe(false);
    expect(passes("a*b", "a*b")).toBe(true);
    expect(passes("a*b", "axb")).toBe(false);
    expect(matches("spiffe://" + SLEEP, SLEEP)).toBe(false);
  });

  it("must be a string that is not empty", () => {
    const root = configuration('{"p": ["", 1]}');
    const first = root.field(utf8("p")).first()!;
    expect(readPrincipal(first, compiler) == null).toBe(true);
    expect(readPrincipal(first.next()!, compiler) == null).toBe(true);
    expect(errors(root)).toBe('p[0]: expected a string that is not empty, got ""\np[1]: expected a string, got 1');
  });
});
