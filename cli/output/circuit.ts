import type { CircuitExplanation } from "../decision/why/circuit.ts";
import { headerLines, listed } from "./lines.ts";

/** What a request's circuit is for, how it is, what opens it, and what comes then. */
export function circuitLines(circuit: CircuitExplanation): string[] {
  const { state, mode, from, opens, errors, lasts, then, ifOpen } = circuit;
  const body = ifOpen.body === "" ? [] : [`body: ${ifOpen.body}`];
  return [
    ...listed("circuit", [`${isFor(circuit)}: ${stateText(state, mode)}`]),
    ...listed("opens", [...opens, `an error is ${errors}`, `as ${from} says`]),
    ...listed("open for", [`${lasts}; then ${then}`]),
    ...listed("if open", [...(MODES[mode] === undefined ? [] : [MODES[mode]]), ...headerLines(ifOpen), ...body]),
  ];
}

/** What a `state` other than ENABLED means to requests. */
const MODES: Readonly<Record<string, string>> = {
  METRICS_ONLY: "state is METRICS_ONLY: it refuses nothing, and counts what it would have answered so:",
  DISABLED: "state is DISABLED: it never opens, and would answer so:",
  FORCED_OPEN: "state is FORCED_OPEN: it is always so, and without retry-after",
};

function isFor({ destinationRule, host, subset, port, entry, key }: CircuitExplanation): string {
  const parts = [
    `DestinationRule ${destinationRule}, host ${host}`,
    ...(subset === undefined ? [] : [`subset ${subset}`]),
    ...(port === undefined ? [] : [`port ${port}`]),
    ...(entry === undefined ? [] : [`circuit ${entry}`]),
    ...(key === undefined ? [] : [`key ${key}`]),
  ];
  return parts.join(", ");
}

function stateText(state: string | undefined, mode: string): string {
  if (mode === "FORCED_OPEN") return "open by its state FORCED_OPEN";
  if (mode === "DISABLED") return "not measured, by its state DISABLED";
  return `${state ?? "closed"}, as in a proxy that has just started`;
}
