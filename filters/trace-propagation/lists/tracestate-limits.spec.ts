import { text } from "../../../test/support/spec/bytes";
import { headerLines, shownValue } from "../test/spec/header-lines";
import { expectAnew, expectAsItCame, expectInvalid, expectValue, read } from "../test/spec/tracestate";
import { ListState } from "./list-state";
import { Tracestate } from "./tracestate";

function put(tracestate: Tracestate, key: string, value: string): void {
  tracestate.put(text(key), headerLines([value])!);
}

/** `bar01=01` to that number, as in the harness. */
function numbered(from: i32, to: i32): string {
  const members: string[] = [];
  for (let i = from; i <= to; i++) {
    const number = i.toString().padStart(2, "0");
    members.push("bar" + number + "=" + number);
  }
  return members.join(",");
}

/** A member of so many characters, with a key of two. */
function member(key: string, length: i32): string {
  return key + "=" + "v".repeat(length - 3);
}

describe("a tracestate's limits", () => {
  it("are 32 members, of several lines together (test_tracestate_member_count_limit)", () => {
    const lines: string[] = [numbered(1, 10), numbered(11, 20), numbered(21, 30), numbered(31, 32)];
    expectAnew(lines, numbered(1, 32));
    expectAsItCame([numbered(1, 32)]);
    expectInvalid([numbered(1, 33)]);
    lines[3] = numbered(31, 33);
    expectInvalid(lines);
  });

  it("count a key that comes again, and no empty member (RFC 9110 §5.6.1.2)", () => {
    expectInvalid([numbered(1, 32) + ",bar01=01"]);
    expectAnew([numbered(1, 31) + ",bar01=02"], numbered(1, 31));
    expectAnew([numbered(1, 32) + ",", ","], numbered(1, 32));
  });

  it("are 256 characters a key, with at signs or none (test_tracestate_key_length_limit)", () => {
    const key = "z".repeat(256);
    expectAnew(["foo=1", key + "=1"], "foo=1," + key + "=1");
    expectInvalid(["foo=1", "z".repeat(257) + "=1"]);
    expectValue(["foo=1", "t".repeat(241) + "@" + "v".repeat(14) + "=1"], "t".repeat(241) + "@" + "v".repeat(14), "1");
    expectValue(["foo=1", "t".repeat(242) + "@v=1"], "t".repeat(242) + "@v", "1");
    expectValue(["foo=1", "t@" + "v".repeat(15) + "=1"], "t@" + "v".repeat(15), "1");
  });

  it("are 256 characters a value, without the blanks behind it", () => {
    expectAsItCame(["foo=" + "x".repeat(256)]);
    expectAsItCame(["foo=" + "x".repeat(256) + "  "]);
    expectAsItCame(["foo=" + " ".repeat(255) + "x"]);
    expectInvalid(["foo=" + "x".repeat(257)]);
    expectInvalid(["foo=" + " ".repeat(256) + "x"]);
  });

  it("are 512 characters of the whole, blanks included", () => {
    // 4 · 127 characters and 3 commas are 511.
    const four = member("aa", 127) + "," + member("bb", 127) + "," + member("cc", 127) + "," + member("dd", 127);
    expect(four.length).toBe(511);
    expectAsItCame([four]);
    expectAsItCame([four + " "]);
    expectAnew([four + "  "], four);
    expectAsItCame([four.replace("aa=", "aaa=")]);
    // Two keys of three characters make 513, with no member above 128: the last one goes.
    const longer = four.replace("aa=", "aaa=").replace("bb=", "bbb=");
    expectAnew([longer], longer.substr(0, 128 + 1 + 128 + 1 + 127));
  });

  it("have those of more than 128 characters go first, from the end on, then any from the end on", () => {
    const a = member("aa", 129);
    const b = member("bb", 128);
    const c = member("cc", 129);
    const d = member("dd", 128);
    // 516 with commas and 2 more than may be: c goes, and no more than that.
    expectAnew([[a, b, c, d].join(",")], [a, b, d].join(","));
    const e = member("ee", 128);
    const f = member("ff", 128);
    // 129 + 4 · 128 + 4 are 645: a goes, and 515 are left; f then is the last.
    expectAnew([[a, b, d, e, f].join(",")], [b, d, e].join(","));
    // c and a go: 3 · 128 + 2 are left.
    expectAnew([[a, b, c, d, e].join(",")], [b, d, e].join(","));
  });

  it("have a member go that is too long by itself, and the header with it", () => {
    expectAnew(["z".repeat(256) + "=" + "x".repeat(256)], "(null)");
    expectAsItCame(["z".repeat(255) + "=" + "x".repeat(256)]);
  });
});

