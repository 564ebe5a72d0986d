import { requestHeaders, restart, setProperty, startRequest } from "../../test/support/spec/emulator";
import { arrives, configured, planProblems, withEntry } from "./test/spec/faults";
import { openRequestFor } from "../../test/support/spec/readings";
import { resetArena } from "../../assembly/memory/arena";
import { NO_GRPC_STATUS } from "../../assembly/host/local-reply";
import { seedRandom } from "../../assembly/host/random";
import { controlledAbort, controlledDelay, controlledGrpcStatus, controlledStatus } from "./header-control";
import { Plan } from "./plan";

const GET = ":method: GET\n:path: /\n:authority: ratings";
const PEER = "connection.uri_san_peer_certificate";
const CHAOS = "spiffe://cluster.local/ns/chaos/sa/monkey";
const DELAY = "x-envoy-fault-delay-request";
const DELAY_SHARE = "x-envoy-fault-delay-request-percentage";
const ABORT = "x-envoy-fault-abort-request";
const GRPC = "x-envoy-fault-abort-grpc-request";
const ABORT_SHARE = "x-envoy-fault-abort-request-percentage";
const THROUGHPUT = "x-envoy-fault-throughput-response";
const THROUGHPUT_SHARE = "x-envoy-fault-throughput-response-percentage";

restart();

function planWith(control: string): Plan {
  return configured(withEntry("{}", '"headerControl": ' + control + ", "));
}

function problem(control: string): string {
  return planProblems(withEntry("{}", '"headerControl": ' + control + ", ")).replaceAll("headerControl", "");
}

const plan = planWith('{"principals": ["cluster.local/ns/chaos/sa/*", "cluster.local/ns/default/sa/curl"]}');

/** What a request with these headers says of itself: `delay 5, abort 503`, `nothing`, or `-` where it says nothing that counts. */
function said(headers: string, by: Plan = plan): string {
  arrives(by, GET + "\n" + headers);
  if (!by.control!.draw()) return "-";
  let all = "";
  if (controlledDelay > 0) all = "delay " + controlledDelay.toString();
  if (controlledAbort) {
    if (all.length > 0) all += ", ";
    all += "abort " + controlledStatus.toString();
    if (controlledGrpcStatus != NO_GRPC_STATUS) all += " grpc " + controlledGrpcStatus.toString();
  }
  return all.length == 0 ? "nothing" : all;
}

function saidBy(identity: string, headers: string, by: Plan = plan): string {
  setProperty(PEER, identity);
  return said(headers, by);
}

/** What remains of a request's headers behind the pseudo-headers. */
function remaining(): string {
  return requestHeaders().slice(GET.length + 1);
}

