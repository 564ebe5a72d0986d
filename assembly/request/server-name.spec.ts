import { text } from "../../test/support/spec/bytes";
import { failProperty, forgetProperties, setProperty } from "../../test/support/spec/host";
import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest, valuesOf } from "../../test/support/spec/request";
import { Status } from "../host/status";
import { Region } from "../memory/region";
import { factWasRefused } from "./property";
import { Fact, SlotTable } from "./slots";

export { proxy_get_property } from "../../test/support/spec/host";

function serverName(): string {
  const slots = SlotTable.open(Region.open(), false);
  const slot = slots.slot(Fact.SNI, text(""));
  startRequest(slots, new HeaderPairs());
  return valuesOf(slot);
}

describe("the server name", () => {
  it("is what the client asked for; an empty one is none", () => {
    forgetProperties();
    setProperty("connection/requested_server_name", text("my.example"));
    expect(serverName()).toBe("[my.example]");
    setProperty("connection/requested_server_name", text(""));
    expect(serverName()).toBe("absent");
    expect(factWasRefused()).toBe(false);
    forgetProperties();
    expect(serverName()).toBe("absent");
    expect(factWasRefused()).toBe(false);
    failProperty("connection/requested_server_name", Status.INTERNAL_FAILURE);
    expect(serverName()).toBe("absent");
    expect(factWasRefused()).toBe(true);
  });
});
