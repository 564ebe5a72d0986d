import { configuration, errors } from "../../test/support/spec/configuration";
import { text } from "../../test/support/spec/bytes";
import { Region } from "../memory/region";
import { isClaimKey, readClaimKey } from "./claim-key";

const NOT_A_CLAIM = 'not the name of a claim: write "@request.auth.claims.name" or "@request.auth.claims[name][name]"';

/** The claim's path that a key of `headers` names, its NULs as `/`; or what is reported. */
function claim(key: string): string {
  const root = configuration('{"' + key + '": {}}');
  const path = readClaimKey(root.first()!, Region.open());
  return path == null ? errors(root) : path.toString().replaceAll("\0", "/");
}

describe("a claim's key (istio pkg/jwt: ToRoutingClaim)", () => {
  it("separates nested names by dots", () => {
    expect(claim("@request.auth.claims.sub")).toBe("sub");
    expect(claim("@request.auth.claims.a.b.c")).toBe("a/b/c");
  });

  it("takes names with dots in brackets", () => {
    expect(claim("@request.auth.claims[sub]")).toBe("sub");
    expect(claim("@request.auth.claims[a][b.c][d]")).toBe("a/b.c/d");
    expect(claim("@request.auth.claims[https://example.com/roles]")).toBe("https://example.com/roles");
  });

  it("begins the same in any case, as header names do; the names keep theirs", () => {
    expect(claim("@Request.Auth.Claims.Sub")).toBe("Sub");
  });

  it("is reported where it names none", () => {
    const wrong = ["", ".", ".a.", "..a", ".a..b", "[", "[]", "[a", "[a]b", "[a].b", "[a][", "[a][]", "x", "-a"];
    for (let i = 0; i < wrong.length; i++) {
      expect(claim("@request.auth.claims" + wrong[i])).toBe('["@request.auth.claims' + wrong[i] + '"]: ' + NOT_A_CLAIM);
    }
  });
});

describe("isClaimKey", () => {
  it("tells a claim from a header", () => {
    expect(isClaimKey(text("@request.auth.claims.a"))).toBe(true);
    expect(isClaimKey(text("@REQUEST.auth.claims[a]"))).toBe(true);
    expect(isClaimKey(text("@request.auth.claim"))).toBe(false);
    expect(isClaimKey(text("request.auth.claims.a"))).toBe(false);
    expect(isClaimKey(text("x"))).toBe(false);
    expect(isClaimKey(text(""))).toBe(false);
  });
});
