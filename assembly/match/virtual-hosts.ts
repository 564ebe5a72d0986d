import { Place } from "../config/place";
import { nodeMetadata } from "../host/node";
import { Region } from "../memory/region";
import { isDigit, lower, sameIgnoringCase } from "../text/ascii";
import { FEW_BUCKETS, hashIn } from "../text/hash";
import { Text, holdsByte, utf8 } from "../text/text";

/** Buckets of a new table. They become four times as many as domains are added, so that those of a small plan lie in few cache lines. */
const FIRST_BUCKETS: u32 = 16;
/** The longest host, in bytes: that of a name in DNS (RFC 1035 §2.3.4), and `*.` before it. */
const MAX_HOST: u32 = 255;
/** The most domains; a service of the cluster has five. So many take a fifth of a second to add. */
const MAX_DOMAINS: u32 = 1 << 19;
const STAR: u8 = 0x2a;
const DOT: u8 = 0x2e;
const COLON: u8 = 0x3a;

/** A domain and what it leads to. */
@unmanaged
class Domain {
  /** The host itself, or what stands behind the `*`. Names of one service share their bytes. */
  start: usize;
  length: u32;
  hash: u32;
  wildcard: bool;
  outcome: usize;
  next: Domain | null;
}

/**
 * Which VirtualService a request's host belongs to: whole names first, then the longest `*.suffix`, then `*`, letters'
 * case and the port left out (Envoy `RouteMatcher::findVirtualHost`; istiod sets `ignore_port_in_host_matching`).
 */
@unmanaged
export class VirtualHosts {
  private region: Region;
  private buckets: usize;
  /** One less than how many there are, which is a power of two. */
  private mask: u32;
  /** How many domains lie in them. */
  private count: u32;
  private everything: usize;
  /** The length of the longest wildcard without its `*`; nothing longer of a host needs to be looked for. */
  private longestWildcard: u32;
  /** Whether one goes on within its label (`*-canary.example.com`): then it is looked for from every byte on. */
  private partialLabels: bool;
  /** The proxy's own namespace, null if it does not know it; and whether it was asked for. */
  private ownNamespace: Text | null;
  private askedNamespace: bool;

  static open(region: Region): VirtualHosts {
    const hosts = changetype<VirtualHosts>(region.take(offsetof<VirtualHosts>()));
    hosts.region = region;
    hosts.mask = FIRST_BUCKETS - 1;
    hosts.buckets = region.take(FIRST_BUCKETS * sizeof<usize>());
    return hosts;
  }

  /** Whether some hosts are other than `*`, so that it takes a request's `:authority` to find its outcome. */
  get hasNames(): bool {
    return this.count > 0;
  }

  /** The outcome for a request's `:authority`; 0 where no VirtualService names its host. */
  find(start: usize, length: u32): usize {
    // No domain has a colon (`addDomain`). So if the whole host is a domain, it has no port.
    let whole = this.domainOf(start, length, false);
    let host = length;
    if (whole == null) {
      host = withoutPort(start, length);
      if (host < length) whole = this.domainOf(start, host, false);
    }
    if (whole != null) return whole.outcome;
    const first = host > this.longestWildcard ? host - this.longestWildcard : 0;
    for (let from = max<u32>(1, first); from < host; from++) {
      if (!this.partialLabels && load<u8>(start + from) != DOT) continue;
      const domain = this.domainOf(start + from, host - from, true);
      if (domain != null) return domain.outcome;
    }
    return this.everything;
  }

  /**
   * The outcome for a request without `:authority`: that of `*` if no other host is named, else 0 (Envoy
   * `RouteMatcher::findVirtualHost`).
   */
  get withoutHost(): usize {
    return this.hasNames ? 0 : this.everything;
  }

  private domainOf(start: usize, length: u32, wildcard: bool): Domain | null {
    let domain = changetype<Domain | null>(load<usize>(this.bucket(hashIn(this.mask, start, length))));
    while (domain != null) {
      if (domain.wildcard == wildcard && sameIgnoringCase(domain.start, domain.length, start, length)) return domain;
      domain = domain.next;
    }
    return null;
  }

