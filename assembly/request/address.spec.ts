import { hex, text } from "../../test/support/spec/bytes";
import { failProperty, forgetProperties, setProperty } from "../../test/support/spec/host";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest } from "../../test/support/spec/request";
import { Status } from "../host/status";
import { Region } from "../memory/region";
import { factWasRefused } from "./property";
import { firstValue } from "./request";
import { Fact, SlotTable } from "./slots";

export { proxy_get_property } from "../../test/support/spec/host";

const slots = SlotTable.open(Region.open(), false);
const remote = slots.slot(Fact.REMOTE_IP, text(""));
const direct = slots.slot(Fact.DIRECT_REMOTE_IP, text("com.example.peer"));
const destination = slots.slot(Fact.DESTINATION_IP, text(""));

/** The address of a slot in hexadecimal; "absent", or "refused" where it could not be told. */
function address(slot: u32): string {
  startRequest(slots, new HeaderPairs());
  const value = firstValue(slot);
  if (value == null) return factWasRefused() ? "refused" : "absent";
  expect(factWasRefused()).toBe(false);
  expect(value.next == null).toBe(true);
  let digits = "";
  for (let i: u32 = 0; i < value.length; i++) digits += (<u32>load<u8>(value.start + i)).toString(16).padStart(2, "0");
  return digits;
}

function remoteOf(written: string): string {
  setProperty("source/address", text(written));
  return address(remote);
}

function directOf(written: string): string {
  setProperty("filter_state/com.example.peer", text(written));
  return address(direct);
}

describe("the client's address", () => {
  it("is binary, as the attribute has it in text", () => {
    forgetProperties();
    expect(remoteOf("127.0.0.1:41220")).toBe("7f000001");
    expect(remoteOf("10.0.0.7:0")).toBe("0a000007");
    expect(remoteOf("[2001:db8::1]:0")).toBe("20010db8000000000000000000000001");
    expect(remoteOf("[::ffff:1.2.3.4]:0")).toBe("00000000000000000000ffff01020304");
    expect(remoteOf("[fe80::1%1]:0")).toBe("fe800000000000000000000000000001");
  });

  it("is none of a pipe and of an internal listener", () => {
    forgetProperties();
    expect(remoteOf("/var/run/envoy.sock")).toBe("absent");
    expect(remoteOf("@envoy")).toBe("absent");
    expect(remoteOf("envoy://connect_originate/")).toBe("absent");
  });

  it("is refused where the host does not tell it, or tells something else", () => {
    forgetProperties();
    expect(address(remote)).toBe("refused");
    failProperty("source/address", Status.INTERNAL_FAILURE);
    expect(address(remote)).toBe("refused");
    forgetProperties();
    const wrong = ["", "-", "1.2.3.4:x", "localhost:80", "/", "@", "envoy://", "envoy:/x", "1.2.3.4.5:80"];
    for (let i = 0; i < wrong.length; i++) expect(remoteOf(wrong[i])).toBe("refused", wrong[i]);
    setProperty("source/address", hex("7f000001"));
    expect(address(remote)).toBe("refused");
  });
});

describe("the peer's address", () => {
  it("is what a filter put into filter state under the slot's name, with a port or without", () => {
    forgetProperties();
    setProperty("source/address", text("9.9.9.9:9"));
    expect(directOf("127.0.0.1:47366")).toBe("7f000001");
    expect(directOf("127.0.0.1")).toBe("7f000001");
    expect(directOf("[::1]:80")).toBe("00000000000000000000000000000001");
    expect(directOf("::1")).toBe("00000000000000000000000000000001");
    expect(directOf("/var/run/envoy.sock")).toBe("absent");
  });

  it("is refused where no filter did, or not so", () => {
    forgetProperties();
    setProperty("source/address", text("9.9.9.9:9"));
    setProperty("filter_state/com.example", text("1.2.3.4"));
    expect(address(direct)).toBe("refused");
    expect(directOf("-")).toBe("refused");
    expect(directOf("")).toBe("refused");
    failProperty("filter_state/com.example.peer", Status.SERIALIZATION_FAILURE);
    expect(address(direct)).toBe("refused");
  });
});

describe("the address that the connection was made to", () => {
  it("is binary too", () => {
    forgetProperties();
    setProperty("destination/address", text("10.1.2.3:8080"));
    expect(address(destination)).toBe("0a010203");
    forgetProperties();
    expect(address(destination)).toBe("refused");
  });
});
