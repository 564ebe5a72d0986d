import assert from "node:assert/strict";
import { HeaderMap, type Root } from "../../../../emulator/index.ts";
import { Sent, requestHeaders, type Direction } from "./scenario.ts";

/** How a plugin joins, as its configuration says. */
export interface Joining {
  readonly group: string;
  readonly keys: readonly string[];
  readonly lifetimeMilliseconds: number;
  readonly whenAlone: boolean;
}

/** A request as a test makes it: its headers, and the ids (their lower halves, which all formats have) of the trace that it is of. */
export interface Made {
  readonly headers: Record<string, string | readonly string[]>;
  readonly own: readonly string[];
}

/** A request that may be what others are joined to. */
class Cause {
  /** In nanoseconds of the monotonic clock. */
  expires = 0n;

  /**
   * @param trace what it went on with; undefined where that cannot be seen, as the host did not let it be written
   */
  constructor(
    private readonly own: string[],
    private readonly trace: string | undefined,
  ) {}

  couldBe(trace: string): boolean {
    return this.trace === trace || (this.trace === undefined && this.own.includes(trace));
  }

  /** A call that it may have caused goes on with a trace that nobody has seen before. */
  mayHaveGivenOn(trace: string): void {
    this.own.push(trace);
  }
}

/**
 * Sees to it that no request goes on with the trace of another one, but with that of the one which caused it: where all requests with
 * its key, as far as they are to be remembered, are of one trace, or where exactly one is in flight.
 */
export class Witness {
  /** How many went on with the trace of a cause. */
  joined = 0;
  private readonly seen = new Set<string>();
  private readonly remembered = new Map<string, Cause[]>();
  private readonly inFlight = new Map<string, Map<Sent, Cause>>();

  /** The request's headers come; it must go on, with nothing but its trace's headers changed. */
  send(root: Root, direction: Direction, joining: Joining, { headers, own }: Made, hostFails = false): Sent {
    const came = new HeaderMap("request", requestHeaders(headers));
    const sent = Sent.through(root, direction, requestHeaders(headers));
    assert.equal(root.vm.failed, undefined);
    for (const key of joining.keys) assert.equal(sent.get(key) ?? "", came.getAll(key).join(","));
    const went = sent.trace?.slice(16);
    if (went !== undefined) this.judge(root, direction, joining, came, own, went);
    if (direction === "inbound") {
      const all = went === undefined ? [...own] : [...own, went];
      const cause = new Cause(all, hostFails ? undefined : went);
      this.remember(root, joining, came, cause, sent);
    }
    for (const id of [...own, ...(went === undefined ? [] : [went])]) this.seen.add(id);
    return sent;
  }

  end(sent: Sent): void {
    sent.end();
    for (const flights of this.inFlight.values()) flights.delete(sent);
  }

  private judge(
    root: Root,
    direction: Direction,
    joining: Joining,
    came: HeaderMap,
    own: readonly string[],
    went: string,
  ): void {
    if (own.includes(went)) return;
    const now = root.vm.emulator.clock.monotonic;
    const key = joining.keys.find((name) => isKey(came, name));
    const remembered = this.remembered.get(keyOf(joining, key ?? "", came)) ?? [];
    const causes = key === undefined ? [] : remembered.filter(({ expires }) => expires > now);
    const flights = [...(this.inFlight.get(joining.group)?.values() ?? [])];
    if (!this.seen.has(went)) {
      for (const cause of [...causes, ...flights]) cause.mayHaveGivenOn(went);
      return;
    }
    assert.equal(direction, "outbound", `a request that the workload does not send goes on with ${went} of another`);
    const isOf = (cause: Cause): boolean => cause.couldBe(went);
    const byKey = causes.length > 0 && causes.every(isOf);
    const alone = joining.whenAlone && flights.length === 1 && flights.every(isOf);
    const known = `${causes.length} known, ${flights.length} in flight`;
    assert.ok(byKey || alone, `goes on with ${went} of another request: ${known}`);
    this.joined++;
  }

  private remember(root: Root, joining: Joining, came: HeaderMap, cause: Cause, sent: Sent): void {
    cause.expires = root.vm.emulator.clock.monotonic + BigInt(joining.lifetimeMilliseconds) * 1_000_000n;
    for (const name of joining.keys.filter((one) => isKey(came, one))) {
      const key = keyOf(joining, name, came);
      const others = this.remembered.get(key) ?? [];
      this.remembered.set(key, [...others.filter(({ expires }) => expires > cause.expires - MEMORY), cause]);
    }
    const flights = this.inFlight.get(joining.group) ?? new Map<Sent, Cause>();
    this.inFlight.set(joining.group, flights.set(sent, cause));
  }
}

/** Longer than any lifetime, in nanoseconds. */
const MEMORY = 7_200_000_000_000n;

function keyOf({ group }: Joining, name: string, headers: HeaderMap): string {
  return `${group} ${name} ${headers.get(name) ?? ""}`;
}

/** Whether a header says a key: once, and no longer than the README says. */
function isKey(headers: HeaderMap, name: string): boolean {
  const [value = "", ...others] = headers.getAll(name);
  return value.length > 0 && value.length <= 256 && others.length === 0;
}
