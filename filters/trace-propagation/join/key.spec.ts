import { JoinWorker } from "../test/spec/join-worker";
import { monotonicClock } from "../../../test/support/spec/monotonic-clock";
import { sharedMap } from "../../../test/support/spec/shared-map";

export { clock_time_get } from "../../../test/support/spec/monotonic-clock";
export { proxy_get_shared_data, proxy_set_shared_data } from "../../../test/support/spec/shared-map";

const MINUTE: u64 = 60_000_000_000;
const TRACE = "000000000000000a000000000000000a 0000000000000001 yes random";

/** What a call with one key comes to, where a request came with another. */
function recalled(came: string, sent: string): string {
  sharedMap.forget();
  monotonicClock.now = MINUTE;
  const worker = new JoinWorker("g", "x-request-id", MINUTE);
  worker.receive("x-request-id: " + came, TRACE, "");
  return worker.send("x-request-id: " + sent);
}

function uuid(digit: string): string {
  return "1b4e28ba-2fa1-" + digit + "1d2-883f-0016d3cca427";
}

describe("a key that is a UUID", () => {
  it("is the same whatever Envoy says in it of why the request is traced", () => {
    const digits = ["4", "9", "a", "b"];
    for (let i = 0; i < digits.length; i++) {
      for (let j = 0; j < digits.length; j++) {
        expect(recalled(uuid(digits[i]), uuid(digits[j]))).toBe("found: " + TRACE + " []", digits[i] + digits[j]);
      }
    }
  });

  it("is another one with any other digit, there or elsewhere", () => {
    expect(recalled(uuid("4"), uuid("5"))).toBe("missed");
    expect(recalled(uuid("9"), uuid("1"))).toBe("missed");
    expect(recalled(uuid("4"), uuid("4").replace("1b4e", "1b9e"))).toBe("missed");
    expect(recalled(uuid("4"), uuid("4").replace("2fa1", "2f91"))).toBe("missed");
  });

  it("has its dashes and its length", () => {
    for (let at = 0; at < 4; at++) {
      const place = at == 0 ? 8 : at == 1 ? 13 : at == 2 ? 18 : 23;
      const came = uuid("4").substring(0, place) + "0" + uuid("4").substring(place + 1);
      const sent = uuid("9").substring(0, place) + "0" + uuid("9").substring(place + 1);
      expect(recalled(came, sent)).toBe("missed", came);
    }
    expect(recalled(uuid("4") + "0", uuid("9") + "0")).toBe("missed");
    expect(recalled(uuid("4").substring(1), uuid("9").substring(1))).toBe("missed");
  });
});
