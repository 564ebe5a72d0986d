import { Emulator, type Vm } from "../../../emulator/index.ts";
import { AUTHZ_GROWTH } from "./authz.ts";
import { CIRCUIT_GROWTH } from "./circuits.ts";
import { MOST_STEPS, STEPS, countSteps } from "./count-steps.ts";
import type { Dimension } from "./dimension.ts";
import { JSON_GROWTH } from "./json.ts";
import { TRACE_GROWTH } from "./traces.ts";
import { FAULT_GROWTH, ROUTING_GROWTH } from "./virtual-services.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PROJECT } from "../../../tools/project.ts";

/** The largest document that is read (`assembly/text/json/reader.ts`). */
export const MAX_BYTES = 2 << 20;

export const DIMENSIONS: readonly Dimension[] = [
  ...JSON_GROWTH,
  ...AUTHZ_GROWTH,
  ...ROUTING_GROWTH,
  ...FAULT_GROWTH,
  ...TRACE_GROWTH,
  ...CIRCUIT_GROWTH,
];

/** The proxy that the policies are for. */
const NODE = {
  id: "sidecar~10.0.0.1~a.default~default.svc.cluster.local",
  metadata: { NAMESPACE: "default", LABELS: { app: "a" } },
};

/** Stands for an expression that Envoy has compiled. */
const TOKEN = "\0\0\0\0";

/** A module, loaded anew for each configuration. */
export class Reader {
  private readonly bytes: Uint8Array;
  private readonly module: WebAssembly.Module;

  /** @param counts whether its steps are counted, which makes it slower */
  constructor(
    name: string,
    private readonly counts: boolean,
  ) {
    const shipped = readFileSync(join(PROJECT, `build/${name}.wasm`));
    this.bytes = counts ? countSteps(shipped) : shipped;
    this.module = new WebAssembly.Module(Uint8Array.from(this.bytes));
  }

  /** A VM that nothing has been read in. */
  load(): Vm {
    return this.loadInto(emulator());
  }

  /** How long a new VM takes to read a configuration, of a core's time and by the clock, and the memory that it has then. */
  time(document: string): { core: number; clock: number; bytes: number; accepted: boolean } {
    const vm = this.load();
    const before = performance.now();
    const used = process.cpuUsage();
    const { accepted } = vm.createRoot({ configuration: document, node: NODE });
    const { user, system } = process.cpuUsage(used);
    return { core: (user + system) / 1000, clock: performance.now() - before, bytes: vm.memoryBytes, accepted };
  }

  /** How many steps a configuration takes to read, at most so many and a few, and whether it is accepted. */
  read(document: string, most: number): { steps: number; accepted: boolean } {
    if (!this.counts) throw new Error("the module does not count");
    const vm = this.load();
    const steps = vm.exportedGlobal(STEPS)!;
    const before = Number(steps.value);
    vm.exportedGlobal(MOST_STEPS)!.value = BigInt(Math.floor(Math.min(before + most, Number.MAX_SAFE_INTEGER)));
    const { accepted } = vm.createRoot({ configuration: document, node: NODE });
    return { steps: Number(steps.value) - before, accepted };
  }

  /**
   * What the longest call of the timer takes while a configuration that was accepted before is read, two steps in each call
   * (`assembly/plugin/root-work.ts`): milliseconds, and steps if they are counted.
   */
  inSlices(document: string): { longest: number; steps: number; slices: number } {
    const process = emulator();
    const configured = { configuration: document, node: NODE };
    if (!this.loadInto(process).createRoot(configured).accepted) throw new Error("the configuration is refused");
    const worker = this.loadInto(process);
    const counter = worker.exportedGlobal(STEPS);
    let now = process.clock.monotonic;
    // Each look at the clock is a slice's time after the last: so a call does no more than one look's steps.
    Object.defineProperty(process.clock, "monotonic", {
      get: () => (now += 3_000_000n),
      set: (value: bigint) => (now = value),
    });
    const root = worker.createRoot(configured);
    root.stream().requestHeaders();
    let [longest, steps, slices] = [0, 0, 0];
    for (; root.tickPeriod === 1; slices++) {
      const [before, counted] = [performance.now(), Number(counter?.value ?? 0)];
      root.tick();
      longest = Math.max(longest, performance.now() - before);
      steps = Math.max(steps, Number(counter?.value ?? 0) - counted);
    }
    return { longest, steps, slices };
  }

  private loadInto(process: Emulator): Vm {
    return process.instantiate(this.bytes, this.module);
  }
}

function emulator(): Emulator {
  const process = new Emulator({ record: false, logLevel: "critical" });
  process.foreignFunctions.set("expr_create", () => TOKEN);
  return process;
}
