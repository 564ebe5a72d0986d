import { configuration, errors } from "../../test/support/spec/configuration";
import { utf8 } from "../text/text";
import { readTimestamp } from "./timestamp";

describe("readTimestamp", () => {
  it("gives nanoseconds since 1970, and the default where nothing stands", () => {
    const root = configuration('{"a": "2026-11-25T10:00:00Z", "b": "2026-11-25T11:00:00.5+01:00", "c": null}');
    // `date -u -d 2026-11-25T10:00:00Z +%s` prints 1795600800.
    expect<i64>(readTimestamp(root.field(utf8("a")), -7)).toBe(1795600800000000000);
    expect<i64>(readTimestamp(root.field(utf8("b")), -7)).toBe(1795600800500000000);
    expect<i64>(readTimestamp(root.field(utf8("c")), -7)).toBe(-7);
    expect<i64>(readTimestamp(root.field(utf8("d")), -7)).toBe(-7);
    expect(errors(root)).toBe("");
  });

  it("reports everything else and gives the default", () => {
    const root = configuration('{"a": "2026-11-25", "b": "2026-02-29T10:00:00Z", "c": 1795600800, "d": ""}');
    expect<i64>(readTimestamp(root.field(utf8("a")), -7)).toBe(-7);
    expect<i64>(readTimestamp(root.field(utf8("b")), -7)).toBe(-7);
    expect<i64>(readTimestamp(root.field(utf8("c")), -7)).toBe(-7);
    expect<i64>(readTimestamp(root.field(utf8("d")), -7)).toBe(-7);
    expect(errors(root)).toBe(
      'a: expected an RFC 3339 time such as "2026-11-25T10:00:00Z", got "2026-11-25"\n' +
        'b: expected an RFC 3339 time such as "2026-11-25T10:00:00Z", got "2026-02-29T10:00:00Z"\n' +
        "c: expected a string, got 1795600800\n" +
        'd: expected an RFC 3339 time such as "2026-11-25T10:00:00Z", got ""',
    );
  });
});