describe("a tracestate that a participant writes", () => {
  it("has the participant's member at the front (the specification's rojo and congo)", () => {
    const tracestate = read(["congo=t61rcWkgMzE"]);
    put(tracestate, "rojo", "00f067aa0ba902b7");
    expect<i32>(tracestate.state).toBe(ListState.ANEW);
    expect(shownValue(tracestate.write())).toBe("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
  });

  it("has it moved there where it stood elsewhere", () => {
    const tracestate = read(["rojo=00f067aa0ba902b7,congo=t61rcWkgMzE,foo=1"]);
    put(tracestate, "congo", "ucfJifl5GOE");
    expect(shownValue(tracestate.write())).toBe("congo=ucfJifl5GOE,rojo=00f067aa0ba902b7,foo=1");
    expect(shownValue(tracestate.find(text("congo")))).toBe("ucfJifl5GOE");
  });

  it("has it changed where it was at the front already", () => {
    const tracestate = read(["ot=th:8,foo=1"]);
    put(tracestate, "ot", "th:c");
    expect(shownValue(tracestate.write())).toBe("ot=th:c,foo=1");
  });

  it("has it alone where there was no header, none with members, or a malformed one", () => {
    const headers: string[][] = [[], [""], ["FOO=1"], ["foo=1,FOO=1"]];
    for (let i = 0; i < headers.length; i++) {
      const tracestate = read(headers[i]);
      put(tracestate, "ot", "th:8");
      expect<i32>(tracestate.state).toBe(ListState.ANEW);
      expect(shownValue(tracestate.write())).toBe("ot=th:8");
    }
  });

  it("loses the last of 32 others, and none of 31, nor of 32 that it is one of", () => {
    let tracestate = read([numbered(1, 31)]);
    put(tracestate, "ot", "th:8");
    expect(shownValue(tracestate.write())).toBe("ot=th:8," + numbered(1, 31));
    tracestate = read([numbered(1, 32)]);
    put(tracestate, "ot", "th:8");
    expect(shownValue(tracestate.write())).toBe("ot=th:8," + numbered(1, 31));
    tracestate = read([numbered(1, 32)]);
    put(tracestate, "bar32", "33");
    expect(shownValue(tracestate.write())).toBe("bar32=33," + numbered(1, 31));
  });

  it("keeps its own member within the limits, however long", () => {
    const a = member("aa", 128);
    const own = "ot=" + "p".repeat(256);
    // 259 + 128 + 1 + 124 are 512.
    let tracestate = read([a + "," + member("bb", 123)]);
    put(tracestate, "ot", "p".repeat(256));
    expect(shownValue(tracestate.write())).toBe(own + "," + a + "," + member("bb", 123));
    tracestate = read([a + "," + member("bb", 124)]);
    put(tracestate, "ot", "p".repeat(256));
    expect(shownValue(tracestate.write())).toBe(own + "," + a);
    tracestate = read([member("aa", 253)]);
    put(tracestate, "ot", "p".repeat(256));
    expect(shownValue(tracestate.write())).toBe(own);
  });

  it("keeps no other member at the front, where its own was taken out again", () => {
    // 250 + 128 + 128 + 10 + 3 are 519.
    const others: string[] = [member("bb", 128), member("cc", 128), member("dd", 10)];
    const tracestate = read([member("aa", 250) + "," + others.join(",")]);
    put(tracestate, "ot", "th:8");
    tracestate.delete(text("ot"));
    expect(shownValue(tracestate.write())).toBe(others.join(","));
  });

  it("may have a member taken out", () => {
    const tracestate = read(["foo=1,ot=th:8,bar=2"]);
    tracestate.delete(text("ot"));
    expect<i32>(tracestate.state).toBe(ListState.ANEW);
    expect(shownValue(tracestate.write())).toBe("foo=1,bar=2");
    const alone = read(["ot=th:8"]);
    alone.delete(text("ot"));
    expect<i32>(alone.state).toBe(ListState.ANEW);
    expect(shownValue(alone.write())).toBe("(null)");
    const without = read(["foo=1"]);
    without.delete(text("ot"));
    expect<i32>(without.state).toBe(ListState.AS_IT_CAME);
  });
});