describe("a request of one of the principals", () => {
  it("says its delay in milliseconds, and its abort by HTTP or gRPC status", () => {
    expect(saidBy(CHAOS, DELAY + ": 5")).toBe("delay 5");
    expect(said(ABORT + ": 503")).toBe("abort 503");
    expect(said(GRPC + ": 14")).toBe("abort 200 grpc 14");
    expect(said(GRPC + ": 0")).toBe("abort 200 grpc 0");
    expect(said(DELAY + ": 5\n" + GRPC + ": 14")).toBe("delay 5, abort 200 grpc 14");
    expect(said(ABORT + ": 503\n" + GRPC + ": 14")).toBe("abort 503", "the HTTP status counts");
    expect(said(ABORT + ": x\n" + GRPC + ": 14")).toBe("abort 200 grpc 14", "unless it is none");
  });

  it("keeps its headers, as with Envoy's filter", () => {
    const headers = DELAY + ": 5\nx: y\n" + THROUGHPUT + ": 1";
    expect(saidBy(CHAOS, headers)).toBe("delay 5");
    expect(remaining()).toBe(headers);
  });

  it("says nothing without such headers, or with shares alone", () => {
    expect(saidBy(CHAOS, "x: y")).toBe("-");
    expect(said(DELAY_SHARE + ": 100\n" + ABORT_SHARE + ": 100")).toBe("-");
    expect(said(THROUGHPUT + ": 100\n" + THROUGHPUT_SHARE + ": 100")).toBe("-");
  });

  it("says with a delay of 0 that there is none", () => {
    expect(saidBy(CHAOS, DELAY + ": 0")).toBe("nothing");
    expect(said(DELAY + ": 0\n" + ABORT + ": 503")).toBe("abort 503");
  });

  it("gives statuses that are some: HTTP 200 to 599 (Envoy fault_config.cc), gRPC 0 to 16", () => {
    expect(saidBy(CHAOS, ABORT + ": 200")).toBe("abort 200");
    expect(said(ABORT + ": 599")).toBe("abort 599");
    expect(said(ABORT + ": 199")).toBe("-");
    expect(said(ABORT + ": 600")).toBe("-");
    expect(said(GRPC + ": 16")).toBe("abort 200 grpc 16");
    expect(said(GRPC + ": 17")).toBe("-");
    expect(said(ABORT + ": 600\n" + DELAY + ": 1")).toBe("delay 1");
  });

  it("writes whole numbers", () => {
    setProperty(PEER, CHAOS);
    const none = ["", " ", "-1", "+1", "1.5", "1e3", "0x10", "5s"];
    for (let i = 0; i < none.length; i++) expect(said(DELAY + ": " + none[i])).toBe("-", none[i]);
    expect(said(DELAY + ": 4294967294")).toBe("delay 4294967294");
    expect(said(DELAY + ": 00000000000001")).toBe("delay 1");
    expect(said(DELAY + ": 7\n" + DELAY + ": 9")).toBe("delay 7", "the first one");
  });
});

describe("the longest delay", () => {
  it("is maxDelay, and 32 bits of milliseconds without it", () => {
    setProperty(PEER, CHAOS);
    const limited = planWith('{"principals": ["*"], "maxDelay": "10s"}');
    expect(said(DELAY + ": 9999", limited)).toBe("delay 9999");
    expect(said(DELAY + ": 10001", limited)).toBe("delay 10000");
    expect(said(DELAY + ": 4294967295", limited)).toBe("delay 10000");
    expect(said(DELAY + ": 99999999999999999999", limited)).toBe("delay 10000");
    const long = planWith('{"principals": ["*"]}');
    expect(said(DELAY + ": 4294967294", long)).toBe("delay 4294967294");
    expect(said(DELAY + ": 4294967296", long)).toBe("delay 4294967294");
  });
});

describe("a share that the request gives", () => {
  it("is a whole percentage, 100 at most, and 100 where it is none", () => {
    setProperty(PEER, CHAOS);
    for (let i = 0; i < 50; i++) {
      expect(said(DELAY + ": 5\n" + DELAY_SHARE + ": 0\n" + ABORT + ": 503\n" + ABORT_SHARE + ": 100")).toBe(
        "abort 503",
      );
      expect(said(DELAY + ": 5\n" + DELAY_SHARE + ": 1000\n" + ABORT + ": 503\n" + ABORT_SHARE + ": 0")).toBe(
        "delay 5",
      );
      expect(said(DELAY + ": 5\n" + DELAY_SHARE + ": 0.5")).toBe("delay 5");
      expect(said(DELAY + ": 5\n" + DELAY_SHARE + ": 0")).toBe("nothing", "no route's fault either");
    }
  });

  it("is drawn, for delay and abort each by itself", () => {
    setProperty(PEER, CHAOS);
    seedRandom(31);
    arrives(plan, [GET, DELAY + ": 5", DELAY_SHARE + ": 20", ABORT + ": 503", ABORT_SHARE + ": 50"].join("\n"));
    let delays = 0;
    let aborts = 0;
    let both = 0;
    for (let i = 0; i < 10000; i++) {
      plan.control!.draw();
      if (controlledDelay > 0) delays++;
      if (controlledAbort) aborts++;
      if (controlledDelay > 0 && controlledAbort) both++;
    }
    // Within five standard deviations: 40, 50 and 30.
    expect(abs(delays - 2000)).toBeLessThan(200);
    expect(abs(aborts - 5000)).toBeLessThan(250);
    expect(abs(both - 1000)).toBeLessThan(150);
  });
});

