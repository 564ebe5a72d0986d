import { specRegion, text } from "../../test/support/spec/bytes";
import { forgetProperties, propertyReads, setProperty } from "../../test/support/spec/host";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { Random } from "../../test/support/spec/random";
import { startRequest, valuesOf } from "../../test/support/spec/request";
import { seed } from "../../test/support/spec/run";
import { Region } from "../memory/region";
import { isSpiffeId } from "../text/spiffe-id";
import { RegexError, compileRegex } from "../text/regex/index";
import { useIdentity } from "./principal";
import { factWasRefused } from "./property";
import { Direction } from "./traffic-direction";
import { Fact, SlotTable } from "./slots";

export { proxy_get_property } from "../../test/support/spec/host";

const slots = SlotTable.open(specRegion(), false);
const trustDomain = slots.slot(Fact.TRUST_DOMAIN, text(""));
const namespaces = slots.slot(Fact.NAMESPACE, text(""));
const accounts = slots.slot(Fact.SERVICE_ACCOUNT, text(""));

/** Starts a request of a peer with that identity; "" is one without a certificate. */
function from(principal: string): void {
  forgetProperties();
  if (principal.length > 0) setProperty("connection/uri_san_peer_certificate", text("spiffe://" + principal));
  useIdentity(Direction.INBOUND, null);
  startRequest(slots, new HeaderPairs());
}

function trustDomainOf(principal: string): string {
  from(principal);
  return valuesOf(trustDomain);
}

function namespacesOf(principal: string): string {
  from(principal);
  return valuesOf(namespaces);
}

function accountsOf(principal: string): string {
  from(principal);
  return valuesOf(accounts);
}

describe("the parts of a principal", () => {
  it("are what Istio's identities have", () => {
    from("cluster.local/ns/default/sa/sleep");
    expect(valuesOf(trustDomain)).toBe("[cluster.local]");
    expect(valuesOf(namespaces)).toBe("[default]");
    expect(valuesOf(accounts)).toBe("[default/sleep]");
    expect<u32>(propertyReads).toBe(1, "the principal is read once");
  });

  it("are absent without a certificate, and with an identity that is malformed", () => {
    from("");
    expect(valuesOf(trustDomain) + valuesOf(namespaces) + valuesOf(accounts)).toBe("absentabsentabsent");
    from("cluster.local/ns/default/sa/sleep/");
    expect(valuesOf(trustDomain) + valuesOf(namespaces) + valuesOf(accounts)).toBe("absentabsentabsent");
  });

  it("are those of this workload on an outbound listener", () => {
    forgetProperties();
    useIdentity(Direction.OUTBOUND, text("td/ns/a/sa/b"));
    startRequest(slots, new HeaderPairs());
    expect(valuesOf(trustDomain) + valuesOf(namespaces) + valuesOf(accounts)).toBe("[td][a][a/b]");
  });
});

describe("the trust domain", () => {
  it("is the first segment, where a path follows", () => {
    expect(trustDomainOf("example.com/x")).toBe("[example.com]");
    expect(trustDomainOf("a/b/c")).toBe("[a]");
    expect(trustDomainOf("example.com")).toBe("absent");
  });
});

describe("the namespaces", () => {
  it("follow a segment ns and are not the last, wherever that is", () => {
    expect(namespacesOf("td/ns/a/b")).toBe("[a]");
    expect(namespacesOf("td/x/ns/a/b")).toBe("[a]");
    expect(namespacesOf("td/ns/a/ns/b/c")).toBe("[a][b]");
    expect(namespacesOf("td/ns/ns/x/y")).toBe("[ns][x]");
    expect(namespacesOf("ns/a/b")).toBe("[a]", "the trust domain may be ns");
    expect(namespacesOf("td/ns/a")).toBe("absent");
    expect(namespacesOf("td/ns")).toBe("absent");
    expect(namespacesOf("ns")).toBe("absent");
    expect(namespacesOf("td/nss/a/b")).toBe("absent");
    expect(namespacesOf("td/xns/a/b")).toBe("absent");
    expect(namespacesOf("td/NS/a/b")).toBe("absent");
  });
});

