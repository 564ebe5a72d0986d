import { hex, text } from "../../test/support/spec/bytes";
import {
  failProperty,
  forgetProperties,
  propertyReads,
  setIntegerProperty,
  setProperty,
} from "../../test/support/spec/host";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest, valuesOf } from "../../test/support/spec/request";
import { Status } from "../host/status";
import { Region } from "../memory/region";
import { identityIsMalformed, useIdentity } from "./principal";
import { factWasRefused } from "./property";
import { Direction } from "./traffic-direction";
import { Fact, SlotTable } from "./slots";

export { proxy_get_property } from "../../test/support/spec/host";

const SAN = "connection/uri_san_peer_certificate";
const MTLS = "connection/mtls";
const LISTENER = "xds/listener_direction";
const PEER_PRINCIPAL = "filter_state/io.istio.peer_principal";
/** Envoy's core.v3.TrafficDirection. */
const INBOUND: u64 = 1;
const OUTBOUND: u64 = 2;

function value(fact: Fact): string {
  const slots = SlotTable.open(Region.open(), false);
  const slot = slots.slot(fact, text(""));
  startRequest(slots, new HeaderPairs());
  return valuesOf(slot);
}

describe("the principal", () => {
  it("is the peer's URI SAN without its scheme", () => {
    forgetProperties();
    useIdentity(Direction.INBOUND, null);
    setProperty(SAN, text("spiffe://cluster.local/ns/default/sa/sleep"));
    expect(value(Fact.PRINCIPAL)).toBe("[cluster.local/ns/default/sa/sleep]");
    expect<u32>(propertyReads).toBe(1, "the direction is said: the listener is not asked");
  });

  it("is absent over plaintext, and where the SAN is no SPIFFE ID", () => {
    forgetProperties();
    useIdentity(Direction.INBOUND, text("cluster.local/ns/default/sa/own"));
    expect(value(Fact.PRINCIPAL)).toBe("absent");
    setProperty(SAN, text("https://example.com/x"));
    expect(value(Fact.PRINCIPAL)).toBe("absent");
    setProperty(SAN, text("spiffe://"));
    expect(value(Fact.PRINCIPAL)).toBe("absent");
    setProperty(SAN, text("SPIFFE://a"));
    expect(value(Fact.PRINCIPAL)).toBe("absent");
    setProperty(SAN, text(""));
    expect(value(Fact.PRINCIPAL)).toBe("absent");
    setProperty(SAN, text("spiffe://cluster.local/ns/default/sa/sleep/"));
    expect(value(Fact.PRINCIPAL)).toBe("absent");
  });

  it("is this workload's own on an outbound listener, whatever the peer shows", () => {
    forgetProperties();
    setProperty(SAN, text("spiffe://cluster.local/ns/default/sa/peer"));
    useIdentity(Direction.OUTBOUND, text("cluster.local/ns/default/sa/own"));
    expect(value(Fact.PRINCIPAL)).toBe("[cluster.local/ns/default/sa/own]");
    useIdentity(Direction.OUTBOUND, null);
    expect(value(Fact.PRINCIPAL)).toBe("absent");
  });

  it("goes by the listener's direction where none is said", () => {
    forgetProperties();
    setProperty(SAN, text("spiffe://cluster.local/ns/default/sa/peer"));
    useIdentity(Direction.UNKNOWN, text("cluster.local/ns/default/sa/own"));
    expect(value(Fact.PRINCIPAL)).toBe("[cluster.local/ns/default/sa/peer]");
    setIntegerProperty(LISTENER, INBOUND);
    expect(value(Fact.PRINCIPAL)).toBe("[cluster.local/ns/default/sa/peer]");
    setIntegerProperty(LISTENER, OUTBOUND);
    expect(value(Fact.PRINCIPAL)).toBe("[cluster.local/ns/default/sa/own]");
  });
});

