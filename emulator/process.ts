import type { Fault, HostCall } from "./calls.ts";
import { Clock } from "./clock.ts";
import { envoyForeignFunctions, type ForeignFunction } from "./foreign.ts";
import type { LogLine } from "./log.ts";
import { Metrics } from "./metrics.ts";
import { seededRandom, type RandomSource } from "./random.ts";
import { SharedData } from "./shared-data.ts";
import { SharedQueues } from "./shared-queues.ts";
import { keepLength } from "./snapshot.ts";
import { Status, type LogLevel } from "./status.ts";

export interface ProcessOptions {
  /** Whether host calls are recorded. */
  readonly record?: boolean;
  /** What is logged, and what modules are told of it; `info` where absent. */
  readonly logLevel?: LogLevel;
  /** The seed of the random numbers. */
  readonly seed?: number;
  /** The clusters that HTTP calls can reach. */
  readonly clusters?: readonly string[];
}

/** One Envoy process as its Wasm modules see it: what all of its VMs share. */
export class Process {
  /** Whether host calls are recorded; may be changed at any time. */
  record: boolean;
  logLevel: LogLevel;
  readonly clock = new Clock();
  random: RandomSource;
  readonly metrics = new Metrics();
  readonly sharedData = new SharedData();
  readonly sharedQueues = new SharedQueues();
  /** What modules logged at `logLevel` or above, in order. */
  readonly logs: LogLine[] = [];
  readonly clusters: Set<string>;
  /** Those of them that have no healthy host, or whose circuit breaker is open: a call fails before it is sent. */
  readonly unhealthyClusters = new Set<string>();
  /** What modules can call by name; Envoy's own that have an effect here are in it. */
  readonly foreignFunctions: Map<string, ForeignFunction> = envoyForeignFunctions();
  private readonly faults: Fault[] = [];

  constructor({ record = true, logLevel = "info", seed = 1, clusters = [] }: ProcessOptions = {}) {
    this.record = record;
    this.logLevel = logLevel;
    this.random = seededRandom(seed);
    this.clusters = new Set(clusters);
  }

  /**
   * Has calls of a host function fail with a status and without effect: `fail("proxy_get_property", 10)`. `malloc` stands
   * for the module's allocator, which then gives 0.
   *
   * @param when which calls, by their record; all where absent
   * @param times how many of them
   */
  fail(
    name: string,
    status: number = Status.InternalFailure,
    { when, times = Infinity }: { when?: (call: HostCall) => boolean; times?: number } = {},
  ): void {
    this.faults.push({ name, status, when, left: times });
  }

  /** Ends all that `fail` began. */
  clearFaults(): void {
    this.faults.length = 0;
  }

  /** Whether host calls take the slow way, past the record and the faults. */
  get isWatched(): boolean {
    return this.record || this.faults.length > 0;
  }

  /**
   * Keeps what its VMs share; `Vm.snapshot` keeps one of those. Faults and foreign functions are a test's own and stay as they
   * are then.
   */
  snapshot(): () => void {
    const { clock, random } = this;
    const { realtime, monotonic } = clock;
    const kept = [this.metrics, this.sharedData, this.sharedQueues].map((shared) => shared.snapshot());
    kept.push(keepLength(this.logs));
    if (random.snapshot !== undefined) kept.push(random.snapshot());
    return () => {
      for (const restore of kept) restore();
      Object.assign(clock, { realtime, monotonic });
      this.random = random;
    };
  }

  /** The status that a call is to fail with, if it is; `malloc` has none but fails all the same. */
  faultFor(call: HostCall): number | undefined {
    if (this.faults.length === 0) return undefined;
    const fault = this.faults.find(({ name, left, when }) => name === call.name && left > 0 && (when?.(call) ?? true));
    if (fault === undefined) return undefined;
    fault.left--;
    return fault.status;
  }
}
