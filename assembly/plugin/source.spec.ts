import { text } from "../../test/support/spec/bytes";
import { configuration, errors } from "../../test/support/spec/configuration";
import { failProperty, forgetProperties, setIntegerProperty, setProperty } from "../../test/support/spec/host";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest, valuesOf } from "../../test/support/spec/request";
import { Status } from "../host/status";
import { Region } from "../memory/region";
import { Direction } from "../request/traffic-direction";
import { Fact, SlotTable } from "../request/slots";
import { Source } from "./source";

export { proxy_get_property } from "../../test/support/spec/host";

const METADATA = "xds/node/metadata/";
const SAN = "connection/uri_san_peer_certificate";
const NODE_ID = "xds/node/id";

function read(json: string): Source {
  const root = configuration(json);
  const source = Source.read(root, Region.open());
  expect(errors(root)).toBe("", json);
  return source;
}

/** A proxy of the workload httpbin in the namespace `default`. */
function begin(): void {
  forgetProperties();
  setProperty(METADATA + "NAMESPACE", text("default"));
  setProperty(METADATA + "SERVICE_ACCOUNT", text("httpbin"));
}

/** The principal that a request has for a source. */
function principal(source: Source): string {
  const slots = SlotTable.open(Region.open(), false);
  const slot = slots.slot(Fact.PRINCIPAL, text(""));
  startRequest(slots, new HeaderPairs());
  source.use();
  return valuesOf(slot);
}

function own(source: Source): string {
  const mine = source.ownPrincipal;
  return mine == null ? "(null)" : mine.toString();
}

describe("the source", () => {
  it("is of cluster.local and of a direction that is not said, where nothing is said", () => {
    begin();
    const source = read("{}");
    expect(source.trustDomain.toString()).toBe("cluster.local");
    expect<u32>(source.direction).toBe(Direction.UNKNOWN);
    expect(source.waypoint).toBe(false);
    expect(own(source)).toBe("cluster.local/ns/default/sa/httpbin");
  });

  it("is of the trust domain and the direction that are said", () => {
    begin();
    const source = read('{"trustDomain": "td", "direction": "OUTBOUND"}');
    expect(source.trustDomain.toString()).toBe("td");
    expect<u32>(source.direction).toBe(Direction.OUTBOUND);
    expect(own(source)).toBe("td/ns/default/sa/httpbin");
    expect(principal(source)).toBe("[td/ns/default/sa/httpbin]");
    expect<u32>(read('{"direction": "INBOUND"}').direction).toBe(Direction.INBOUND);
  });

  it("is nobody on an outbound listener where the proxy does not know its own identity", () => {
    forgetProperties();
    expect(own(read("{}"))).toBe("(null)");
    setProperty(METADATA + "NAMESPACE", text("default"));
    expect(own(read("{}"))).toBe("(null)");
    forgetProperties();
    setProperty(METADATA + "SERVICE_ACCOUNT", text("httpbin"));
    const source = read('{"direction": "OUTBOUND"}');
    expect(own(source)).toBe("(null)");
    setProperty(SAN, text("spiffe://td/ns/a/sa/b"));
    expect(principal(source)).toBe("absent");
  });

  it("is the peer inbound, whatever the proxy's own identity is", () => {
    begin();
    setProperty(SAN, text("spiffe://td/ns/a/sa/b"));
    expect(principal(read('{"direction": "INBOUND"}'))).toBe("[td/ns/a/sa/b]");
  });

  it("is what filter state says on a waypoint, which its node's id tells", () => {
    begin();
    setProperty(NODE_ID, text("waypoint~10.0.0.1~w.default~default.svc.cluster.local"));
    setProperty(SAN, text("spiffe://td/ns/tunnel/sa/x"));
    setProperty("filter_state/io.istio.peer_principal", text("spiffe://td/ns/a/sa/b"));
    const source = read('{"direction": "OUTBOUND"}');
    expect(source.waypoint).toBe(true);
    expect(principal(source)).toBe("[td/ns/a/sa/b]");
    const others = ["sidecar~10.0.0.1~x~y", "router~waypoint~", "waypoint", ""];
    for (let i = 0; i < others.length; i++) {
      setProperty(NODE_ID, text(others[i]));
      expect(read("{}").waypoint).toBe(false, others[i]);
    }
  });

  it("is the peer at a gateway, whose listeners istiod makes OUTBOUND, unless something else is said", () => {
    begin();
    setProperty(NODE_ID, text("router~10.0.0.1~gw.istio-system~istio-system.svc.cluster.local"));
    setIntegerProperty("xds/listener_direction", 2);
    setProperty(SAN, text("spiffe://td/ns/a/sa/b"));
    expect(principal(read("{}"))).toBe("[td/ns/a/sa/b]");
    expect(principal(read('{"direction": "OUTBOUND"}'))).toBe("[cluster.local/ns/default/sa/httpbin]");
    setProperty(NODE_ID, text("sidecar~10.0.0.1~x~y"));
    expect(principal(read("{}"))).toBe("[cluster.local/ns/default/sa/httpbin]");
  });

  it("cannot be known where the host does not tell what kind of proxy it is; without an id it is none of Istio's", () => {
    begin();
    expect(read("{}").refused).toBe(false);
    failProperty(NODE_ID, Status.INTERNAL_FAILURE);
    expect(read("{}").refused).toBe(true);
  });

  it("of one plan is not that of another, whose request comes next", () => {
    begin();
    setProperty(SAN, text("spiffe://td/ns/a/sa/b"));
    const inbound = read('{"direction": "INBOUND"}');
    const outbound = read('{"direction": "OUTBOUND"}');
    expect(principal(outbound)).toBe("[cluster.local/ns/default/sa/httpbin]");
    expect(principal(inbound)).toBe("[td/ns/a/sa/b]");
  });

  it("is refused where it is no trust domain or no direction", () => {
    begin();
    const root = configuration('{"trustDomain": "", "direction": "in"}');
    Source.read(root, Region.open());
    expect(errors(root)).toBe(
      'direction: expected INBOUND or OUTBOUND, got "in"\ntrustDomain: expected a string that is not empty, got ""',
    );
  });
});
