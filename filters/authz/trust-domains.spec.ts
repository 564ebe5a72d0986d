import { text } from "../../test/support/spec/bytes";
import { configuration, errors } from "../../test/support/spec/configuration";
import { list } from "./test/spec/policies";
import { Region } from "../../assembly/memory/region";
import { utf8 } from "../../assembly/text/text";
import { TrustDomain, TrustDomains, principalIn } from "./trust-domains";

export { proxy_get_property } from "../../test/support/spec/host";

function domains(own: string, aliases: string[]): TrustDomains {
  const root = configuration('{"a": ' + list(aliases) + "}");
  const read = TrustDomains.read(text(own), root.field(utf8("a")), Region.open());
  expect(errors(root)).toBe("");
  return read;
}

/** The principals that one of a policy stands for, separated by blanks; each once. */
function expanded(own: string, aliases: string[], principal: string): string {
  const known = domains(own, aliases);
  const written = text(principal);
  const length = known.expanded(written);
  if (length == 0) return principal;
  const all: string[] = [];
  let domain: TrustDomain | null = known.first;
  while (domain != null) {
    const one = principalIn(domain.name, written, length, Region.open()).toString();
    if (!all.includes(one)) all.push(one);
    domain = domain.next;
  }
  return all.join(" ");
}

function problems(alias: string): string {
  const root = configuration('{"a": ' + list([alias]) + "}");
  TrustDomains.read(text("td"), root.field(utf8("a")), Region.open());
  return errors(root);
}

const NONE: string[] = [];

/** Istio's own cases (pilot/pkg/security/trustdomain/bundle_test.go: TestReplaceTrustDomainAliases). */
describe("a principal in the mesh's trust domains, as Istio tests it", () => {
  it("stays as it is without aliases", () => {
    expect(expanded("cluster.local", NONE, "cluster.local/ns/foo/sa/bar")).toBe("cluster.local/ns/foo/sa/bar");
  });

  it("stays as it is where its trust domain is *", () => {
    expect(expanded("cluster.local", NONE, "*")).toBe("*");
    expect(expanded("cluster.local", NONE, "*/ns/foo/sa/bar")).toBe("*/ns/foo/sa/bar");
    expect(expanded("td1", ["cluster.local"], "*/ns/foo/sa/bar")).toBe("*/ns/foo/sa/bar");
    expect(expanded("td1", ["cluster.local"], "*sa/zzz")).toBe("*sa/zzz");
    expect(expanded("td1", ["cluster.local"], "*")).toBe("*");
  });

  it("is one in each trust domain where it names one of them", () => {
    expect(expanded("td2", ["td1"], "td1/ns/foo/sa/bar")).toBe("td2/ns/foo/sa/bar td1/ns/foo/sa/bar");
    expect(expanded("td1", ["cluster.local"], "cluster.local/ns/yyy/sa/zzz")).toBe(
      "td1/ns/yyy/sa/zzz cluster.local/ns/yyy/sa/zzz",
    );
    expect(expanded("td2", ["td1", "cluster.local"], "td1/ns/yyy/sa/zzz")).toBe(
      "td2/ns/yyy/sa/zzz td1/ns/yyy/sa/zzz cluster.local/ns/yyy/sa/zzz",
    );
    expect(expanded("td1", ["td2", "some-td"], "some-td/ns/foo/sa/bar")).toBe(
      "td1/ns/foo/sa/bar td2/ns/foo/sa/bar some-td/ns/foo/sa/bar",
    );
    expect(expanded("new-td", ["td2", "td3"], "td2/ns/foo/sa/bar")).toBe(
      "new-td/ns/foo/sa/bar td2/ns/foo/sa/bar td3/ns/foo/sa/bar",
    );
  });

  it("stays as it is where its trust domain is none of them, or empty", () => {
    expect(expanded("td1", ["td2"], "some-td/ns/foo/sa/bar")).toBe("some-td/ns/foo/sa/bar");
    expect(expanded("new-td", ["td2", "td3"], "td1/ns/some-ns/sa/some-sa")).toBe("td1/ns/some-ns/sa/some-sa");
    expect(expanded("new-td", ["td2", "td3"], "/ns/some-ns/sa/some-sa")).toBe("/ns/some-ns/sa/some-sa");
  });

  it("keeps its * where a trust domain ends so, and takes the others beside it", () => {
    expect(expanded("td2", ["foo-td1", "cluster.local"], "*-td1/ns/foo/sa/bar")).toBe(
      "td2/ns/foo/sa/bar *-td1/ns/foo/sa/bar cluster.local/ns/foo/sa/bar",
    );
    expect(expanded("new-td", ["old-td"], "*-td/ns/some-ns/sa/some-sa")).toBe("*-td/ns/some-ns/sa/some-sa");
  });
});