describe("the service accounts", () => {
  it("follow a segment sa behind a namespace's, as the last or not", () => {
    expect(accountsOf("td/ns/a/sa/b")).toBe("[a/b]");
    expect(accountsOf("td/ns/a/sa/b/c")).toBe("[a/b]");
    expect(accountsOf("td/ns/a/x/y/sa/b")).toBe("[a/b]");
    expect(accountsOf("td/x/ns/a/sa/b")).toBe("[a/b]");
    expect(accountsOf("ns/a/sa/b")).toBe("absent", "the trust domain is no ns here");
    expect(accountsOf("td/ns/a/sa")).toBe("absent");
    expect(accountsOf("td/ns/a/saa/b")).toBe("absent");
    expect(accountsOf("td/ns/sa/b")).toBe("absent");
    expect(accountsOf("td/sa/b/ns/a")).toBe("absent");
    expect(accountsOf("td/ns/a/b")).toBe("absent");
  });

  it("are each pair, where an identity has several", () => {
    expect(accountsOf("td/ns/a/sa/b/sa/c")).toBe("[a/b][a/c]");
    expect(accountsOf("td/ns/a/ns/b/sa/c")).toBe("[a/c][b/c]");
    expect(accountsOf("td/ns/ns/sa/sa/x")).toBe("[ns/sa][ns/x][sa/x]");
  });

  it("are not told where there are more than any identity has", () => {
    expect(accountsOf("td" + "/ns/a".repeat(8) + "/sa/b".repeat(8)).length).toBe(64 * "[a/b]".length);
    expect(factWasRefused()).toBe(false);
    from("td" + "/ns/a".repeat(5) + "/sa/b".repeat(13));
    valuesOf(accounts);
    expect(factWasRefused()).toBe(true);
    from("td" + "/ns/a".repeat(200) + "/sa/b".repeat(200));
    expect(valuesOf(accounts).length < 70 * "[a/b]".length).toBe(true);
    expect(factWasRefused()).toBe(true);
  });
});

/** Whether an expression of istiod's matches the whole ID. */
function matches(expression: string, id: string): bool {
  const region = Region.open();
  const error = changetype<RegexError>(region.take(offsetof<RegexError>()));
  const bytes = text(id);
  const found = compileRegex(region, text(expression), error)!.matches(bytes.start, bytes.length);
  region.close();
  return found;
}

/** istio `pilot/pkg/security/authz/model`: the expressions of `srcNamespaceGenerator` and `serviceAccountRegex`. */
describe("random identities", () => {
  it("have the namespaces, accounts and trust domains that Istio's expressions match", () => {
    const random = new Random(seed());
    const words = ["ns", "sa", "a", "nsa"];
    let found = 0;
    for (let i = 0; i < 150; i++) {
      let principal = random.pick(words);
      for (let n = random.below(10); n > 0; n--) principal += "/" + random.pick(words);
      const id = "spiffe://" + principal;
      const bytes = text(id);
      expect(isSpiffeId(bytes.start, bytes.length)).toBe(true, id);
      const itsDomain = trustDomainOf(principal);
      const itsNamespaces = valuesOf(namespaces);
      const itsAccounts = valuesOf(accounts);
      for (let j = 0; j < words.length; j++) {
        const word = words[j];
        expect(itsDomain == "[" + word + "]").toBe(matches("spiffe://" + word + "/.*", id), id + " of " + word);
        expect(itsNamespaces.includes("[" + word + "]")).toBe(matches(".*/ns/" + word + "/.*", id), id + " in " + word);
        for (let k = 0; k < words.length; k++) {
          const expected = matches("spiffe://.+/ns/" + word + "/(.+/|)sa/" + words[k] + "(/.+)?", id);
          expect(itsAccounts.includes("[" + word + "/" + words[k] + "]")).toBe(
            expected,
            id + " as " + word + "/" + words[k],
          );
          if (expected) found++;
        }
      }
    }
    expect(found > 20).toBe(true);
  });
});