  /** Reports if a VirtualService's `hosts` are no list, or none at all; `checkHost` is for each of them. */
  static checkHosts(place: Place): void {
    if (!place.present) {
      place.error(
        utf8("required, and missing; if this is a delegate, write its routes into the VirtualService that names it"),
      );
      return;
    }
    if (place.list() && place.count == 0) place.expected(utf8("a list that is not empty"));
  }

  /** Reports that no host name stands at a place, if none does. */
  static checkHost(place: Place): void {
    const host = place.requiredString();
    if (host != null && !isHost(host)) {
      place.expected(utf8('a host name, which may begin with "*"'));
    }
  }

  /**
   * Lets the host that stands at a place, if it is well-formed, lead to `outcome`. A name without a dot is a service of
   * `namespace`; a service of the cluster is known by all the names that istiod gives its virtual host
   * (`pilot/pkg/networking/core/httproute.go: GenerateAltVirtualHosts`), the shortest only where the proxy is in its
   * namespace or does not know its own. A host that leads to something else already is reported.
   */
  addHostAt(place: Place, namespace: Text, outcome: usize): void {
    const host = place.isString ? place.string() : null;
    if (host != null && host.length > 0 && isHost(host)) this.addHost(place, host, namespace, outcome);
  }

  private addHost(place: Place, host: Text, namespace: Text, outcome: usize): void {
    const isWildcard = load<u8>(host.start) == STAR;
    if (isWildcard && host.length == 1) return this.addEverything(place, host, outcome);
    const end = host.contains(DOT)
      ? utf8(".")
      : Text.joined(place.report.region, utf8("."), namespace, utf8(".svc.cluster.local."));
    const text = Text.joined(this.region, host, end, utf8(""));
    const full = text.length - 1;
    if (isWildcard) return this.addWildcard(place, text.start + 1, full - 1, outcome);
    this.addDomain(place, text.start, full, false, outcome);
    const name = serviceName(text.start, full);
    if (name > 0) this.addServiceNames(place, text, name, outcome);
  }

  /** The name with a dot at its end, `name.namespace`, `name.namespace.svc` and, in its own namespace, `name`. */
  private addServiceNames(place: Place, host: Text, name: u32, outcome: usize): void {
    const start = host.start;
    this.addDomain(place, start, host.length, false, outcome);
    let end = name + 1;
    while (load<u8>(start + end) != DOT) end++;
    this.addDomain(place, start, end, false, outcome);
    this.addDomain(place, start, end + 4, false, outcome);
    const own = this.namespaceOfProxy();
    if (own == null || sameIgnoringCase(own.start, own.length, start + name + 1, end - name - 1)) {
      this.addDomain(place, start, name, false, outcome);
    }
  }

  /** It is asked for once, and kept with the domains: what is read of a VirtualService is given back before the next. */
  private namespaceOfProxy(): Text | null {
    if (!this.askedNamespace) this.ownNamespace = nodeMetadata(this.region, utf8("NAMESPACE"));
    this.askedNamespace = true;
    return this.ownNamespace;
  }

  private addEverything(place: Place, host: Text, outcome: usize): void {
    if (this.everything != 0 && this.everything != outcome) reportTaken(place, host.start, 1, false);
    else this.everything = outcome;
  }

  /** Adds what stands behind the `*`, whose bytes are kept. */
  private addWildcard(place: Place, start: usize, length: u32, outcome: usize): void {
    this.longestWildcard = max(this.longestWildcard, length);
    if (load<u8>(start) != DOT) this.partialLabels = true;
    this.addDomain(place, start, length, true, outcome);
  }

