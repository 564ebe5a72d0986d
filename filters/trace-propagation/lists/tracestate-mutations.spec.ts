import { text } from "../../../test/support/spec/bytes";
import { cutIntoLines, headerLines, mutated, shownValue } from "../test/spec/header-lines";
import { Random } from "../../../test/support/spec/random";
import { seed } from "../../../test/support/spec/run";
import { resetArena } from "../../../assembly/memory/arena";
import { ListState } from "./list-state";
import { Tracestate } from "./tracestate";

const ROUNDS = 2000;
const FIRST_OF_KEY = "abcdefghijklmnopqrstuvwxyz0123456789";
const KEY = FIRST_OF_KEY + "_-*/@";
const SIGNS = " \t,,==@;:aA0z_-*/~";
const FORMS: string[] = [
  "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
  "foo=1 \t , \t bar=2, \t baz=3",
  "ot=th:fd70a;rv:6e6d1a75832a2f,fw529a3039@dt=FfffffffUA",
  "a=1,b=2,c=3,d=4,e=5,f=6,g=7,h=8,i=9,j=10,k=11,l=12,m=13,n=14,o=15,p=16,q=17,r=18,s=19,t=20,u=21,v=22,w=23,x=24,y=25,z=26,aa=27,bb=28,cc=29,dd=30,ee=31,ff=32",
  "k=" + "v".repeat(255) + "," + "y".repeat(255) + "=1,l=2",
  "a=" + "1".repeat(126) + ",b=" + "2".repeat(127) + ",c=" + "3".repeat(125) + ",d=" + "4".repeat(126),
];

/** What is to be written by the specification's own words, in plain strings; `!` where it is to be discarded. */
function plainly(lines: string[]): string {
  const pieces = lines.join(",").split(",");
  const keys = new Set<string>();
  const members: string[] = [];
  let count = 0;
  for (let i = 0; i < pieces.length; i++) {
    const piece = trimmed(pieces[i]);
    if (piece == "") continue;
    const equals = piece.indexOf("=");
    const key = piece.substr(0, max(equals, 0));
    if (++count > 32 || !isKey(key) || !isValue(piece.substr(equals + 1))) return "!";
    if (keys.has(key)) continue;
    keys.add(key);
    members.push(piece);
  }
  return members.join(",");
}

function trimmed(piece: string): string {
  let from = 0;
  let to = piece.length;
  while (from < to && (piece.charAt(from) == " " || piece.charAt(from) == "\t")) from++;
  while (to > from && (piece.charAt(to - 1) == " " || piece.charAt(to - 1) == "\t")) to--;
  return piece.substring(from, to);
}

function isKey(key: string): bool {
  if (key.length == 0 || key.length > 256 || !FIRST_OF_KEY.includes(key.charAt(0))) return false;
  for (let i = 0; i < key.length; i++) if (!KEY.includes(key.charAt(i))) return false;
  return true;
}

function isValue(value: string): bool {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code < 0x20 || code > 0x7e || code == 0x2c || code == 0x3d) return false;
  }
  return value.length > 0 && value.length <= 256;
}

/** The list without what makes it longer than 512 characters, by "tracestate Limits"; so many at the front stay. */
function shortened(members: string[], kept: i32): string {
  for (let i = members.length - 1; i >= kept && members.join(",").length > 512; i--) {
    if (members[i].length > 128) members.splice(i, 1);
  }
  while (members.join(",").length > 512) members.pop();
  return members.length == 0 ? "(null)" : members.join(",");
}

function check(lines: string[]): void {
  resetArena();
  const tracestate = Tracestate.read(headerLines(lines));
  const expected = plainly(lines);
  const shown = lines.join(" / ");
  if (expected == "!") {
    expect<i32>(tracestate.state).toBe(ListState.INVALID, shown);
    expect(shownValue(tracestate.write())).toBe("(null)", shown);
    return;
  }
  const asItCame =
    lines.length == 1 &&
    lines[0].length <= 512 &&
    lines[0].split(",").length == expected.split(",").length &&
    expected != "";
  expect<i32>(tracestate.state).toBe(asItCame ? ListState.AS_IT_CAME : ListState.ANEW, shown);
  const written = shownValue(tracestate.write());
  expect(written).toBe(expected == "" ? "(null)" : shortened(expected.split(","), 0), shown);
  if (written == "(null)") return;
  const again = Tracestate.read(headerLines([written]));
  expect<i32>(again.state).toBe(ListState.AS_IT_CAME, written);
  expect(shownValue(again.write())).toBe(written);
}

/** The same with a member put at the front: it is there once, and the others stay in their order. */
function checkPut(lines: string[], value: string): void {
  resetArena();
  const tracestate = Tracestate.read(headerLines(lines));
  tracestate.put(text("ot"), headerLines([value])!);
  const members: string[] = ["ot=" + value];
  const expected = plainly(lines);
  const others: string[] = expected == "!" || expected == "" ? [] : expected.split(",");
  for (let i = 0; i < others.length && members.length < 32; i++) {
    if (!others[i].startsWith("ot=")) members.push(others[i]);
  }
  expect(shownValue(tracestate.write())).toBe(shortened(members, 1), lines.join(" / "));
}

describe("a tracestate that was tampered with", () => {
  it("comes to what the specification says, member by member", () => {
    const random = new Random(seed());
    let discarded = 0;
    for (let i = 0; i < ROUNDS; i++) {
      let line = random.pick(FORMS);
      for (let changes = random.below(4); changes > 0; changes--) line = mutated(random, line, SIGNS);
      const lines = cutIntoLines(random, line);
      check(lines);
      checkPut(lines, random.percent(50) ? "th:c" : "p:" + "1".repeat(200));
      if (plainly(lines) == "!") discarded++;
    }
    // The forms are not so that one of the two hardly ever comes about.
    expect(discarded).toBeGreaterThan(ROUNDS / 20);
    expect(discarded).toBeLessThan(ROUNDS - ROUNDS / 20);
  });
});
