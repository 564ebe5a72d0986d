import { Place } from "../../assembly/config/place";
import { Chain } from "../../assembly/memory/chain";
import { Region } from "../../assembly/memory/region";
import { MAX_TRUST_DOMAIN_LENGTH } from "../../assembly/text/spiffe-id";
import { Text, utf8 } from "../../assembly/text/text";

const STAR: u8 = 0x2a;
const SLASH: u8 = 0x2f;

/** The most aliases: a principal is written out for each, and compared with each. */
const MAX_ALIASES: u32 = 32;

/** One of the mesh's trust domains. */
@unmanaged
export class TrustDomain {
  name: Text;
  next: TrustDomain | null;
}

/**
 * The mesh's trust domain and its aliases (MeshConfig `trustDomain`, `trustDomainAliases`): a principal of one is a principal
 * of all (istio `pilot/pkg/security/trustdomain/bundle.go`).
 */
@unmanaged
export class TrustDomains extends Chain<TrustDomain> {
  /** Reads the aliases beside the trust domain itself, in `region`. */
  static read(own: Text, aliases: Place, region: Region): TrustDomains {
    const domains = changetype<TrustDomains>(region.take(offsetof<TrustDomains>()));
    domains.addName(region, own);
    if (!aliases.list()) return domains;
    if (aliases.count > MAX_ALIASES) {
      aliases.error(utf8("more than 32 trust domain aliases"));
      return domains;
    }
    let alias = aliases.first();
    while (alias != null) {
      const name = alias.requiredString();
      if (name != null && isAlias(name)) domains.addName(region, name);
      else if (name != null) alias.expected(utf8("a trust domain, with at most one *, at its start or end"));
      alias = alias.next();
    }
    return domains;
  }

  /**
   * The length of the trust domain of a principal of a policy that stands for one in each trust domain: it has five parts, and its trust
   * domain is one of the mesh's, up to the `*` of either, or `cluster.local`, which points to them. Else 0.
   */
  expanded(principal: Text): u32 {
    const domain = domainLength(principal);
    if (domain == 0 || (domain == 1 && load<u8>(principal.start) == STAR)) return 0;
    const local = utf8("cluster.local");
    if (local.is(principal.start, domain)) return domain;
    let known = this.first;
    while (known != null) {
      if (isSame(known.name.start, known.name.length, principal.start, domain)) return domain;
      known = known.next;
    }
    return 0;
  }

  /** Whether that is one of them, to the letter. */
  includes(name: Text): bool {
    let known = this.first;
    while (known != null) {
      if (known.name.equals(name)) return true;
      known = known.next;
    }
    return false;
  }

  private addName(region: Region, name: Text): void {
    const domain = changetype<TrustDomain>(region.take(offsetof<TrustDomain>()));
    domain.name = name;
    this.add(domain);
  }
}

/**
 * A principal in a trust domain: with that in place of its own, which is so long (`expanded`), but as it is where its own, with a
 * `*` before it, takes the other one in. In `region`.
 */
export function principalIn(domain: Text, principal: Text, length: u32, region: Region): Text {
  if (endsAs(domain.start, domain.length, principal.start, length)) return principal;
  const rest = principal.length - length;
  const text = region.take(sizeof<u32>() + domain.length + rest);
  store<u32>(text, domain.length + rest);
  memory.copy(text + sizeof<u32>(), domain.start, domain.length);
  memory.copy(text + sizeof<u32>() + domain.length, principal.start + length, rest);
  return changetype<Text>(text);
}

/** The length of a principal's trust domain; 0 where it has not five parts. */
function domainLength(principal: Text): u32 {
  let slashes: u32 = 0;
  let first: u32 = 0;
  for (let i: u32 = 0; i < principal.length; i++) {
    if (load<u8>(principal.start + i) != SLASH) continue;
    if (slashes++ == 0) first = i;
  }
  return slashes == 4 ? first : 0;
}

/** Whether two names of trust domains mean the same, up to a `*` of either (istio `trustdomain/util.go: stringMatch`). */
function isSame(a: usize, aLength: u32, b: usize, bLength: u32): bool {
  if (aLength == bLength && memory.compare(a, b, aLength) == 0) return true;
  if (aLength == 1 && load<u8>(a) == STAR) return true;
  return (
    startsAs(a, aLength, b, bLength) ||
    startsAs(b, bLength, a, aLength) ||
    endsAs(a, aLength, b, bLength) ||
    endsAs(b, bLength, a, aLength)
  );
}

/** Whether a name starts as a pattern with a `*` at its end says. */
function startsAs(name: usize, length: u32, pattern: usize, patternLength: u32): bool {
  if (patternLength == 0 || load<u8>(pattern + patternLength - 1) != STAR) return false;
  return length >= patternLength - 1 && memory.compare(name, pattern, patternLength - 1) == 0;
}

/** Whether a name ends as a pattern with a `*` at its start says. */
function endsAs(name: usize, length: u32, pattern: usize, patternLength: u32): bool {
  if (patternLength == 0 || load<u8>(pattern) != STAR) return false;
  const rest = patternLength - 1;
  return length >= rest && memory.compare(name + (length - rest), pattern + 1, rest) == 0;
}

/** At most one `*`, at the start or the end, and no `/`. */
function isAlias(name: Text): bool {
  if (name.length > MAX_TRUST_DOMAIN_LENGTH) return false;
  for (let i: u32 = 0; i < name.length; i++) {
    const byte = load<u8>(name.start + i);
    if (byte == SLASH || (byte == STAR && i != 0 && i != name.length - 1)) return false;
  }
  return name.length == 1 || load<u8>(name.start) != STAR || load<u8>(name.start + name.length - 1) != STAR;
}
