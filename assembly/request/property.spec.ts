import { text } from "../../test/support/spec/bytes";
import { failProperty, forgetProperties } from "../../test/support/spec/host";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest, valuesOf } from "../../test/support/spec/request";
import { Status } from "../host/status";
import { Region } from "../memory/region";
import { useIdentity } from "./principal";
import { factWasRefused } from "./property";
import { Direction } from "./traffic-direction";
import { Fact, SlotTable } from "./slots";

export { proxy_get_property } from "../../test/support/spec/host";

const REFUSALS = [
  Status.BAD_ARGUMENT,
  Status.SERIALIZATION_FAILURE,
  Status.PARSE_FAILURE,
  Status.INVALID_MEMORY_ACCESS,
  Status.EMPTY,
  Status.INTERNAL_FAILURE,
  Status.UNIMPLEMENTED,
];

/** Whether a fact counts as refused where the host answers its property so. */
function isRefused(fact: Fact, name: string, path: string, status: Status): bool {
  forgetProperties();
  failProperty(path, status);
  const slots = SlotTable.open(Region.open(), false);
  const slot = slots.slot(fact, text(name));
  startRequest(slots, new HeaderPairs());
  expect(factWasRefused()).toBe(false, "nothing is read yet");
  expect(valuesOf(slot)).toBe("absent", path);
  const refused = factWasRefused();
  startRequest(slots, new HeaderPairs());
  expect(factWasRefused()).toBe(false, "another request");
  return refused;
}

function check(fact: Fact, name: string, path: string): void {
  for (let i = 0; i < REFUSALS.length; i++) {
    expect(isRefused(fact, name, path, <Status>REFUSALS[i])).toBe(true, path + " " + REFUSALS[i].toString());
  }
}

describe("a fact whose property the host refuses", () => {
  it("is seen to be refused, whichever it is", () => {
    useIdentity(Direction.UNKNOWN, null);
    check(Fact.PRINCIPAL, "", "connection/uri_san_peer_certificate");
    check(Fact.PRINCIPAL, "", "xds/listener_direction");
    check(Fact.TRUST_DOMAIN, "", "connection/uri_san_peer_certificate");
    check(Fact.NAMESPACE, "", "connection/uri_san_peer_certificate");
    check(Fact.SERVICE_ACCOUNT, "", "connection/uri_san_peer_certificate");
    useIdentity(Direction.INBOUND, null, true);
    check(Fact.PRINCIPAL, "", "filter_state/io.istio.peer_principal");
    check(Fact.CLAIM, "sub", "metadata");
    check(Fact.CLAIM_STRING, "sub", "metadata");
    check(Fact.METADATA_STRING, "a\0b", "metadata");
    check(Fact.METADATA_LIST, "a\0b", "metadata");
    check(Fact.PORT, "", "destination/port");
    check(Fact.REMOTE_IP, "", "source/address");
    check(Fact.DESTINATION_IP, "", "destination/address");
    check(Fact.DIRECT_REMOTE_IP, "key", "filter_state/key");
    check(Fact.SNI, "", "connection/requested_server_name");
  });

  it("is none that the host has not, but for an address, which every request has", () => {
    useIdentity(Direction.UNKNOWN, null);
    expect(isRefused(Fact.PRINCIPAL, "", "connection/uri_san_peer_certificate", Status.NOT_FOUND)).toBe(false);
    expect(isRefused(Fact.CLAIM, "sub", "metadata", Status.NOT_FOUND)).toBe(false);
    expect(isRefused(Fact.PORT, "", "destination/port", Status.NOT_FOUND)).toBe(false);
    expect(isRefused(Fact.SNI, "", "connection/requested_server_name", Status.NOT_FOUND)).toBe(false);
    expect(isRefused(Fact.REMOTE_IP, "", "source/address", Status.NOT_FOUND)).toBe(true);
  });
});
