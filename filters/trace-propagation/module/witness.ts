import assert from "node:assert/strict";
import type { Root } from "../../../emulator/index.ts";
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
   * @param certain whether the filter must know of it; otherwise it may
   */
  constructor(
    private readonly own: readonly string[],
    private readonly trace: string | undefined,
    readonly certain: boolean,
  ) {}

  couldBe(trace: string, isNew: boolean): boolean {
    return this.trace === trace || (this.trace === undefined && (isNew || this.own.includes(trace)));
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
    const before = new Set(this.seen);
    for (const id of own) this.seen.add(id);
    const sent = Sent.through(root, direction, requestHeaders(headers));
    assert.equal(root.vm.failed, undefined);
    for (const key of joining.keys)
      assert.equal(sent.get(key), [headers[key] ?? []].flat().join(",") || undefined, key);
    const went = sent.trace?.slice(16);
    if (went !== undefined) this.judge(root, direction, joining, { headers, own }, went, before);
    if (direction === "inbound" || hostFails) {
      const seen = hostFails ? undefined : went;
      this.remember(
        root,
        joining,
        headers,
        new Cause(hostFails && went ? [...own, went] : own, seen, direction === "inbound"),
        sent,
      );
    }
    if (went !== undefined) this.seen.add(went);
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
    { headers, own }: Made,
    went: string,
    before: Set<string>,
  ): void {
    if (own.includes(went)) return;
    const isNew = !before.has(went);
    if (isNew) return;
    assert.equal(direction, "outbound", `a request that is not sent by the workload goes on with ${went} of another`);
    const now = root.vm.emulator.clock.monotonic;
    const key = joining.keys.find((name) => isKey(headers[name]));
    const causes = (this.remembered.get(`${joining.group} ${key} ${String(headers[key ?? ""])}`) ?? []).filter(
      ({ expires }) => expires > now,
    );
    const isOf = (cause: Cause): boolean => cause.couldBe(went, isNew);
    const byKey = causes.some(isOf) && causes.filter(({ certain }) => certain).every(isOf);
    const flights = [...(this.inFlight.get(joining.group)?.values() ?? [])].filter(({ certain }) => certain);
    const alone = joining.whenAlone && flights.length === 1 && flights.every(isOf);
    assert.ok(
      byKey || alone,
      `goes on with ${went} of another request: ${causes.length} known, ${flights.length} in flight`,
    );
    this.joined++;
  }

  private remember(root: Root, joining: Joining, headers: Made["headers"], cause: Cause, sent: Sent): void {
    cause.expires = root.vm.emulator.clock.monotonic + BigInt(joining.lifetimeMilliseconds) * 1_000_000n;
    for (const name of joining.keys) {
      if (!isKey(headers[name])) continue;
      const key = `${joining.group} ${name} ${String(headers[name])}`;
      this.remembered.set(key, [...(this.remembered.get(key) ?? []), cause]);
    }
    const flights = this.inFlight.get(joining.group) ?? new Map<Sent, Cause>();
    this.inFlight.set(joining.group, flights.set(sent, cause));
  }
}

function isKey(value: string | readonly string[] | undefined): boolean {
  return typeof value === "string" && value.length > 0 && value.length <= 256;
}
