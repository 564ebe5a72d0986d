import assert from "node:assert/strict";
import type { Headers, Root, Stream } from "../../../../emulator/index.ts";
import { isHeld } from "./held.ts";
import { ALWAYS, GET, byPath } from "./scenario.ts";

/** What may befall a request: how long it is held at least and at most in milliseconds, and what is done behind that. */
interface Kind {
  readonly least: number;
  readonly most: number;
  readonly aborts?: "request" | "response";
}

const fixed = (milliseconds: number): object => ({ delay: { ...ALWAYS, fixedDelay: `${milliseconds}ms` } });
const abort = (on: string): object => ({ abort: { ...ALWAYS, httpStatus: 503, on } });

const KINDS: Readonly<Record<string, Kind & { fault: object }>> = {
  "/1": { least: 1, most: 1, fault: fixed(1) },
  "/50": { least: 50, most: 50, fault: fixed(50) },
  "/3000": { least: 3000, most: 3000, fault: fixed(3000) },
  "/any": {
    least: 1,
    most: 2000,
    fault: { delay: { ...ALWAYS, distribution: { uniform: { min: "1ms", max: "2s" } } } },
  },
  "/both": { least: 200, most: 200, aborts: "request", fault: { ...fixed(200), ...abort("request") } },
  "/late": { least: 100, most: 100, aborts: "response", fault: { ...fixed(100), ...abort("response") } },
  "/abort": { least: 0, most: 0, aborts: "request", fault: abort("request") },
  "/answer": { least: 0, most: 0, aborts: "response", fault: abort("response") },
};

export const PATHS = [...Object.keys(KINDS), "/none"];

/** A configuration with an entry for each kind. */
export function everyKind(fields: object): object {
  return byPath(Object.fromEntries(Object.entries(KINDS).map(([path, { fault }]) => [path, fault])), fields);
}

/** In which callback something is done. */
type Callback = "request" | "tick" | "response" | "other";

/** The callback that runs; whoever makes the module run says it. */
export const running: { callback: Callback } = { callback: "other" };

/** Has something done while `running` says so. */
export function inCallback<T>(callback: Callback, action: () => T): T {
  running.callback = callback;
  try {
    return action();
  } finally {
    running.callback = "other";
  }
}

/** A root whose timer fires when it is due, by the emulator's clock. */
export class TimedRoot {
  /** In nanoseconds of the monotonic clock; undefined while the timer is off. */
  due: bigint | undefined;

  constructor(readonly root: Root) {
    let period = root.tickPeriod;
    Object.defineProperty(root, "tickPeriod", {
      get: () => period,
      set: (milliseconds: number) => {
        period = milliseconds;
        this.due = milliseconds === 0 ? undefined : this.now + BigInt(milliseconds) * 1_000_000n;
      },
    });
    root.continueStream = () => assert.fail("a root is told to continue");
    root.sendLocalReply = () => assert.fail("a root is told to reply");
  }

  /** The timer fires, whether it is due or not; it goes on with its period where the module does not set it. */
  tick(): void {
    const { root } = this;
    this.due = this.now + BigInt(root.tickPeriod) * 1_000_000n;
    inCallback("tick", () => root.tick());
  }

  get now(): bigint {
    return this.root.vm.emulator.clock.monotonic;
  }
}

/** A stream's life as a test leads it, and what the module did to it. */
export class Life {
  readonly stream: Stream;
  readonly kind: Kind;
  /** What the module did, and in which callback. */
  readonly verbs: string[] = [];
  readonly begun: bigint;
  /** Whether its fault came about: it was held, or answered. */
  wasHeld = false;
  /** Whether its headers have come to the filter. */
  hasBegun = false;
  /** Whether a response has come: somebody else's, or the upstream's. */
  responded = false;
  ended = false;

  constructor(
    readonly timed: TimedRoot,
    path: string,
    headers: Headers = {},
  ) {
    const { root } = timed;
    this.kind = KINDS[path] ?? { least: 0, most: 0 };
    this.begun = timed.now;
    const stream = root.stream({ requestHeaders: { ...GET, ":path": path, ...headers } });
    this.stream = stream;
    const goOn = stream.continueStream.bind(stream);
    stream.continueStream = (response) => {
      this.verbs.push(`${running.callback} ${response ? "continue response" : "continue"}`);
      goOn(response);
    };
    const reply = stream.sendLocalReply.bind(stream);
    stream.sendLocalReply = (request) => {
      this.verbs.push(`${running.callback} reply`);
      reply(request);
    };
  }

  get isHeld(): boolean {
    return isHeld(this.stream) && !this.responded;
  }

  get isAnswered(): boolean {
    return this.stream.localReply !== undefined;
  }

  requestHeaders(): void {
    this.hasBegun = true;
    inCallback("request", () => this.stream.requestHeaders(false));
    this.wasHeld = this.isHeld;
  }

  end(): void {
    this.ended = true;
    this.stream.end();
  }

  /** The upstream answers, or Envoy in its place. */
  responseHeaders(status: string): void {
    this.responded = true;
    inCallback("response", () => this.stream.responseHeaders({ ":status": status }));
  }

  /** For how many milliseconds it has been there. */
  get age(): number {
    return Number(this.timed.now - this.begun) / 1e6;
  }

  /** That the module did to it what it was to, where the host is reliable, and nothing twice. */
  check(reliable: boolean): void {
    const { verbs, kind, wasHeld, responded } = this;
    const of = (callback: Callback): string[] => verbs.filter((verb) => verb.startsWith(`${callback} `));
    assert.deepEqual(of("other"), []);
    assert.ok(of("request").length <= 1 && of("tick").length <= 1 && of("response").length <= 1, verbs.join());
    if (of("request").length > 0)
      assert.deepEqual([verbs, kind.aborts, wasHeld], [["request reply"], "request", false]);
    if (of("response").length > 0) {
      assert.equal(of("response")[0], "response reply");
      assert.ok(kind.aborts === "response" && responded);
    }
    if (of("tick").length > 0) {
      assert.ok(wasHeld);
      if (reliable) assert.equal(of("tick")[0], kind.aborts === "request" ? "tick reply" : "tick continue");
      assert.equal(this.isHeld, false);
    } else if (wasHeld && !responded) {
      assert.equal(this.isHeld, true);
    }
  }
}