/** By hand from bundle.go and util.go. */
describe("a principal in the mesh's trust domains, beyond Istio's tests", () => {
  it("of cluster.local is one in the mesh's own trust domains, of which it need be none", () => {
    expect(expanded("td", NONE, "cluster.local/ns/foo/sa/bar")).toBe("td/ns/foo/sa/bar");
    expect(expanded("td", ["old"], "cluster.local/ns/foo/sa/bar")).toBe("td/ns/foo/sa/bar old/ns/foo/sa/bar");
  });

  it("whose trust domain ends in * loses the star", () => {
    expect(expanded("td-a", ["td-b"], "td*/ns/foo/sa/bar")).toBe("td-a/ns/foo/sa/bar td-b/ns/foo/sa/bar");
    expect(expanded("x", ["td-b"], "td*/ns/foo/sa/bar")).toBe("x/ns/foo/sa/bar td-b/ns/foo/sa/bar");
    expect(expanded("x", NONE, "td*/ns/foo/sa/bar")).toBe("td*/ns/foo/sa/bar");
  });

  it("is known by an alias with a * at its start or end, which is then written out as it is", () => {
    expect(expanded("td", ["old-*"], "old-1/ns/foo/sa/bar")).toBe("td/ns/foo/sa/bar old-*/ns/foo/sa/bar");
    expect(expanded("td", ["*-old"], "my-old/ns/foo/sa/bar")).toBe("td/ns/foo/sa/bar *-old/ns/foo/sa/bar");
    expect(expanded("td", ["old-*"], "older/ns/foo/sa/bar")).toBe("older/ns/foo/sa/bar");
    expect(expanded("td", ["*"], "any/ns/foo/sa/bar")).toBe("td/ns/foo/sa/bar */ns/foo/sa/bar");
  });

  it("has five parts, whatever the last four are", () => {
    expect(expanded("td", ["old"], "old/a/b/c/d")).toBe("td/a/b/c/d old/a/b/c/d");
    expect(expanded("td", ["old"], "old/ns/foo/sa/*")).toBe("td/ns/foo/sa/* old/ns/foo/sa/*");
    expect(expanded("td", ["old"], "old/ns/foo/*")).toBe("old/ns/foo/*");
    expect(expanded("td", ["old"], "old/*")).toBe("old/*");
    expect(expanded("td", ["old"], "old")).toBe("old");
    expect(expanded("td", ["old"], "old/ns/foo/sa/bar/baz")).toBe("old/ns/foo/sa/bar/baz");
    expect(expanded("td", ["old"], "cluster.local/ns/foo/*")).toBe("cluster.local/ns/foo/*");
  });
});

describe("a trust domain itself", () => {
  it("is one of the mesh's to the letter alone", () => {
    const known = domains("td", ["old", "x-*"]);
    expect(known.includes(text("td"))).toBe(true);
    expect(known.includes(text("old"))).toBe(true);
    expect(known.includes(text("x-*"))).toBe(true);
    expect(known.includes(text("x-1"))).toBe(false);
    expect(known.includes(text("cluster.local"))).toBe(false);
    expect(known.includes(text("td*"))).toBe(false);
  });
});

describe("an alias", () => {
  it("has at most one *, at its start or end, and no slash", () => {
    const wrong = ["a*b", "*a*", "**", "a/b", "/"];
    for (let i = 0; i < wrong.length; i++) {
      expect(problems(wrong[i])).toBe(
        'a[0]: expected a trust domain, with at most one *, at its start or end, got "' + wrong[i] + '"',
      );
    }
    const right = ["a", "*", "*a", "a*", "a.b-c"];
    for (let i = 0; i < right.length; i++) expect(problems(right[i])).toBe("", right[i]);
  });
});
