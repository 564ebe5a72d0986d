import { shown, specRegion, text } from "../../test/support/spec/bytes";
import { KnownName, nearestName } from "./suggestion";

/** The nearest of the names, which are separated by blanks; the first of those at the same distance. */
function nearest(written: string, names: string): string {
  const words = names.split(" ");
  let known: KnownName | null = null;
  for (let i = words.length - 1; i >= 0; i--) {
    const name = changetype<KnownName>(specRegion().take(offsetof<KnownName>()));
    name.name = text(words[i]);
    name.next = known;
    known = name;
  }
  return shown(nearestName(text(written), known));
}

describe("nearestName", () => {
  it("finds one slip of each kind", () => {
    expect(nearest("exacto", "exact prefix regex")).toBe("exact", "a letter too many");
    expect(nearest("exat", "exact prefix regex")).toBe("exact", "a letter too few");
    expect(nearest("prefex", "exact prefix regex")).toBe("prefix", "another letter");
    expect(nearest("reegx", "exact prefix regex")).toBe("regex", "two letters swapped");
    expect(nearest("EXACT", "exact prefix regex")).toBe("exact", "capitals");
    expect(nearest("withoutheaders", "headers withoutHeaders")).toBe("withoutHeaders");
    expect(nearest("virtualservice", "virtualServices steering")).toBe("virtualServices");
  });

  it("takes the nearest, and of two as near the first", () => {
    expect(nearest("hosts", "hash host")).toBe("host");
    expect(nearest("bat", "cat hat")).toBe("cat");
  });

  it("finds none that is too far: more than one and a quarter of the name's length", () => {
    expect(nearest("foo", "exact prefix regex")).toBe("(null)");
    // "uri" may be one slip off (3 / 4 is 0), "name" two (4 / 4 is 1).
    expect(nearest("url", "uri")).toBe("uri");
    expect(nearest("arl", "uri")).toBe("(null)");
    expect(nearest("nome", "name")).toBe("name");
    expect(nearest("nomi", "name")).toBe("name");
    expect(nearest("gomi", "name")).toBe("(null)");
    expect(nearest("x", "")).toBe("");
  });

  it("counts two swapped letters as one slip, but not twice the same letters (optimal string alignment)", () => {
    // OSA gives "ca" to "abc" 3, where unrestricted Damerau-Levenshtein gives 2; "abc" allows 1.
    expect(nearest("ca", "abc")).toBe("(null)");
    expect(nearest("bac", "abc")).toBe("abc");
  });

  it("compares names of up to 40 bytes", () => {
    const forty = "a".repeat(40);
    expect(nearest(forty.slice(1) + "b", forty)).toBe(forty);
    expect(nearest(forty + "a", forty)).toBe("(null)");
    expect(nearest(forty, forty + "a")).toBe("(null)");
    expect(nearest("x".repeat(100000), "exact")).toBe("(null)");
    expect(nearest("", "a")).toBe("a");
  });
});