  /** Adds a domain, whose bytes are kept. */
  private addDomain(place: Place, start: usize, length: u32, wildcard: bool, outcome: usize): void {
    // A namespace may have one; a request's host has none when its port is off.
    if (holdsByte(start, length, COLON)) return;
    const known = this.domainOf(start, length, wildcard);
    if (known != null) {
      if (known.outcome != outcome) reportTaken(place, start, length, wildcard);
      return;
    }
    if (this.count == MAX_DOMAINS) return place.error(utf8("more than 524288 names of hosts"));
    const domain = changetype<Domain>(this.region.take(offsetof<Domain>()));
    domain.start = start;
    domain.length = length;
    domain.wildcard = wildcard;
    domain.outcome = outcome;
    if (this.count > this.mask) this.grow();
    this.count++;
    domain.hash = hashIn(this.mask, start, length);
    this.link(domain);
  }

  private link(domain: Domain): void {
    const bucket = this.bucket(domain.hash);
    domain.next = changetype<Domain | null>(load<usize>(bucket));
    store<usize>(bucket, changetype<usize>(domain));
  }

  private grow(): void {
    const before = this.buckets;
    const count = this.mask + 1;
    this.mask = count * 4 - 1;
    this.buckets = this.region.take(count * 4 * sizeof<usize>());
    for (let i: u32 = 0; i < count; i++) {
      let domain = changetype<Domain | null>(load<usize>(before + i * sizeof<usize>()));
      while (domain != null) {
        const next = domain.next;
        if (count <= FEW_BUCKETS) domain.hash = hashIn(this.mask, domain.start, domain.length);
        this.link(domain);
        domain = next;
      }
    }
  }

  private bucket(hash: u32): usize {
    return this.buckets + (hash & this.mask) * sizeof<usize>();
  }
}

function reportTaken(place: Place, start: usize, length: u32, wildcard: bool): void {
  const writer = place.begin();
  writer.text(utf8('another entry already has the host "'));
  if (wildcard) writer.byte(STAR);
  writer.plain(start, length, length);
  writer.byte(0x22);
  place.report.error();
}

/**
 * How many bytes of a host stand before its port: before the last colon that is not within an IPv6 address's brackets,
 * whatever stands behind it (Envoy `HeaderUtility::getPortStart`). So `reviews:9080-shadow`, as Envoy names the host of a
 * mirrored request with a port, is `reviews`, and `reviews-shadow` is not.
 */
function withoutPort(start: usize, length: u32): u32 {
  let at = length;
  while (at > 0) {
    const byte = load<u8>(start + --at);
    if (byte == COLON) return at;
    if (byte == 0x5d) break;
  }
  return length;
}

/** Where a host is `name.namespace.svc.cluster.local`, the length of `name`; else 0. */
function serviceName(host: usize, length: u32): u32 {
  const suffix = utf8(".svc.cluster.local");
  if (length <= suffix.length) return 0;
  const rest = length - suffix.length;
  if (!sameIgnoringCase(host + rest, suffix.length, suffix.start, suffix.length)) return 0;
  let name: u32 = 0;
  let dots: u32 = 0;
  for (let i: u32 = 0; i < rest; i++) {
    if (load<u8>(host + i) != DOT) continue;
    if (dots == 0) name = i;
    dots++;
  }
  return dots == 1 && name > 0 && name + 1 < rest ? name : 0;
}

/** `*`, `*.` and a name, `*` and the rest of one (`*-canary.example.com`), or a name; letters, digits, `-`, `_` and dots, no dot beside another or at an end. */
function isHost(host: Text): bool {
  let from: u32 = 0;
  if (load<u8>(host.start) == STAR) {
    if (host.length == 1) return true;
    from = load<u8>(host.start + 1) == DOT ? 2 : 1;
  }
  if (host.length > MAX_HOST) return false;
  let label: u32 = 0;
  for (let i = from; i < host.length; i++) {
    const byte = <u32>load<u8>(host.start + i);
    if (byte == DOT) {
      if (label == 0) return false;
      label = 0;
    } else {
      const letter = lower(byte);
      if (!isDigit(byte) && letter - 0x61 >= 26 && byte != 0x2d && byte != 0x5f) return false;
      label++;
    }
  }
  return label > 0;
}
