import { text } from "../../test/as-pect/assembly/bytes";
import { forgetProperties, propertyReads, setIntegerProperty, setProperty } from "../../test/as-pect/assembly/host";
import { HeaderPairs } from "../../test/as-pect/assembly/pairs";
import { startRequest, valuesOf } from "../../test/as-pect/assembly/request";
import { Region } from "../memory/region";
import { Direction, useIdentity } from "./principal";
import { Fact, SlotTable } from "./slots";

export { proxy_get_property } from "../../test/as-pect/assembly/host";

const SAN = "connection/uri_san_peer_certificate";
const LISTENER = "xds/listener_direction";
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
  });
});