describe("a malformed identity", () => {
  it("is a URI SAN that is no SPIFFE ID", () => {
    forgetProperties();
    useIdentity(Direction.INBOUND, null);
    const wrong = ["https://example.com/x", "spiffe://", "SPIFFE://a", "", "spiffe://a//b", "spiffe://a/b?c", "-"];
    for (let i = 0; i < wrong.length; i++) {
      setProperty(SAN, text(wrong[i]));
      expect(value(Fact.PRINCIPAL)).toBe("absent", wrong[i]);
      expect(identityIsMalformed()).toBe(true, wrong[i]);
      expect(factWasRefused()).toBe(false, wrong[i]);
    }
    setProperty(SAN, text("spiffe://a"));
    expect(value(Fact.PRINCIPAL)).toBe("[a]");
    expect(identityIsMalformed()).toBe(false);
  });

  it("is a certificate without a URI SAN, but no connection without a certificate", () => {
    forgetProperties();
    useIdentity(Direction.INBOUND, null);
    setProperty(MTLS, hex("01"));
    expect(value(Fact.PRINCIPAL)).toBe("absent");
    expect<u32>(propertyReads).toBe(2, "the SAN, then what another listener said; mTLS is only asked for on demand");
    expect(identityIsMalformed()).toBe(true);
    expect(identityIsMalformed()).toBe(true);
    expect<u32>(propertyReads).toBe(3);
    setProperty(MTLS, hex("00"));
    expect(value(Fact.PRINCIPAL)).toBe("absent");
    expect(identityIsMalformed()).toBe(false);
    forgetProperties();
    expect(value(Fact.PRINCIPAL)).toBe("absent");
    expect(identityIsMalformed()).toBe(false);
    expect(factWasRefused()).toBe(false);
  });

  it("is not told before the principal is read, nor of another request", () => {
    forgetProperties();
    useIdentity(Direction.INBOUND, null);
    setProperty(SAN, text("https://example.com/x"));
    expect(value(Fact.PRINCIPAL)).toBe("absent");
    const slots = SlotTable.open(Region.open(), false);
    slots.slot(Fact.PRINCIPAL, text(""));
    startRequest(slots, new HeaderPairs());
    expect(identityIsMalformed()).toBe(false);
  });

  it("is none on an outbound listener", () => {
    forgetProperties();
    setProperty(SAN, text("https://example.com/x"));
    setProperty(MTLS, hex("01"));
    useIdentity(Direction.OUTBOUND, null);
    expect(value(Fact.PRINCIPAL)).toBe("absent");
    expect(identityIsMalformed()).toBe(false);
  });

  it("cannot be told where the host does not answer", () => {
    forgetProperties();
    useIdentity(Direction.INBOUND, null);
    failProperty(MTLS, Status.INTERNAL_FAILURE);
    expect(value(Fact.PRINCIPAL)).toBe("absent");
    expect(factWasRefused()).toBe(false);
    expect(identityIsMalformed()).toBe(false);
    expect(factWasRefused()).toBe(true);
    forgetProperties();
    setProperty(MTLS, text("true"));
    expect(value(Fact.PRINCIPAL)).toBe("absent");
    expect(identityIsMalformed()).toBe(false);
    expect(factWasRefused()).toBe(true);
  });
});

/** `%DOWNSTREAM_PEER_URI_SAN%` as istiod's listener of a waypoint puts it there; `-` is Envoy's word for none. */
describe("the principal on a waypoint", () => {
  it("is the peer's that filter state names, whatever the connection shows", () => {
    forgetProperties();
    useIdentity(Direction.OUTBOUND, text("cluster.local/ns/default/sa/own"), true);
    setProperty(SAN, text("spiffe://cluster.local/ns/default/sa/ztunnel"));
    setProperty(PEER_PRINCIPAL, text("spiffe://cluster.local/ns/default/sa/sleep"));
    expect(value(Fact.PRINCIPAL)).toBe("[cluster.local/ns/default/sa/sleep]");
    expect(identityIsMalformed()).toBe(false);
    useIdentity(Direction.OUTBOUND, text("cluster.local/ns/default/sa/own"));
    expect(value(Fact.PRINCIPAL)).toBe("[cluster.local/ns/default/sa/own]");
  });

  it("is absent where there is none", () => {
    forgetProperties();
    useIdentity(Direction.INBOUND, null, true);
    setProperty(SAN, text("spiffe://cluster.local/ns/default/sa/ztunnel"));
    setProperty(MTLS, hex("01"));
    expect(value(Fact.PRINCIPAL)).toBe("absent");
    expect(identityIsMalformed()).toBe(false);
    const none = ["", "-"];
    for (let i = 0; i < none.length; i++) {
      setProperty(PEER_PRINCIPAL, text(none[i]));
      expect(value(Fact.PRINCIPAL)).toBe("absent", none[i]);
      expect(identityIsMalformed()).toBe(false, none[i]);
    }
  });

  it("is malformed where it is no SPIFFE ID, such as two of them", () => {
    forgetProperties();
    useIdentity(Direction.INBOUND, null, true);
    const wrong = ["spiffe://a/b,spiffe://c/d", "cluster.local/ns/default/sa/sleep", "https://a", "spiffe://a/"];
    for (let i = 0; i < wrong.length; i++) {
      setProperty(PEER_PRINCIPAL, text(wrong[i]));
      expect(value(Fact.PRINCIPAL)).toBe("absent", wrong[i]);
      expect(identityIsMalformed()).toBe(true, wrong[i]);
    }
  });
});

describe("the port", () => {
  it("is the listener's, in decimal", () => {
    forgetProperties();
    expect(value(Fact.PORT)).toBe("absent");
    setIntegerProperty("destination/port", 8080);
    expect(value(Fact.PORT)).toBe("[8080]");
    setIntegerProperty("destination/port", 0);
    expect(value(Fact.PORT)).toBe("[0]");
    setIntegerProperty("destination/port", u64.MAX_VALUE);
    expect(value(Fact.PORT)).toBe("[18446744073709551615]");
    setProperty("destination/port", text("80"));
    expect(value(Fact.PORT)).toBe("absent", "no integer");
    expect(factWasRefused()).toBe(true);
  });
});
