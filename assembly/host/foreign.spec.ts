import { calls, clearFaults, fail, restart, routeClears, startRequest } from "../../test/support/spec/emulator";
import { text } from "../../test/support/spec/bytes";
import { answerLength, callForeign } from "./foreign";
import { Status } from "./status";

describe("a function beyond the ABI", () => {
  it("is called by its name, and may answer nothing", () => {
    restart();
    startRequest(":path: /");
    expect<u32>(callForeign(text("clear_route_cache"), 0, 0)).toBe(Status.OK);
    expect<u32>(answerLength).toBe(0);
    expect(routeClears()).toBe(1);
    expect(calls()).toBe("call_foreign_function clear_route_cache");
  });

  it("that the host does not have is NotFound", () => {
    restart();
    startRequest(":path: /");
    expect<u32>(callForeign(text("no_such_function"), 0, 0)).toBe(Status.NOT_FOUND);
    expect<u32>(answerLength).toBe(0);
  });

  it("that fails has no answer", () => {
    restart();
    startRequest(":path: /");
    fail("proxy_call_foreign_function", Status.INTERNAL_FAILURE);
    expect<u32>(callForeign(text("clear_route_cache"), 0, 0)).toBe(Status.INTERNAL_FAILURE);
    expect<u32>(answerLength).toBe(0);
    clearFaults();
  });
});
