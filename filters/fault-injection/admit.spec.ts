import { clearFaults, counter, fail, gauge, restart, setTime } from "../../test/support/spec/emulator";
import { arrives, configured, faultOf, withFault } from "./test/spec/faults";
import { admit, isTime } from "./admit";
import { Plan } from "./plan";

const GET = ":method: GET\n:path: /\n:authority: ratings";
const DELAY = '"delay": {"percent": 100, "fixedDelay": "5s"}';
/** Nanoseconds since 1970 of 10:00 and 11:00 on 2026-11-25, UTC. */
const TEN: u64 = 1795600800000000000;
const ELEVEN: u64 = 1795604400000000000;
const WINDOW = '"window": {"from": "2026-11-25T10:00:00Z", "until": "2026-11-25T11:00:00Z"}';

// The module knows for good which metrics it has defined, so the proxy stays the same from here on.
restart();

function admitted(plan: Plan, headers: string = GET): bool {
  arrives(plan, headers);
  return isTime(plan, faultOf(plan)!) && admit(plan);
}

/** What happened since the last asking: faults that became active, over the limit, over the budget, exempt. */
let before: u64[] = [0, 0, 0, 0];
function counted(): string {
  const now: u64[] = [
    gauge("fault_injection.active_faults"),
    counter("fault_injection.faults_overflow"),
    counter("fault_injection.faults_over_budget"),
    counter("fault_injection.faults_exempted"),
  ];
  let all = "";
  for (let i = 0; i < 4; i++) all += (i > 0 ? " " : "") + (now[i] - before[i]).toString();
  before = now;
  return all;
}

describe("a fault that was drawn", () => {
  it("happens, and is active", () => {
    const plan = configured(withFault("{" + DELAY + "}"));
    counted();
    expect(admitted(plan)).toBe(true);
    expect(counted()).toBe("1 0 0 0");
  });

  it("does not happen to a request that is exempt, which is counted", () => {
    const plan = configured(withFault("{" + DELAY + "}"));
    counted();
    expect(admitted(plan, GET + "\nuser-agent: kube-probe/1.34")).toBe(false);
    expect(counted()).toBe("0 0 0 1");
  });

  it("happens within the plugin's window and its own, which are not counted", () => {
    const plans = [
      configured(withFault("{" + DELAY + "}", WINDOW + ", ")),
      configured(withFault("{" + DELAY + ", " + WINDOW + "}")),
    ];
    for (let i = 0; i < 2; i++) {
      counted();
      setTime(TEN - 1);
      expect(admitted(plans[i])).toBe(false);
      setTime(ELEVEN);
      expect(admitted(plans[i])).toBe(false);
      setTime(TEN);
      fail("proxy_get_current_time_nanoseconds", 12);
      expect(admitted(plans[i])).toBe(false, "without a clock");
      clearFaults();
      expect(counted()).toBe("0 0 0 0");
      expect(admitted(plans[i])).toBe(true);
      expect(counted()).toBe("1 0 0 0");
    }
  });

  it("does not happen past maxActiveFaults, which is counted", () => {
    const now = gauge("fault_injection.active_faults");
    const plan = configured(withFault("{" + DELAY + "}", '"maxActiveFaults": ' + (now + 2).toString() + ", "));
    counted();
    expect(admitted(plan)).toBe(true);
    expect(admitted(plan)).toBe(true);
    expect(counted()).toBe("2 0 0 0");
    expect(admitted(plan)).toBe(false);
    expect(counted()).toBe("0 1 0 0");
    const none = configured(withFault("{" + DELAY + "}", '"maxActiveFaults": 0, '));
    expect(admitted(none)).toBe(false);
    expect(counted()).toBe("0 1 0 0");
  });

  it("does not happen where the active ones cannot be counted", () => {
    const plan = configured(withFault("{" + DELAY + "}", '"maxActiveFaults": 4294967295, '));
    counted();
    fail("proxy_get_metric", 10);
    expect(admitted(plan)).toBe(false);
    clearFaults();
    expect(counted()).toBe("0 1 0 0");
    expect(admitted(plan)).toBe(true);
    expect(counted()).toBe("1 0 0 0");
  });

  it("does not happen past the budget, which is counted, and spends none of it where the limit is reached", () => {
    const plan = configured(withFault("{" + DELAY + "}", '"budget": {"maxPercent": 50}, '));
    const budget = plan.budget!;
    const limited = configured(withFault("{" + DELAY + "}", '"maxActiveFaults": 0, "budget": {"maxPercent": 50}, '));
    counted();
    budget.seen(TEN);
    expect(admitted(plan)).toBe(false, "1 request allows no fault");
    expect(counted()).toBe("0 0 1 0");
    budget.seen(TEN);
    limited.budget!.seen(TEN);
    limited.budget!.seen(TEN);
    expect(admitted(limited)).toBe(false);
    expect(counted()).toBe("0 1 0 0");
    expect(admitted(plan)).toBe(true, "2 requests allow 1 fault");
    expect(counted()).toBe("1 0 0 0");
    budget.seen(TEN);
    expect(admitted(plan)).toBe(false);
    expect(counted()).toBe("0 0 1 0");
  });
});