describe("anyone else's request", () => {
  it("says nothing, and loses each of the headers", () => {
    const all = [DELAY, DELAY_SHARE, ABORT, GRPC, ABORT_SHARE, THROUGHPUT, THROUGHPUT_SHARE].join(": 100\n") + ": 100";
    const others = ["spiffe://cluster.local/ns/default/sa/other", "spiffe://cluster.local/ns/chaos2/sa/x", "", "no-id"];
    for (let i = 0; i < others.length; i++) {
      expect(saidBy(others[i], "a: b\n" + all + "\nc: d")).toBe("-", others[i]);
      expect(remaining()).toBe("a: b\nc: d", others[i]);
    }
    expect(saidBy(others[0], DELAY + ": 5\n" + DELAY + ": 6\nc: d")).toBe("-");
    expect(remaining()).toBe("c: d", "repeated ones too");
  });

  it("is left as it is without such headers", () => {
    expect(saidBy("", "a: b\nx-envoy-fault: 5")).toBe("-");
    expect(remaining()).toBe("a: b\nx-envoy-fault: 5");
  });

  it("loses them also where its headers were not read", () => {
    startRequest(GET + "\n" + DELAY + ": 5\n" + THROUGHPUT + ": 5\na: b");
    resetArena();
    openRequestFor(plan);
    plan.control!.removeAll(false);
    expect(remaining()).toBe("a: b");
  });
});

describe("principals", () => {
  it("are those of AuthorizationPolicy: whole ones, and with a star at one end", () => {
    expect(saidBy("spiffe://cluster.local/ns/default/sa/curl", DELAY + ": 5")).toBe("delay 5");
    expect(saidBy("spiffe://cluster.local/ns/default/sa/curl2", DELAY + ": 5")).toBe("-");
    const any = planWith('{"principals": ["*"]}');
    expect(saidBy("spiffe://cluster.local/ns/default/sa/x", DELAY + ": 5", any)).toBe("delay 5");
    expect(saidBy("", DELAY + ": 5", any)).toBe("-", "whoever has an identity");
    const suffix = planWith('{"principals": ["*/sa/monkey"]}');
    expect(saidBy(CHAOS, DELAY + ": 5", suffix)).toBe("delay 5");
    expect(saidBy(CHAOS + "s", DELAY + ": 5", suffix)).toBe("-");
  });
});

describe("headerControl", () => {
  it("is none where nothing stands, and has the headers read where it stands", () => {
    const without = planWith("null");
    expect(without.control == null).toBe(true);
    expect(without.looksAtHeaders).toBe(false);
    expect(plan.looksAtHeaders).toBe(true);
  });

  it("has a fault and counters of its own", () => {
    expect(plan.control!.fault.name.toString()).toBe("headerControl");
  });

  it("has what is wrong with it reported", () => {
    expect(problem("{}")).toBe(".principals: required, and missing");
    expect(problem("true")).toBe(": expected an object, got true");
    expect(problem('{"principals": []}')).toBe(".principals: expected a list that is not empty, got []");
    expect(problem('{"principals": "*"}')).toBe('.principals: expected a list, got "*"');
    expect(problem('{"principals": ["*", "", null, 5]}')).toBe(
      '.principals[1]: expected a string that is not empty, got ""\n' +
        ".principals[2]: expected a string that is not empty, got null\n" +
        ".principals[3]: expected a string, got 5",
    );
    expect(problem('{"principals": [' + '"*",'.repeat(999) + '"*"]}')).toBe("");
    expect(problem('{"principals": [' + '"*",'.repeat(1000) + '"*"]}')).toBe(".principals: more than 1000 entries");
    expect(problem('{"principals": ["*"], "maxDelay": "2000h"}')).toBe(
      '.maxDelay: expected a duration of at most 1193h2m47.295s, got "2000h"',
    );
    expect(problem('{"principals": ["*"], "maxDelay": "0s"}')).toBe(
      '.maxDelay: expected a duration of whole milliseconds, at least 1ms, got "0s"',
    );
    expect(problem('{"principals": ["*"], "maxDelays": "1s"}')).toBe(
      ': unknown field "maxDelays" (did you mean "maxDelay"?)',
    );
  });
});
