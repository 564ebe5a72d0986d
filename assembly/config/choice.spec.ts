import { Choice } from "./choice";
import { configuration, errors } from "../../test/support/spec/configuration";
import { utf8 } from "../text/text";
import { Place } from "./place";

function action(root: Place): i32 {
  return Choice.at(root.field(utf8("action")))
    .or(utf8("ALLOW"), 0)
    .or(utf8("DENY"), 1)
    .or(utf8("AUDIT"), 2)
    .value(-7);
}

describe("a choice", () => {
  it("gives the value of the name that stands there", () => {
    expect(action(configuration('{"action": "ALLOW"}'))).toBe(0);
    expect(action(configuration('{"action": "DENY"}'))).toBe(1);
    expect(action(configuration('{"action": "AUDIT"}'))).toBe(2);
  });

  it("gives the default where nothing stands there", () => {
    const root = configuration('{"action": null}');
    expect(action(root)).toBe(-7);
    expect(errors(root)).toBe("");
  });

  it("reports another name with all that may stand there, and the nearest", () => {
    const near = configuration('{"action": "DENYY"}');
    expect(action(near)).toBe(-7);
    expect(errors(near)).toBe('action: expected ALLOW, DENY or AUDIT (did you mean DENY?), got "DENYY"');
    const far = configuration('{"action": "REDIRECT"}');
    expect(action(far)).toBe(-7);
    expect(errors(far)).toBe('action: expected ALLOW, DENY or AUDIT, got "REDIRECT"');
  });

  it("compares to the letter", () => {
    const root = configuration('{"action": "allow"}');
    expect(action(root)).toBe(-7);
    expect(errors(root)).toBe('action: expected ALLOW, DENY or AUDIT (did you mean ALLOW?), got "allow"');
  });

  it("reports what is no string once", () => {
    const root = configuration('{"action": 1}');
    expect(action(root)).toBe(-7);
    expect(errors(root)).toBe("action: expected a string, got 1");
  });
});
