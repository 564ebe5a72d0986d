import { execFileSync } from "node:child_process";
import { availableParallelism } from "node:os";

/** Which core is whose: Envoy's work and the load generator's must not get in each other's way. */
export interface Cores {
  envoy: number;
  load: number;
}

/**
 * Binds this process, which sends the load, to the second core and names the first for Envoy; nothing is bound where the
 * machine has one core only or no `taskset`.
 */
export function bindCores(): Cores | undefined {
  if (availableParallelism() < 2) return undefined;
  try {
    execFileSync("taskset", ["-a", "-c", "-p", "1", `${process.pid}`], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  return { envoy: 0, load: 1 };
}
