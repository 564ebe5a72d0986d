import { Region } from "../../assembly/memory/region";
import { Policy } from "./policy";
import { Admission, CircuitRecord, CircuitState, ProbeResult, RECORD_SIZE } from "./record";

const SECOND: u64 = 1_000_000_000;

/** A base of 30 s, at most 120 s, an interval of 10 s, a lease of 5 s. */
function policyOf(permitted: u32, failureRate: u32 = 0): Policy {
  const policy = Policy.open(Region.open());
  policy.interval = 10 * SECOND;
  policy.base = 30 * SECOND;
  policy.longest = 120 * SECOND;
  policy.lease = 5 * SECOND;
  policy.permitted = permitted;
  policy.failureRate = failureRate;
  policy.minimumCalls = 20;
  return policy;
}

function closed(): CircuitRecord {
  const record = changetype<CircuitRecord>(Region.open().take(RECORD_SIZE));
  record.reset(7, 1000 * SECOND);
  return record;
}

/** A circuit that opened at 1000 s, for 30 s. */
function open(policy: Policy): CircuitRecord {
  const record = closed();
  record.trip(policy, 1000 * SECOND, 0, 0);
  return record;
}

describe("a circuit", () => {
  it("lets everything pass while it is closed, and changes nothing", () => {
    const record = closed();
    expect<u32>(record.admit(policyOf(1), 2000 * SECOND, 0)).toBe(Admission.PASSED);
    expect<u32>(record.generation).toBe(1);
  });

  it("refuses until its time is over, and is another generation then", () => {
    const policy = policyOf(1);
    const record = open(policy);
    expect<u64>(record.until).toBe(1030 * SECOND);
    expect<u32>(record.generation).toBe(2);
    expect<u32>(record.admit(policy, 1030 * SECOND - 1, 0)).toBe(Admission.REFUSED);
    expect<u32>(record.admit(policy, 1030 * SECOND, 0)).toBe(Admission.PROBE);
    expect<u32>(record.state).toBe(CircuitState.HALF_OPEN);
    expect<u32>(record.generation).toBe(3);
    expect<u64>(record.until).toBe(1035 * SECOND);
    expect<u32>(record.admit(policy, 1031 * SECOND, 0)).toBe(Admission.REFUSED);
  });

  it("closes by as many successes as probes are permitted, and opens by the first failure", () => {
    const policy = policyOf(2);
    const good = open(policy);
    good.admit(policy, 1030 * SECOND, 0);
    good.admit(policy, 1030 * SECOND, 0);
    good.probeOver(policy, ProbeResult.SUCCEEDED, 1031 * SECOND, 0, 0);
    expect<u32>(good.state).toBe(CircuitState.HALF_OPEN);
    good.probeOver(policy, ProbeResult.SUCCEEDED, 1032 * SECOND, 0, 0);
    expect<u32>(good.state).toBe(CircuitState.CLOSED);
    expect<u64>(good.closedAt).toBe(1032 * SECOND);
    const bad = open(policy);
    bad.admit(policy, 1030 * SECOND, 0);
    bad.probeOver(policy, ProbeResult.FAILED, 1031 * SECOND, 0, 0);
    expect<u32>(bad.state).toBe(CircuitState.OPEN);
    expect<u64>(bad.until).toBe((1031 + 60) * SECOND);
  });

  it("gives a place back at once if a probe says nothing", () => {
    const policy = policyOf(1);
    const record = open(policy);
    record.admit(policy, 1030 * SECOND, 0);
    record.probeOver(policy, ProbeResult.NEUTRAL, 1031 * SECOND, 0, 0);
    expect<u32>(record.inFlight).toBe(0);
    // Nothing is in flight that could be lost, however late it is.
    expect<u32>(record.admit(policy, 9000 * SECOND, 0)).toBe(Admission.PROBE);
  });

  it("opens when the lease of a probe is over", () => {
    const policy = policyOf(2);
    const record = open(policy);
    record.admit(policy, 1030 * SECOND, 0);
    expect<u32>(record.admit(policy, 1034 * SECOND, 0)).toBe(Admission.PROBE);
    expect<u64>(record.until).toBe(1039 * SECOND, "the lease is that of the last probe");
    expect<u32>(record.admit(policy, 1039 * SECOND, 0)).toBe(Admission.REFUSED);
    expect<u32>(record.state).toBe(CircuitState.OPEN);
    expect<u32>(record.openings).toBe(2);
  });

  it("with a failure rate judges by the share of those that are over", () => {
    const policy = policyOf(3, 500_000);
    for (let failures: u32 = 0; failures <= 3; failures++) {
      const record = open(policy);
      for (let i = 0; i < 3; i++) record.admit(policy, 1030 * SECOND, 0);
      for (let i: u32 = 0; i < 3; i++) {
        expect<u32>(record.state).toBe(CircuitState.HALF_OPEN);
        const result = i < failures ? ProbeResult.FAILED : ProbeResult.SUCCEEDED;
        record.probeOver(policy, result, 1031 * SECOND, 0, 0);
      }
      // 1 of 3 is less than half, 2 of 3 is more.
      expect<u32>(record.state).toBe(failures < 2 ? CircuitState.CLOSED : CircuitState.OPEN, failures.toString());
    }
  });

  it("without probes closes as of when its time was over", () => {
    const policy = policyOf(0);
    const record = open(policy);
    expect<u32>(record.admit(policy, 1100 * SECOND, 0)).toBe(Admission.PASSED);
    expect<u32>(record.state).toBe(CircuitState.CLOSED);
    expect<u64>(record.closedAt).toBe(1030 * SECOND);
    expect<u32>(record.generation).toBe(3);
  });
});

/** In seconds, if it trips so many seconds after it closed. */
function after(record: CircuitRecord, policy: Policy, quiet: u64, jitter: u64 = 0, least: u64 = 0): u64 {
  const now = record.closedAt + quiet * SECOND;
  record.trip(policy, now, jitter, least);
  const length = record.until - now;
  record.admit(policy, record.until, 0);
  return length / SECOND;
}

describe("the length of an opening", () => {
  it("is n times the base, at most the longest, less one for each quiet interval", () => {
    const policy = policyOf(0);
    const record = closed();
    expect<u64>(after(record, policy, 0)).toBe(30);
    expect<u64>(after(record, policy, 9)).toBe(60);
    expect<u64>(after(record, policy, 0)).toBe(90);
    expect<u64>(after(record, policy, 0)).toBe(120);
    expect<u64>(after(record, policy, 0)).toBe(120);
    // Five stand, as 4 x 30 is below 120 + 30; less two, and this one.
    expect<u32>(record.openings).toBe(5);
    expect<u64>(after(record, policy, 29)).toBe(120);
    expect<u32>(record.openings).toBe(4);
    expect<u64>(after(record, policy, 30)).toBe(60);
    expect<u64>(after(record, policy, 1_000_000)).toBe(30);
  });

  it("has the jitter added, and what the destination asks for within the longest", () => {
    const policy = policyOf(0);
    expect<u64>(after(closed(), policy, 0, 3 * SECOND)).toBe(33);
    expect<u64>(after(closed(), policy, 0, 0, 100 * SECOND)).toBe(100);
    expect<u64>(after(closed(), policy, 0, 0, 1000 * SECOND)).toBe(120);
    expect<u64>(after(closed(), policy, 0, 0, 10 * SECOND)).toBe(30);
  });
});
